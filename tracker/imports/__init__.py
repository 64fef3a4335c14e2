"""Old books: a spreadsheet in, the same ledgers as the counter; what is doubtful waits for a person."""
