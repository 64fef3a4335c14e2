"""The ledger of grams: signed movements, their sums, and the rule that no day goes below zero."""
