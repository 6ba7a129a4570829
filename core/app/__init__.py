"""Use cases, the ports they need, and what they show (read models)."""
