"""Where the story's chance comes from."""

from random import Random


def rng_of(subject: str) -> Random:
    """Always the same draws for one subject."""
    return Random(f"Dar-es-salam {subject}")  # noqa: S311 - a story, not a secret
