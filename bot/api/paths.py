"""Where the API is."""

BASE = "/api/v1"
WELL_KNOWN = "/.well-known"
DOCS = f"{BASE}/docs"
