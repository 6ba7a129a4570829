"""Survival: crashes, races, bad weather, bad input, clocks and restores, bounded in time, seeds printed.

`./run resilience` runs all of it and prints what was found as a table; `--short` does the same in seconds.
"""
