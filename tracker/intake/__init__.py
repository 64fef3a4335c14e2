"""Drop-offs: weigh, accept, void; grams and francs posted in the same transaction."""
