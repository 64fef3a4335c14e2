"""Depositors who bring, consignees who receive."""
