"""What `make bench` runs: each figure beside the limit measured in the same run, on the same machine and disk.

A time alone says how busy a machine was; a ratio to what the machine could do says how good the code is.
"""
