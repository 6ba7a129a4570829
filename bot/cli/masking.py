"""Showing that a secret is set, without showing it."""

from __future__ import annotations

import re

MASK = "********"

_PASSWORD = re.compile(r"(?<=://)([^/@:]*):.*@")
_SECRET_PARAMETER = re.compile(r"([?&](?:password|sslpassword)=)[^&]*", re.IGNORECASE)


def without_password(url: str) -> str:
    """A database or web address whose password, if it has one, is masked."""
    return _SECRET_PARAMETER.sub(rf"\1{MASK}", _PASSWORD.sub(rf"\1:{MASK}@", url))
