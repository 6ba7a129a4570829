"""Checking checkpoints and proof files offline.

The steps for a proof; a checkpoint alone has 2, 6 and 7. The first that fails ends the examination:

 1. The file is a proof, in its one form (c2sp.org/tlog-proof).
 2. Its checkpoint is signed, under the log's name, by a known key that was not revoked.
 3. The entry is one JSON object in its one form (RFC 8785), of a type and version known here.
 4. The entry is in the checkpoint's tree, at the place that the proof says (RFC 6962).
 5. A decision's entry is the one of a packet that is examined with it.
 6. The witnesses that are asked for have cosigned the checkpoint.
 7. The checkpoint fits to those that are known already, and to the log that is examined with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from core.domain.moment import moment_text
from core.errors import InvalidError
from core.evidence.canonical import canonical
from core.evidence.envelope import PACKET_TYPE
from core.evidence.examining import Check, Finding, examined, failed, passed
from core.evidence.keyring import KeyRing
from core.evidence.log.checkpoints import Checkpoint, SignedCheckpoint, trusted_checkpoint
from core.evidence.log.cosignatures import WitnessKey, cosigners
from core.evidence.log.entries import AUDIT_TYPE, ENTRY_VERSION
from core.evidence.log.merkle import inclusion_holds, leaf_hash
from core.evidence.log.notes import Note
from core.evidence.log.proofs import LogProof, parse_proof
from core.evidence.report import VerificationReport
from core.strict_json import strict_json


@dataclass(frozen=True, slots=True)
class KnownCheckpoint:
    """A checkpoint that others have to fit to, and where it is from, in words."""

    checkpoint: Checkpoint
    source: str


@dataclass(frozen=True, slots=True)
class Known:
    """What an examination goes by.

    `packets` are the entries of the packets examined beside, by their files' names. `root_at` gives the root that a log
    examined beside has at a size, None beyond its end; `log_origin` is that log's name.
    """

    keys: KeyRing
    checkpoints: tuple[KnownCheckpoint, ...] = ()
    witnesses: tuple[WitnessKey, ...] = ()
    packets: Mapping[str, bytes] = field(default_factory=dict)
    log_origin: str = ""
    root_at: Callable[[int], bytes | None] | None = None


def examine_proof(source: bytes, known: Known) -> VerificationReport:
    """Examine a proof file. Never raises."""
    return VerificationReport(examined(_Proof(source, known).checks()))


def examine_checkpoint(source: bytes, known: Known) -> VerificationReport:
    """Examine a checkpoint. Never raises."""
    examination = CheckpointExamination(source, known)
    return VerificationReport(examined((*examination.signature(), *examination.company())))


def fits(checkpoint: Checkpoint, known: KnownCheckpoint, root_at: Callable[[int], bytes | None] | None) -> Finding:
    """Whether two checkpoints of one log can be of one history, as far as can be told with the log that is there."""
    other, source = known.checkpoint, known.source
    if checkpoint.size == other.size:
        if checkpoint.root == other.root:
            return passed(f"the same as {source}")
        return failed(f"forked: {source} has another root hash at the size {other.size}")
    if root_at is None:
        words = "later" if checkpoint.size > other.size else "earlier"
        return passed(f"{words} than {source} with {other.size} entries; --log tells whether both are of one history")
    for each, whose in ((other, source), (checkpoint, "the checkpoint")):
        root = root_at(each.size)
        if root is None:
            return failed(f"shortened: {whose} has {each.size} entries, and the log ends before that")
        if root != each.root:
            return failed(f"forked: the log's first {each.size} entries do not have the root hash of {whose}")
    return passed(f"of one history with {source}")


class CheckpointExamination:
    """The steps that have to do with a checkpoint, for whatever holds one."""

    signed: SignedCheckpoint

    def __init__(self, source: bytes, known: Known) -> None:
        self.source = source
        self.known = known

    def signature(self) -> tuple[Check, ...]:
        """The step about the checkpoint itself."""
        return (("signed checkpoint", self._signed),)

    def company(self) -> tuple[Check, ...]:
        """The steps about what else is known."""
        return (("witnesses", self._witnesses), ("fits to what is known", self._fits))

    def _signed(self) -> Finding:
        try:
            self.signed = trusted_checkpoint(self.source, self.known.keys)
        except InvalidError as error:
            return failed(error.message)
        checkpoint = self.signed.checkpoint
        return passed(f"{checkpoint.origin}, {checkpoint.size} entries, by {self.signed.key_ref}")

    def _witnesses(self) -> Finding:
        return _cosigned(self.signed.note, self.known.witnesses)

    def _fits(self) -> Finding:
        checkpoint, known = self.signed.checkpoint, self.known
        root_at = known.root_at if known.log_origin == checkpoint.origin else None
        details: list[str] = []
        for other in known.checkpoints:
            if other.checkpoint.origin == checkpoint.origin:
                finding = fits(checkpoint, other, root_at)
                if not finding.ok:
                    return finding
                details.append(finding.detail)
        if root_at is not None:
            if root_at(checkpoint.size) != checkpoint.root:
                return failed(f"the log that is examined beside has no such tree of {checkpoint.size} entries")
            details.append("of the log that is examined beside")
        return passed("; ".join(details) or "no other checkpoint of this log is known here")


class _Proof(CheckpointExamination):
    """One proof file under examination. Each check leaves behind what the later ones need."""

    proof: LogProof
    entry: dict[str, object]

    def checks(self) -> tuple[Check, ...]:
        return (
            ("proof file", self._parsed),
            *self.signature(),
            ("entry of a known kind", self._entry),
            ("entry is in the tree", self._included),
            ("entry of the packet", self._packet),
            *self.company(),
        )

    def _parsed(self) -> Finding:
        try:
            self.proof = parse_proof(self.source)
        except InvalidError as error:
            return failed(error.message)
        self.source = self.proof.checkpoint.encode()
        return passed(f"leaf {self.proof.index}, {len(self.proof.hashes)} hashes")

    def _entry(self) -> Finding:
        try:
            entry = strict_json(self.proof.entry, allow_floats=False)
            if not isinstance(entry, dict) or canonical(entry) != self.proof.entry:
                return failed("the entry is not a JSON object as RFC 8785 writes it")
        except InvalidError as error:
            return failed(f"the entry is {error.message}")
        if entry.get("type") not in (PACKET_TYPE, AUDIT_TYPE) or entry.get("version") != ENTRY_VERSION:
            return failed(f"unknown: {entry.get('type')!r} version {entry.get('version')!r}")
        self.entry = entry
        what = entry.get("action", f"packet {entry.get('packetId')}")
        return passed(f"{entry['type']}, {what}, {entry.get('at')}")

    def _included(self) -> Finding:
        proof, checkpoint = self.proof, self.signed.checkpoint
        leaf = leaf_hash(proof.entry)
        if not inclusion_holds(leaf, proof.index, checkpoint.size, proof.hashes, checkpoint.root):
            return failed(f"the hashes do not lead from leaf {proof.index} to the root hash of the checkpoint")
        return passed(f"leaf {proof.index} of {checkpoint.size}, root hash {checkpoint.root_text}")

    def _packet(self) -> Finding:
        if self.entry["type"] != PACKET_TYPE:
            return passed("not of a decision")
        if not self.known.packets:
            return passed("no packet is examined with it")
        for name, entry in self.known.packets.items():
            if entry == self.proof.entry:
                return passed(f"{name}, {self.entry['contentHash']}")
        return failed(f"of packet {self.entry.get('packetId')}, and none of the valid packets here is that one")


def _cosigned(note: Note, witnesses: tuple[WitnessKey, ...]) -> Finding:
    if not witnesses:
        others = len(note.signatures) - 1
        return passed(f"none asked for; other signatures: {others}" if others else "none asked for")
    found = dict(cosigners(note, witnesses))
    if missing := [witness.name for witness in witnesses if witness not in found]:
        return failed(f"not cosigned by {', '.join(missing)}")
    return passed(", ".join(f"{witness.name} on {moment_text(at)}" for witness, at in found.items()))
