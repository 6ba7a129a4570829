"""Floors: small programs by hand that do the same reads and durable writes as the product, without its rules."""
