"""A made-up depot for whoever wants to look around: two years of believable days, told through the counter's verbs."""
