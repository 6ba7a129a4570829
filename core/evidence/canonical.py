"""One content, one sequence of bytes: what is hashed and signed.

RFC 8785 (JSON Canonicalization Scheme, `core.canonical_json`), narrowed to what every reader in every language keeps
exactly: no floats, integers within 2^53, whole Unicode, text keys. Times are written by `core.domain.moment`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, NoReturn

from core.canonical_json import canonical_json
from core.errors import InvalidError
from core.strict_json import DEPTH_LIMIT, INTEGER_MAX, child_path, is_unicode

CONTENT_DEPTH_LIMIT = DEPTH_LIMIT - 4
"""Less than the strict reader takes, so that signed content can be read inside of an envelope."""


def canonical(content: Mapping[str, object]) -> bytes:
    """Return the RFC 8785 bytes of `content`.

    Raises InvalidError with the path in `field` for floats, integers beyond 2^53-1, keys that are not text, lone
    surrogates, nesting beyond CONTENT_DEPTH_LIMIT and every value that JSON does not have (datetime, UUID, bytes...).
    """
    return canonical_json(_plain(content, "", 1))


def content_hash(canonical_bytes: bytes) -> str:
    """Return `sha256:` and the hash in lower-case hex."""
    return f"sha256:{hashlib.sha256(canonical_bytes).hexdigest()}"


def _plain(value: object, path: str, depth: int) -> Any:
    """Return `value` in plain lists and dicts, or say what in it cannot be signed."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) <= INTEGER_MAX else _refuse(path, "is an integer beyond 2^53-1")
    if isinstance(value, str):
        return value if is_unicode(value) else _refuse(path, "holds half a surrogate pair, which is no character")
    if not isinstance(value, Mapping | list | tuple):
        _refuse(path, f"is a {type(value).__name__}; signed content is text, integers, booleans and null")
    if depth > CONTENT_DEPTH_LIMIT:
        _refuse(path, f"is nested deeper than {CONTENT_DEPTH_LIMIT} levels")
    if isinstance(value, Mapping):
        return {_key(key, path): _plain(member, child_path(path, key), depth + 1) for key, member in value.items()}
    return [_plain(item, child_path(path, index), depth + 1) for index, item in enumerate(value)]


def _key(key: object, path: str) -> str:
    if isinstance(key, str) and is_unicode(key):
        return key
    raise InvalidError(f"{path or 'the content'} has the key {key!r}, which is not text", field=path)


def _refuse(path: str, reason: str) -> NoReturn:
    raise InvalidError(f"{path or 'the content'} {reason}", field=path)
