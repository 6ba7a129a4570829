"""Backups of the database: made while servers run, and never called done before they were read through."""
