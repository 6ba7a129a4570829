"""Keeping secrets in the database: encrypted with keys that are not in it (Fernet, from the library `cryptography`).

The first key encrypts; all of them decrypt, so that a new one can be put before the old one. What is sealed for one
purpose is refused for another, and so is a row that was put in the place of another one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from core.errors import UnavailableError

SETTING = "COUNTERSIGN_ENCRYPTION_KEY"
_PURPOSE = "for"


class SealError(UnavailableError):
    """Something that was sealed cannot be opened with the keys that are set, or is not what it is taken for."""


class Seal:
    """Encrypts and decrypts JSON objects. `keys` are Fernet keys with commas between them, the newest first."""

    def __init__(self, keys: str) -> None:
        self._keys = [Fernet(key) for key in split_keys(keys)]
        self._all = MultiFernet(self._keys)

    def close(self, purpose: str, content: Mapping[str, Any]) -> str:
        """Seal `content` for one purpose, with the first key."""
        return self._all.encrypt(json.dumps({_PURPOSE: purpose, **content}).encode()).decode()

    def open(self, purpose: str, sealed: str) -> dict[str, Any]:
        """What was sealed for that purpose. Raises SealError."""
        try:
            content = json.loads(self._all.decrypt(sealed.encode()))
        except (InvalidToken, ValueError) as error:
            hint = f"Is {SETTING} the key it was sealed with? An older key may stand behind it, after a comma."
            raise SealError(f"The tokens of {purpose} cannot be opened with {SETTING}", hint=hint) from error
        if not isinstance(content, dict) or content.pop(_PURPOSE, None) != purpose:
            raise SealError(f"What is stored as the tokens of {purpose} is something else", hint="Install it again.")
        return content

    def is_newest(self, sealed: str) -> bool:
        """Whether it was sealed with the first key."""
        try:
            self._keys[0].decrypt(sealed.encode())
        except InvalidToken:
            return False
        return True

    def renewed(self, sealed: str) -> str:
        """The same, sealed with the first key. Raises SealError."""
        try:
            return self._all.rotate(sealed.encode()).decode()
        except InvalidToken as error:
            raise SealError(f"It cannot be opened with {SETTING}", hint="Put the older key behind it.") from error


def split_keys(text: str) -> list[str]:
    """The keys in a setting. Raises ValueError where one is not a Fernet key, or there is none."""
    keys = [key.strip() for key in text.split(",") if key.strip()]
    if not keys:
        raise ValueError("has no key")
    for key in keys:
        Fernet(key)
    return keys


def new_key() -> str:
    """A new random key."""
    return Fernet.generate_key().decode()
