"""Payouts: what waits is reviewed, approved or refused, then handed over; posts to the ledger of francs."""
