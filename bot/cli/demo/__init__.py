"""`countersign demo`: everything on one machine, with example people, to try in a browser."""
