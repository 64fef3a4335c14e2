"""Number series: receipts, shipments and payouts, per depot and year, without gaps."""
