"""The story: who comes when with what, and what the depot makes of it. Pure choice, the same for the same day."""
