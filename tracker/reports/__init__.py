"""The year, recounted and verified: reads every room below, and writes in none."""
