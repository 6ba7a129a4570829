"""Speed and size, each as a ratio to a floor: a small honest program that does the same reads and durable writes.

`./run bench` measures all of it and prints a table of figure, goal and verdict; `--short` does the same in seconds.
"""
