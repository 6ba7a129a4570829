"""VEX: reading the documents, and saying which statement holds for which finding."""
