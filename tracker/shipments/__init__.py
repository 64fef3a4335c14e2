"""Shipments: prepare, send, receive; grams leave the stock in the same transaction."""
