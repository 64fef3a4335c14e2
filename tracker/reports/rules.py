"""What a year's figures must satisfy, and how a share is said without flattering."""

from collections.abc import Sequence
from dataclasses import dataclass
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
