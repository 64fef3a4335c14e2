"""Money in whole CFA francs (XOF). Rule 1: exact rationals inside, never a float."""

from fractions import Fraction

SMALLEST_COIN = 5
"""One-franc coins hardly circulate: what is paid is a multiple of five."""


def round_to_step(amount: Fraction, step: int) -> int:
    """The nearest multiple of ``step`` francs, ties upwards (2 502,5 → 2 505)."""
    return int((amount / step + Fraction(1, 2)) // 1) * step
