"""Configuration as a file: `countersign apply` reads it, compares it with what is stored, and stores the difference."""
