"""The schema's history. Revisions are only ever added."""
