"""Canonical bytes, evidence packets, signing and verification."""
