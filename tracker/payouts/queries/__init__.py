"""Reading what waits and what was approved: drop-off by drop-off, depositor by depositor, payout by payout."""
