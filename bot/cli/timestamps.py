"""The timestamp of a packet, as further steps of its verification."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509

from bot.cli.failures import CommandError
from core.domain.moment import moment_of
from core.evidence.canonical import canonical
from core.evidence.examining import examined
from core.evidence.report import VerificationReport
from core.evidence.timestamp import timestamp_checks


@dataclass(frozen=True, slots=True)
class Stamp:
    """A timestamp file, and the authorities that are trusted to make such."""

    response: bytes
    roots: Sequence[x509.Certificate]


def stamp_from(timestamp: Path | None, authorities: Sequence[Path]) -> Stamp | None:
    """Read what was named; None where nothing was. Raises CommandError where one is named without the other."""
    if timestamp is None and not authorities:
        return None
    if timestamp is None or not authorities:
        raise CommandError(
            "A timestamp is verified with --timestamp FILE and --tsa PEM together",
            "--tsa names the certificate of the authority that you trust; its operator publishes it.",
        )
    roots = [root for file in authorities for root in _certificates(file)]
    return Stamp(_content(timestamp), roots)


def with_stamp(report: VerificationReport, stamp: Stamp) -> VerificationReport:
    """Add the steps of the timestamp to those of a packet that holds; to one that does not, there is nothing to add."""
    content = report.content
    if content is None:
        return report
    if "generatedAt" not in content:
        raise CommandError("A timestamp is of a packet, and this is a verification result", "Name its packet.")
    checks = timestamp_checks(stamp.response, canonical(content), moment_of(content["generatedAt"]), stamp.roots)
    steps = (*report.steps, *examined(checks, first=len(report.steps) + 1))
    return VerificationReport(steps, content if all(step.ok for step in steps) else None)


def _certificates(file: Path) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(_content(file))
    except ValueError as error:
        raise CommandError(f"{file} holds no certificate in PEM", "Name the authority's own, or its root.") from error


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}") from error
