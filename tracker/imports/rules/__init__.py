"""How an old book is read: its file, its rows, its destinations, and the sorting it leaves out."""
