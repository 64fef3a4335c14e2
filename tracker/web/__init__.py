"""The pages: a thin door onto the rooms, one file each."""
