"""Depots, and the categories that devices are weighed in."""
