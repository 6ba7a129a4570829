"""What scanners find: one vulnerability in one version of one package, and how bad it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple

MAX_FINDINGS = 50_000
"""The most findings that one report may have."""


class Severity(StrEnum):
    """How bad a finding is, the worst first. Nobody knows about `unknown` ones, so they rank below all others."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    UNKNOWN = "unknown"

    @property
    def rank(self) -> int:
        """4 for the worst, down to 0."""
        return _RANKS[self]


SEVERITIES = tuple(Severity)
"""The worst first."""
_RANKS = {severity: len(SEVERITIES) - 1 - place for place, severity in enumerate(SEVERITIES)}


class Finding(NamedTuple):
    """One vulnerability in one version of one package.

    `id` is the scanner's name of the vulnerability (`CVE-2024-3094`, `GHSA-...`), `source` whose rating `severity` is,
    or who published it; `fixed_version` empty where there is no fix, `purl` the package URL where the scanner knows it.
    `targets` are the places that show it: files, layers, images.
    """

    id: str
    severity: Severity
    package: str
    version: str
    fixed_version: str = ""
    source: str = ""
    purl: str = ""
    targets: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes two findings the same, wherever they are shown and whatever their letter case."""
        return self.id.casefold(), self.package, self.version

    @property
    def place(self) -> tuple[str, str]:
        """The vulnerability and the package, whatever its version: what is compared between releases."""
        return self.id.casefold(), self.package


def combined(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each finding once, at its worst severity, the worst first; what only one of several sightings knows is kept."""
    merged: dict[tuple[str, str, str], Finding] = {}
    for finding in findings:
        key = finding.key
        known = merged.get(key)
        merged[key] = _merged(known, finding) if known else finding
    worst_first = sorted(merged.items(), key=lambda entry: (-entry[1].severity.rank, entry[0]))
    return tuple(finding for _, finding in worst_first)


def counted(findings: Iterable[Finding]) -> dict[Severity, int]:
    """How many there are of each severity, none left out."""
    counts = Counter(finding.severity for finding in findings)
    return {severity: counts[severity] for severity in SEVERITIES}


def worst_of(*counts: Mapping[Severity, int]) -> dict[Severity, int]:
    """The highest number of each severity."""
    return {severity: max((each[severity] for each in counts), default=0) for severity in SEVERITIES}


def _merged(known: Finding, other: Finding) -> Finding:
    worse = max(known, other, key=lambda finding: finding.severity.rank)
    return worse._replace(
        fixed_version=known.fixed_version or other.fixed_version,
        purl=known.purl or other.purl,
        targets=tuple(dict.fromkeys((*known.targets, *other.targets))),
    )
