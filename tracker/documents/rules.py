"""How a number reads on paper."""

_LETTER = {"receipt": "R", "shipment": "E", "payout": "V"}


def reference(depot_code: str, series: str, year: int, number: int) -> str:
    """``DES-R2026-00042``: R for a receipt (reçu), E for a shipment (expédition), V for a payout (versement)."""
    return f"{depot_code}-{_LETTER[series]}{year}-{number:05d}"
