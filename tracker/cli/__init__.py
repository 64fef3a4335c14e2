"""The commands: a thin door onto the rooms. Exit status 0 done, 1 something was refused, 2 unusable call or file."""
