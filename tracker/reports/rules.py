"""What a year's figures must satisfy, how a share is said without flattering, and what books that agree look like."""

from collections import Counter
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

_SHARE_DECIMALS = 4


@dataclass(frozen=True, slots=True)
class StockLine:
    """A category over a span of days, in grams: opening + received + sorted in - sorted out - shipped = closing.

    What sorting loses comes out of some categories and goes into none: it belongs to the whole, not to a category.
    """

    category_code: str
    opening_grams: int
    received_grams: int
    sorted_in_grams: int
    """What sorting made of other categories."""
    sorted_out_grams: int
    """What was taken to be sorted."""
    shipped_grams: int

    @property
    def closing_grams(self) -> int:
        gained = self.received_grams + self.sorted_in_grams
        return self.opening_grams + gained - self.sorted_out_grams - self.shipped_grams

    def as_data(self) -> dict[str, int]:
        return {
            "opening_grams": self.opening_grams,
            "received_grams": self.received_grams,
            "sorted_in_grams": self.sorted_in_grams,
            "sorted_out_grams": self.sorted_out_grams,
            "shipped_grams": self.shipped_grams,
            "closing_grams": self.closing_grams,
        }


def loss_grams(lines: Sequence[StockLine]) -> int:
    """What sorting lost: taken in all categories, given back in none."""
    return sum(line.sorted_out_grams - line.sorted_in_grams for line in lines)


def weighed_share(weighed_grams: int, estimated_grams: int) -> Decimal | None:
    """The part of the grams that was weighed, four decimals, rounded down: only all of it makes 1.

    ``None`` where there is nothing to take a share of.
    """
    whole = weighed_grams + estimated_grams
    if whole == 0:
        return None
    return Decimal(weighed_grams * 10**_SHARE_DECIMALS // whole).scaleb(-_SHARE_DECIMALS)


@dataclass(frozen=True, slots=True)
class Posting:
    """One movement of the ledger of grams, as the event behind it should have posted it."""

    depot_id: int
    category_id: int
    day: date
    reference: str
    grams: int
    pieces: int = 0
    estimated: bool = False
    inferred: bool = False

    def opposite(self) -> "Posting":
        return replace(self, grams=-self.grams, pieces=-self.pieces)

    def __str__(self) -> str:
        marks = "".join(f", {name}" for name in ("estimated", "inferred") if getattr(self, name))
        where = f"depot {self.depot_id}, category {self.category_id}, {self.day}, {self.reference}"
        return f"{where}: {self.grams} g, {self.pieces} pieces{marks}"


@dataclass(frozen=True, slots=True)
class Difference:
    """What is wanting and what is too much, in words."""

    missing: list[str]
    surplus: list[str]


def difference(expected: Iterable[object], found: Iterable[object]) -> Difference | None:
    """What two collections do not share, counting repeats; ``None`` when they say the same."""
    wanted, held = Counter(expected), Counter(found)
    if wanted == held:
        return None
    return Difference(_listed(wanted - held), _listed(held - wanted))


def _listed(counted: Counter[object]) -> list[str]:
    return sorted(str(each) for each in counted.elements())


def missing_numbers(drawn: AbstractSet[int]) -> list[int]:
    """The gaps of a series that counts from one."""
    return sorted(set(range(1, max(drawn, default=0) + 1)) - drawn)


def line_problem(
    pieces: int | None, weighing: tuple[int | None, int | None, int | None], net_grams: int, *, estimated: bool
) -> str | None:
    """What a drop-off's line does not add up to; ``weighing`` is gross, tare and refused grams."""
    gross, tare, refused = weighing
    if gross is not None and net_grams != gross - (tare or 0) - (refused or 0):
        return "net_differs"
    if estimated and (gross is not None or pieces is None):
        return "estimate_was_weighed"
    return None
