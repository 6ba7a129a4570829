"""SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/), as vulnerability scanners write it.

SARIF has no place for a package, so it is taken from where scanners put it: Trivy's and Grype's messages, else the file
that the result points at. The severity is the rule's `security-severity`, a CVSS score; without one the result's level.
Suppressed results count: what somebody put into a scanner's file is no waiver.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Literal

from core.domain.findings import Finding, Severity
from core.gates.documents import CamelPart, LongMaybe, Many, Maybe, Named, Prose, moment_in, part_of
from core.gates.reports.report import ReadReport, report_of, severity_scored, vulnerability_id

FORMAT = "sarif"

_LEVELS = {"error": Severity.HIGH, "warning": Severity.MEDIUM, "note": Severity.LOW, "none": Severity.UNKNOWN}
_FAILS = {"", "fail", "open", "review"}
_PACKAGES = (
    re.compile(r"^Package: (?P<package>[^\n]{1,400})\nInstalled Version: (?P<version>[^\n]{0,400})$", re.MULTILINE),
    re.compile(r"vulnerability in [\w-]{1,40} package: (?P<package>[^,\n]{1,400}), version (?P<version>[^\s,]{1,400})"),
)
_FIXED = re.compile(r"^Fixed Version: ([^\n]{1,400})$", re.MULTILINE)


class _Text(CamelPart):
    text: Prose = ""


class _Default(CamelPart):
    level: Maybe = ""


class _Rule(CamelPart):
    id: Named
    properties: dict[str, Any] | None = None
    default_configuration: _Default | None = None


class _Artifact(CamelPart):
    uri: LongMaybe = ""


class _Physical(CamelPart):
    artifact_location: _Artifact | None = None


class _Location(CamelPart):
    physical_location: _Physical | None = None


class _Reference(CamelPart):
    id: Maybe = ""
    index: int | None = None


class _Result(CamelPart):
    rule_id: Maybe = ""
    rule_index: int | None = None
    rule: _Reference | None = None
    level: Maybe = ""
    kind: Maybe = ""
    message: _Text | None = None
    locations: Many[_Location]


class _Driver(CamelPart):
    name: Named
    rules: Many[_Rule]


class _Tool(CamelPart):
    driver: _Driver


class _Invocation(CamelPart):
    end_time_utc: Maybe = ""


class _Run(CamelPart):
    tool: _Tool
    results: list[_Result]
    invocations: Many[_Invocation]


class _Log(CamelPart):
    version: Literal["2.1.0"]
    runs: list[_Run]


def looks_like_it(tree: dict[str, Any]) -> bool:
    """Whether a document says that it is of this format."""
    return "runs" in tree and bool({"version", "$schema"} & tree.keys())


def read(tree: dict[str, Any]) -> ReadReport:
    """Read a report; of several runs, the first names the scanner. Raises InvalidError."""
    log = part_of(_Log, tree)
    times = [each.end_time_utc for run in log.runs for each in run.invocations if each.end_time_utc]
    scanned_at = moment_in(min(times), "runs.invocations.endTimeUtc") if times else None
    scanner = log.runs[0].tool.driver.name if log.runs else "sarif"
    return report_of(FORMAT, scanner.casefold(), _findings(log), scanned_at)


def _findings(log: _Log) -> Iterator[Finding]:
    for run in log.runs:
        rules = run.tool.driver.rules
        by_id = {rule.id: rule for rule in rules}
        for result in run.results:
            if result.kind in _FAILS:
                yield _finding(result, _rule(result, rules, by_id))


def _rule(result: _Result, rules: list[_Rule], by_id: dict[str, _Rule]) -> _Rule:
    """The rule of a result, by its index or by its name; SARIF 3.27.5 to 3.27.7 allow either and both."""
    reference = result.rule or _Reference()
    name = result.rule_id or reference.id
    index = result.rule_index if result.rule_index is not None else reference.index
    if name in by_id:
        return by_id[name]
    if index is not None and 0 <= index < len(rules):
        return rules[index]
    return _Rule(id=name or "unnamed")


def _finding(result: _Result, rule: _Rule) -> Finding:
    text = result.message.text if result.message else ""
    places = tuple(dict.fromkeys(_places(result)))
    found = next(filter(None, (pattern.search(text) for pattern in _PACKAGES)), None)
    fixed = _FIXED.search(text)
    return Finding(
        id=vulnerability_id(result.rule_id or rule.id),
        severity=_severity(result, rule),
        package=found["package"].strip() if found else next(iter(places), ""),
        version=found["version"].strip() if found else "",
        fixed_version=fixed[1].strip() if fixed else "",
        targets=places,
    )


def _places(result: _Result) -> Iterator[str]:
    for location in result.locations:
        artifact = location.physical_location.artifact_location if location.physical_location else None
        if artifact and artifact.uri:
            yield artifact.uri


def _severity(result: _Result, rule: _Rule) -> Severity:
    scored = (rule.properties or {}).get("security-severity")
    try:
        score = float(scored) if isinstance(scored, str | int | float) else None
    except ValueError:
        score = None
    if score is not None:
        return severity_scored(score)
    level = result.level or (rule.default_configuration.level if rule.default_configuration else "") or "warning"
    return _LEVELS.get(level, Severity.UNKNOWN)
