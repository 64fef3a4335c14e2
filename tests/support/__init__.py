"""What tests share: databases of their own, a clock they move, the people of the depot, the tree as text."""
