"""What somebody who knows says about a finding: VEX (Vulnerability Exploitability eXchange).

The four statuses are those of CISA's "Minimum Requirements for VEX" and of OpenVEX 0.2; CycloneDX has more words, which
are mapped to these where they are read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

MAX_STATEMENTS = 10_000
"""The most statements that one document may have."""


class VexStatus(StrEnum):
    """What a statement says of a vulnerability in a product."""

    NOT_AFFECTED = "not_affected"
    FIXED = "fixed"
    AFFECTED = "affected"
    UNDER_INVESTIGATION = "under_investigation"

    @property
    def takes_out(self) -> bool:
        """Whether the finding no longer counts."""
        return self in {VexStatus.NOT_AFFECTED, VexStatus.FIXED}


@dataclass(frozen=True, slots=True)
class VexStatement:
    """One statement about one vulnerability.

    `vulnerabilities` are its names (id and aliases, in small letters). `products` are what it is about: package URLs,
    or names; `packages` narrow that to parts of them. Without either it is about the whole release. `justification`
    is the machine-readable reason, `explanation` the author's words.
    """

    vulnerabilities: tuple[str, ...]
    status: VexStatus
    author: str
    at: datetime
    products: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    justification: str = ""
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class VexDocument:
    """A document of statements that was handed in for a release. It is never changed.

    `format` is `openvex` or `cyclonedx`, `digest` the `sha256:` of the document as it came. Of several statements about
    one finding the one with the latest time holds; at the same time, the one handed in last.
    """

    id: UUID
    release_id: UUID
    format: str
    author: str
    digest: str
    submitted_at: datetime
    submitted_by: str
    statements: tuple[VexStatement, ...]

    @property
    def statuses(self) -> Mapping[VexStatus, int]:
        """How many statements say what."""
        return {status: sum(each.status is status for each in self.statements) for status in VexStatus}
