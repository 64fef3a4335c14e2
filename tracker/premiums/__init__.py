"""The ledger of francs owed: schemes, the pure engine that prices a period, accruals and their sums."""
