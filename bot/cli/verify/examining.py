"""What is examined: packets, exports, proofs, checkpoints and a log's folder, each by what it is and by the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID

from bot.cli.failures import CommandError
from bot.cli.timestamps import Stamp, with_stamp
from bot.cli.verify.memory import Memory
from core.domain.moment import moment_of
from core.evidence.attestation_verification import attested_packet, is_attestation, verify_attestation
from core.evidence.examining import Check, Finding, examined, failed, passed
from core.evidence.keyring import KeyRing
from core.evidence.log.checkpoints import trusted_checkpoint
from core.evidence.log.entries import logged_decision
from core.evidence.log.examination import Known, KnownCheckpoint, examine_checkpoint, examine_proof
from core.evidence.log.proofs import SUFFIX, is_proof, parse_proof
from core.evidence.log.whole import ExaminedLog, examine_log
from core.evidence.report import Step, VerificationReport
from core.evidence.verification import verify
from core.strict_json import strict_json


class Kind(StrEnum):
    """What a file is."""

    PACKET = "packet"
    EXPORT = "export"
    PROOF = "proof"
    CHECKPOINT = "checkpoint"
    LOG = "log"


@dataclass(frozen=True, slots=True)
class Examined:
    """A file, or a log's folder, and what its examination found; `checkpoint` is the note that was found good in it."""

    file: Path
    kind: Kind
    report: VerificationReport
    checkpoint: str = ""


DECISIONS = frozenset({Kind.PACKET, Kind.EXPORT})
NOTHING_KNOWN = Known(KeyRing())


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody wants examined. Files are read already, so that what cannot be read is said first."""

    files: tuple[tuple[Path, bytes], ...]
    log: Path | None
    stamp: Stamp | None = None
    known: Known = NOTHING_KNOWN


def kind_of(file: Path, source: bytes) -> Kind:
    """What a file says that it is; whatever is nothing else counts as a packet, and fails as one."""
    if file.suffix == SUFFIX or is_proof(source):
        return Kind.PROOF
    if is_attestation(source):
        return Kind.EXPORT
    if source.lstrip().startswith(b"{") or "\n\n\N{EM DASH} ".encode() not in source:
        return Kind.PACKET
    return Kind.CHECKPOINT


def examine(given: Given, progress: Callable[[], None]) -> tuple[Examined, ...]:
    """Examine the log first, then decisions by it, then proofs and checkpoints by both; told as they were given."""
    known, log = given.known, None
    results: list[Examined] = []
    if given.log is not None:
        report, log = examine_log(_files_below(given.log), known)
        results.append(Examined(given.log, Kind.LOG, report, log.note if log else ""))
        if log is not None:
            known = replace(known, log_origin=log.origin, root_at=log.root_at)
    decisions: dict[Path, Examined] = {}
    for file, source in given.files:
        if (kind := kind_of(file, source)) in DECISIONS:
            decisions[file] = Examined(file, kind, _decision(kind, source, given, known, log))
            progress()
    entries = {
        str(file): entry_of(source) for file, source in given.files if file in decisions and decisions[file].report.ok
    }
    known = replace(known, packets={name: entry for name, entry in entries.items() if entry is not None})
    for file, source in given.files:
        results.append(decisions.get(file) or _examined(file, source, known))
        if file not in decisions:
            progress()
    return tuple(results)


def remember(results: Iterable[Examined], memory: Memory) -> None:
    """Keep the checkpoint of each good log if it is larger than the one known, and any good one of an unknown log.

    A later checkpoint alone is not kept: without the log nobody knows yet that it continues the earlier one.
    """
    seen = {each.checkpoint.origin: each.checkpoint.size for each in memory.checkpoints()}
    for result in results:
        if not result.report.ok or not result.checkpoint:
            continue
        origin, size, *_ = result.checkpoint.split("\n")
        if origin not in seen or (result.kind is Kind.LOG and int(size) > seen[origin]):
            memory.remember(result.checkpoint)
            seen[origin] = int(size)


def entry_of(source: bytes) -> bytes | None:
    """The leaf of the decision that a valid packet, or a valid export of one, is about; None where it names none."""
    about = attested_packet(source) if is_attestation(source) else _packet_named(source)
    return logged_decision(*about).content if about else None


def known_checkpoint(file: Path, source: bytes, known: Known) -> KnownCheckpoint:
    """The checkpoint in a file that somebody trusts, as far as its signature holds. Raises InvalidError.

    Copied out of a message, it may have lost its last new line or have gained some; that makes no other note of it.
    """
    note = source.strip(b"\r\n") + b"\n"
    return KnownCheckpoint(trusted_checkpoint(note, known.keys).checkpoint, str(file))


def _packet_named(packet: bytes) -> tuple[UUID, str, datetime]:
    fields: dict[str, Any] = strict_json(packet)
    return UUID(fields["id"]), fields["contentHash"], moment_of(fields["generatedAt"])


def _examined(file: Path, source: bytes, known: Known) -> Examined:
    if kind_of(file, source) is Kind.CHECKPOINT:
        report = examine_checkpoint(source, known)
        return Examined(file, Kind.CHECKPOINT, report, source.decode() if report.ok else "")
    report = examine_proof(source, known)
    return Examined(file, Kind.PROOF, report, parse_proof(source).checkpoint if report.ok else "")


def _decision(kind: Kind, source: bytes, given: Given, known: Known, log: ExaminedLog | None) -> VerificationReport:
    """Examine a packet or an export, then by the log and the timestamp that it was given with."""
    report = verify(source, known.keys) if kind is Kind.PACKET else verify_attestation(source, known.keys)
    if report.ok and given.log is not None:
        steps = (*report.steps, *_in_log(source, log, len(report.steps) + 1))
        report = VerificationReport(steps, report.content if all(step.ok for step in steps) else None)
    return with_stamp(report, given.stamp) if given.stamp else report


def _in_log(source: bytes, log: ExaminedLog | None, first: int) -> tuple[Step, ...]:
    def check() -> Finding:
        if log is None:
            return failed("the log is not valid, so nothing can be found in it")
        entry = entry_of(source)
        if entry is None:
            return failed("it does not name the packet that it is about")
        place = log.place_of(entry)
        if place is None:
            return failed(f"no leaf of {log.origin} is of this packet")
        return passed(f"leaf {place} of {log.size} in {log.origin}")

    checks: tuple[Check, ...] = (("in the log", check),)
    return examined(checks, first)


def _files_below(folder: Path) -> Callable[[str], bytes | None]:
    def read(path: str) -> bytes | None:
        try:
            return (folder / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        except OSError as error:
            raise CommandError(f"{folder / path} cannot be read: {error.strerror}") from error

    return read
