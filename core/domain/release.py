"""What is promoted: releases with their artifacts, scan reports, and where they run."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from core.domain.findings import SEVERITIES, Severity
from core.domain.text import checked_name, checked_text
from core.errors import InvalidError

_DIGEST = re.compile(r"(sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})")
MAX_ARTIFACTS = 200
MAX_AUTHORS = 200
MAX_COUNT = 1_000_000
COUNTS_ONLY = "counts"
"""The format of a scan report that has no findings."""


@dataclass(frozen=True, slots=True)
class Artifact:
    """One thing that is deployed, named by its digest (`sha256:` and 64 hex digits; sha384 and sha512 alike)."""

    name: str
    digest: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", checked_name(self.name, "artifacts.name", 500))
        if not _DIGEST.fullmatch(self.digest):
            raise InvalidError(
                f"{self.digest[:80]!r} is not an artifact digest",
                field="artifacts.digest",
                hint="Write sha256: and 64 lower-case hex digits.",
            )


@dataclass(frozen=True, slots=True)
class Release:
    """A version of a component with its artifacts. It never changes once registered.

    `changes_url` is where people can read what is new in it (a diff, release notes); empty for nowhere.
    """

    id: UUID
    name: str
    component: str
    version: str
    created_at: datetime
    artifacts: tuple[Artifact, ...] = ()
    authors: tuple[str, ...] = ()
    source_ref: str = ""
    changes_url: str = ""

    def __post_init__(self) -> None:
        for attribute in ("name", "component", "version"):
            object.__setattr__(self, attribute, checked_name(getattr(self, attribute), attribute))
        object.__setattr__(self, "source_ref", checked_text(self.source_ref, "sourceRef", limit=500))
        object.__setattr__(self, "changes_url", _checked_url(self.changes_url, "changesUrl"))
        object.__setattr__(self, "authors", tuple(checked_name(each, "authors", 254) for each in self.authors))
        if len(self.artifacts) > MAX_ARTIFACTS:
            raise InvalidError(f"A release has at most {MAX_ARTIFACTS} artifacts", field="artifacts")
        if len(self.authors) > MAX_AUTHORS:
            raise InvalidError(f"A release has at most {MAX_AUTHORS} authors", field="authors")
        if len({artifact.name for artifact in self.artifacts}) < len(self.artifacts):
            raise InvalidError("Two artifacts have the same name", field="artifacts.name")

    @property
    def artifacts_digest(self) -> str:
        """`sha256:` over the names and digests of the artifacts, in whatever order they were registered."""
        named = json.dumps(sorted([artifact.name, artifact.digest] for artifact in self.artifacts))
        return "sha256:" + hashlib.sha256(named.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class ScanReport:
    """What a vulnerability scanner found in a release, as counts per severity.

    A newer report replaces an older one of the same scanner. `format` says what it came in: `counts` has no findings
    beside the counts. `digest` is the `sha256:` of the document as it came, empty for counts; `scanned_at` is when the
    scanner looked, by its own word.
    """

    id: UUID
    release_id: UUID
    scanner: str
    submitted_at: datetime
    critical: int = 0
    high: int = 0
    medium: int = 0
    low: int = 0
    unknown: int = 0
    format: str = COUNTS_ONLY
    digest: str = ""
    scanned_at: datetime | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "scanner", checked_name(self.scanner, "scanner"))
        for severity in SEVERITIES:
            count = getattr(self, severity)
            if not 0 <= count <= MAX_COUNT:
                field = f"{severity}Count"
                raise InvalidError(f"{field} must be between 0 and {MAX_COUNT}", field=field)

    @property
    def counts(self) -> dict[Severity, int]:
        """How many findings there are of each severity."""
        return {severity: getattr(self, severity) for severity in SEVERITIES}

    @property
    def has_findings(self) -> bool:
        """Whether it names what it counts."""
        return self.format != COUNTS_ONLY

    @property
    def dated(self) -> datetime:
        """When the scanner looked. Handing in an old report again makes it no newer; none is from the future."""
        return min(self.scanned_at or self.submitted_at, self.submitted_at)


class DeploymentStatus(StrEnum):
    """What a deployer reports."""

    DEPLOYING = "deploying"
    DEPLOYED = "deployed"
    FAILED = "failed"
    ROLLED_BACK = "rolled_back"


@dataclass(frozen=True, slots=True)
class Deployment:
    """The newest word of the deployer on one promotion's release in its target environment."""

    promotion_id: UUID
    release_id: UUID
    environment_id: UUID
    status: DeploymentStatus
    at: datetime
    external_url: str = ""
    message: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", checked_text(self.message, "message"))
        object.__setattr__(self, "external_url", _checked_url(self.external_url, "externalUrl"))


def _checked_url(value: str, field: str) -> str:
    url = checked_text(value, field, limit=2000)
    if url and not re.match(r"https?://[^\s<>|]+\Z", url):
        raise InvalidError(f"{field} must be an http or https address", field=field)
    return url
