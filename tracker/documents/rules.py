"""How a number reads on paper."""

_LETTER = {"receipt": "R", "shipment": "E", "payout": "V"}


def reference(depot_code: str, series: str, year: int, number: int) -> str:
    """``DES-R2026-00042``: a receipt (reçu); ``DES-E2026-00007``: a shipment (expédition); with V, a payout (versement)."""
    return f"{depot_code}-{_LETTER[series]}{year}-{number:05d}"
