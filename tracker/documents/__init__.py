"""Number series: receipts and shipments, per depot and year, without gaps."""
