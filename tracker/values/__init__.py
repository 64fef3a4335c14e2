"""Frozen, pure values that every room speaks in: grams, francs, days, telephones, actors."""
