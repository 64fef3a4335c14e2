"""Prints every figure as it is measured."""

from bench import importing, pricing, saving, serving


def main() -> None:
    for bench in (saving, pricing, importing, serving):
        for figure in bench.figures():
            print(figure, flush=True)


if __name__ == "__main__":
    main()
