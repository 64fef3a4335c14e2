"""E-waste collection tracker: from the counter's scale to the yearly tonnage."""
