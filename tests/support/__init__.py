"""Fixtures and stand-ins shared by all tests; `tests/conftest.py` loads the fixtures."""
