"""The forms, one file per room; ``fields`` holds what they are made of."""
