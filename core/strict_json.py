"""JSON that has one meaning only, or none.

The standard reader takes the last of two equal keys, makes numbers of `NaN` and `1e999`, lets half a surrogate pair
through and runs out of stack on deep nesting. What is signed, or sent by strangers, must not depend on such choices:
this reader keeps to I-JSON (RFC 7493) and refuses the rest, naming the place.
"""

from __future__ import annotations

import codecs
import json
import math
import re
from collections import Counter
from collections.abc import Callable
from typing import Any, NoReturn

from core.errors import InvalidError

DEPTH_LIMIT = 64
"""Objects and lists inside each other, the outermost included."""

INTEGER_MAX = 2**53 - 1
"""The largest integer that every JSON reader keeps exactly (RFC 7493, 2.2)."""

# Texts are passed over whole. Possessive, so that no text of any kind makes it look at a place twice.
_TO_BRACKET = re.compile(r'(?:[^"\[{}\]]++|"[^"\\]*+(?:\\.[^"\\]*+)*+"?)*+([\[{}\]])', re.DOTALL)
_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class _Refused:
    """Stands in the parsed tree where something was refused, so that its path can be found."""

    def __init__(self, reason: str, key: str | None = None) -> None:
        self.reason = reason
        self.key = key


def strict_json(source: bytes, *, allow_floats: bool = True, max_depth: int = DEPTH_LIMIT) -> Any:
    """Return the object that `source` (UTF-8 without a byte order mark) means.

    Raises InvalidError for anything but exactly one JSON value: duplicate keys, NaN and Infinity, numbers that do
    not fit, floats where they are not allowed, lone surrogates, nesting beyond `max_depth`. `field` is the path of
    the offender where it has one; `params` hold `line` and `column` where the text itself is broken.
    """
    text = _decoded(source)
    _check_depth(text, max_depth)
    refused: list[_Refused] = []

    def refuse(reason: str, key: str | None = None) -> _Refused:
        refused.append(_Refused(reason, key))
        return refused[-1]

    try:
        tree = json.loads(
            text,
            object_pairs_hook=lambda pairs: _object(pairs, refuse),
            parse_int=lambda digits: _integer(digits, refuse),
            parse_float=lambda digits: _float(digits, refuse, allowed=allow_floats),
            parse_constant=lambda word: refuse(f"is {word}, which is not a JSON number"),
        )
    except json.JSONDecodeError as error:
        _refuse_at(text, error.pos, f"not JSON: {error.msg}")
    if refused or _ESCAPED_SURROGATE.search(text):
        _check_tree(tree, "")
    return tree


def child_path(path: str, key: str | int) -> str:
    """Return the path of a member (`gates.details`) or of an item (`gates[0]`) below `path`, fit to be printed."""
    if isinstance(key, int):
        return f"{path}[{key}]"
    name = key if key.isprintable() else ascii(key)
    return f"{path}.{name}" if path else name


def is_unicode(text: str) -> bool:
    """Whether `text` can be written as UTF-8, which half a surrogate pair cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _decoded(source: bytes) -> str:
    if source.startswith(codecs.BOM_UTF8):
        raise InvalidError("not JSON: it begins with a byte order mark", hint="Send plain UTF-8.", line=1, column=1)
    try:
        return source.decode()
    except UnicodeDecodeError as error:
        before = source[: error.start].decode()
        _refuse_at(before, len(before), f"not UTF-8: byte {error.start + 1} is 0x{source[error.start]:02x}")


def _refuse_at(text: str, position: int, reason: str) -> NoReturn:
    line = text.count("\n", 0, position) + 1
    column = position - text.rfind("\n", 0, position)
    raise InvalidError(f"{reason}, at line {line}, column {column}", line=line, column=column)


def _check_depth(text: str, limit: int) -> None:
    """Measure the nesting before anything is parsed: the parser itself would run out of stack."""
    if text.count("{") + text.count("[") <= limit:
        return
    depth, position = 0, 0
    while found := _TO_BRACKET.match(text, position):
        position = found.end()
        if found[1] in "}]":
            depth -= 1
        elif depth < limit:
            depth += 1
        else:
            _refuse_at(text, position - 1, f"nested deeper than {limit} levels")


def _object(pairs: list[tuple[str, Any]], refuse: Callable[..., _Refused]) -> Any:
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    counts = Counter(key for key, _ in pairs)
    return refuse("is there twice", counts.most_common(1)[0][0])


def _integer(digits: str, refuse: Callable[..., _Refused]) -> Any:
    # Python refuses to read thousands of digits, so the length comes first.
    if len(digits) > 17 or abs(int(digits)) > INTEGER_MAX:
        return refuse("is an integer beyond 2^53-1, which not every reader keeps exactly")
    return int(digits)


def _float(digits: str, refuse: Callable[..., _Refused], *, allowed: bool) -> Any:
    if not allowed:
        return refuse("is a number with a fraction or an exponent; only integers are allowed here")
    number = float(digits)
    return number if math.isfinite(number) else refuse("is a number too large to be kept")


def _check_tree(value: Any, path: str) -> None:
    """Find what was refused, or broken text, and say where it is."""
    if isinstance(value, _Refused):
        place = path if value.key is None else child_path(path, value.key)
        raise InvalidError(f"{place or 'the value'} {value.reason}", field=place)
    if isinstance(value, str) and not is_unicode(value):
        raise InvalidError(f"{path or 'the value'} holds half a surrogate pair, which is no character", field=path)
    if isinstance(value, dict):
        for key, member in value.items():
            place = child_path(path, key)
            _check_tree(key, place)
            _check_tree(member, place)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _check_tree(item, child_path(path, index))
