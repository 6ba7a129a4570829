"""Small honest programs to measure against: the same reads, durable writes and signatures, written by hand."""
