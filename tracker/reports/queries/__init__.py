"""Reading the books whole: the year's tonnage, and what does not agree."""
