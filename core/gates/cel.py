"""CEL expressions (cel.dev, the Common Expression Language) that say yes or no: checked when saved, bounded when run.

Every name that an expression may use has a type, so a misspelt one or a comparison of text with a number is refused
before it is stored, at its line and column. CEL has no loops but the macros over lists (`all`, `exists`, `filter`,
`map`); what they can cost is reckoned from how they are nested, and the evaluation has a budget of its own as well.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from core.errors import InvalidError

if TYPE_CHECKING:  # the library takes megabytes, and most servers have no expression to run
    from cel_expr_python import cel

EXPRESSION_MAX = 2000
"""Characters of an expression."""
LIST_MAX = 50
"""Items of any list that an expression is given."""
STEPS_MAX = 10_000
"""Steps of all macros of an expression together."""

_FAULT = re.compile(r"ERROR: <input>:(-?\d+):(-?\d+): (?:Syntax error: )?([^\n]*)")
_TEXT = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'")
_MACRO = re.compile(r"\.\s*(?:all|exists|exists_one|filter|map)\s*$")


class ExpressionFailedError(Exception):
    """An expression that was fine when saved has no answer for these facts; the text says why."""


def check(expression: str, names: Mapping[str, str]) -> None:
    """Check an expression over `names`: syntax, types, that it says yes or no, and cost.

    The kind of each name is text, number, truth, time, texts, or records, which are mappings from text to text.

    Raises InvalidError with `line` and `column` where the place is known.
    """
    if len(expression) > EXPRESSION_MAX:
        raise InvalidError(f"is {len(expression)} characters long; at most {EXPRESSION_MAX} are allowed")
    if not expression.isprintable() and any(not each.isprintable() and each not in "\n\t" for each in expression):
        raise InvalidError("holds a control character or broken Unicode")
    compiled = _compiled(expression, tuple(names.items()))
    if compiled.return_type() != _library().Type.BOOL:
        kind = compiled.return_type().name().lower()
        raise InvalidError(f"gives {kind}, and must say true or false", hint="Compare it with something.")
    steps = cost(expression)
    if steps > STEPS_MAX:
        raise InvalidError(
            f"could take {steps} steps; at most {STEPS_MAX} are allowed", hint="Nest fewer macros (all, exists, map)."
        )


def holds(expression: str, names: Mapping[str, str], values: Mapping[str, Any]) -> bool:
    """Evaluate a checked expression. Raises ExpressionFailedError where it has no answer, InvalidError as `check`."""
    compiled = _compiled(expression, tuple(names.items()))
    try:
        found = compiled.eval(data=dict(values))
    except (RuntimeError, TypeError, ValueError) as error:
        raise ExpressionFailedError(_reason(str(error))) from error
    if found.type() == _library().Type.BOOL:
        return bool(found.value())
    raise ExpressionFailedError(_reason(str(found.value())))


def cost(expression: str) -> int:
    """The most steps that the macros of an expression can take over lists as long as they can be."""
    text = _TEXT.sub("''", expression)
    longest = max(LIST_MAX, text.count(",") + 1) * (text.count("+") + 1)
    steps, depth = 0, 0
    opened: list[bool] = []
    for place, mark in enumerate(text):
        if mark == "(":
            opened.append(bool(_MACRO.search(text[:place][-20:])))
            depth += opened[-1]
            steps += longest**depth if opened[-1] else 0
        elif mark == ")" and opened:
            depth -= opened.pop()
    return steps


@lru_cache(maxsize=256)
def _compiled(expression: str, names: tuple[tuple[str, str], ...]) -> cel.Expression:
    try:
        return _environment(names).compile(expression)
    except (RuntimeError, TypeError) as error:
        raise _refused(str(error), names) from error


@cache
def _environment(names: tuple[tuple[str, str], ...]) -> cel.Env:
    library = _library()
    known = library.Type
    types: Mapping[str, cel.Type] = {
        "text": known.STRING,
        "number": known.INT,
        "truth": known.BOOL,
        "time": known.TIMESTAMP,
        "texts": known.List(known.STRING),
        "records": known.List(known.Map(known.STRING, known.STRING)),
    }
    return library.NewEnv(variables={name: types[kind] for name, kind in names})


def _library() -> Any:
    from cel_expr_python import cel

    return cel


def _refused(said: str, names: tuple[tuple[str, str], ...]) -> InvalidError:
    match = _FAULT.search(said)
    if match is None or int(match[1]) < 1:
        return InvalidError(_reason(match[3] if match else said))
    line, column = int(match[1]), int(match[2])
    known = ", ".join(name for name, _ in names)
    hint = f"Known are {known}." if "undeclared reference" in match[3] else ""
    words = match[3].removesuffix(" [INVALID_ARGUMENT]").replace(" (in container '')", "")
    return InvalidError(f"{words}, at line {line}, column {column}", hint=hint, line=line, column=column)


def _reason(said: str) -> str:
    """The library's words without its codes."""
    words = re.sub(r"^[A-Z_]+: |\s*\[[A-Z_]+\]$", "", said.strip())
    return " ".join(words.split())[:300]
