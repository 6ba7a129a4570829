"""A second verifier that shares no code with the first: one file, to be read, printed and handed on."""
