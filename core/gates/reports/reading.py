"""From a file to a report: the format is found in the content, never in a file name or a header.

A document that could be of two formats has two meanings, so it is refused as one of none is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.domain.text import checked_name
from core.errors import InvalidError
from core.gates.cyclonedx import is_cyclonedx
from core.gates.documents import json_object
from core.gates.reports import counts, cyclonedx, grype, sarif, trivy
from core.gates.reports.report import ReadReport

FORMATS: tuple[tuple[str, Callable[[dict[str, Any]], bool], Callable[[dict[str, Any]], ReadReport]], ...] = (
    ("Trivy", trivy.looks_like_it, trivy.read),
    ("Grype", grype.looks_like_it, grype.read),
    ("SARIF", sarif.looks_like_it, sarif.read),
    ("CycloneDX", is_cyclonedx, cyclonedx.read),
    ("plain counts", counts.looks_like_it, counts.read),
)
_HINT = "Send Trivy JSON, Grype JSON, SARIF 2.1.0, CycloneDX JSON with vulnerabilities, or plain counts, as they are."


def read_report(source: bytes) -> ReadReport:
    """Read a scan report in whichever format it is. Raises InvalidError that names what is wrong and where."""
    tree = json_object(source)
    fitting = [(name, read) for name, looks_like_it, read in FORMATS if looks_like_it(tree)]
    if len(fitting) != 1:
        raise InvalidError(_unclear(tree, [name for name, _ in fitting]), hint=_HINT)
    name, read = fitting[0]
    try:
        report = read(tree)
    except InvalidError as error:
        params = {"format": name, **error.params}
        raise InvalidError(f"{name}: {error.message}", field=error.field, hint=error.hint, **params) from None
    checked_name(report.scanner, "scanner")
    return report


def _unclear(tree: dict[str, Any], fitting: list[str]) -> str:
    if fitting:
        return f"The document could be {' or '.join(fitting)}"
    if "statements" in tree:
        return "This is a VEX document and no scan report: submit it as VEX"
    return "The document is no scan report of a format that is read here"
