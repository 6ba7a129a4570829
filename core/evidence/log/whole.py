"""Checking a whole log offline, from a folder of its checkpoint, tiles and entries (c2sp.org/tlog-tiles).

The steps; the first that fails ends the examination:

 1. The checkpoint is signed, under the log's name, by a known key that was not revoked.
 2. Every entry is there: as many as the checkpoint says.
 3. The hashes of all tiles are those of the entries.
 4. The tree over the entries has the checkpoint's root hash.
 5. Each entry is of a known kind, and no decision is there twice.
 6. The witnesses that are asked for have cosigned the checkpoint.
 7. The log begins with everything that it had when its known checkpoints were signed: nothing was taken away, changed
    or put in another order since.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from core.errors import InvalidError
from core.evidence.envelope import PACKET_TYPE
from core.evidence.examining import Check, Finding, examined, failed, passed
from core.evidence.log.entries import AUDIT_TYPE, ENTRY_VERSION
from core.evidence.log.examination import CheckpointExamination, Known, KnownCheckpoint, fits
from core.evidence.log.merkle import EMPTY, HASH_BYTES, Node, leaf_hash, root_of
from core.evidence.log.tiles import Tile, bundles_of, tiles_of, unpacked
from core.evidence.report import VerificationReport

CHECKPOINT_FILE = "checkpoint"
TILES_FOLDER = "tile"

Files = Callable[[str], bytes | None]
"""Gives the content of the file at a path below the log's folder; None where there is none."""


@dataclass(frozen=True, slots=True)
class ExaminedLog:
    """A log whose every leaf was hashed. `leaves` gives the place of an entry's hash."""

    origin: str
    size: int
    nodes: Mapping[Node, bytes]
    leaves: Mapping[bytes, int]
    note: str

    def root_at(self, size: int) -> bytes | None:
        """The root hash over the first leaves; None where there are not so many."""
        return root_of(size, self._hashes) if size <= self.size else None

    def place_of(self, entry: bytes) -> int | None:
        """The number of the leaf that this entry is; None where it is not in the log."""
        return self.leaves.get(leaf_hash(entry))

    def _hashes(self, nodes: Sequence[Node]) -> Mapping[Node, bytes]:
        return {node: self.nodes[node] for node in nodes}


def examine_log(files: Files, known: Known) -> tuple[VerificationReport, ExaminedLog | None]:
    """Examine a log; where every step passed, return it as well. Never raises."""
    examination = _Log(files, known)
    report = VerificationReport(examined(examination.checks()))
    return report, examination.examined_log() if report.ok else None


class _Log(CheckpointExamination):
    """One log under examination. Each check leaves behind what the later ones need."""

    def __init__(self, files: Files, known: Known) -> None:
        super().__init__(files(CHECKPOINT_FILE) or b"", known)
        self.files = files
        self.entries: list[bytes] = []
        self.nodes: dict[Node, bytes] = {}

    def checks(self) -> tuple[Check, ...]:
        witnesses, _ = self.company()
        return (
            *self.signature(),
            ("every entry", self._entries),
            ("tiles", self._tiles),
            ("root hash", self._root),
            ("kinds of entries", self._kinds),
            witnesses,
            ("nothing taken back", self._history),
        )

    def examined_log(self) -> ExaminedLog:
        checkpoint = self.signed.checkpoint
        leaves = {self.nodes[Node(0, index)]: index for index in range(checkpoint.size)}
        note = self.signed.note.to_text()
        return ExaminedLog(checkpoint.origin, checkpoint.size, self.nodes, leaves, note)

    def _entries(self) -> Finding:
        for bundle in bundles_of(self.signed.checkpoint.size):
            content = self.files(f"{TILES_FOLDER}/{bundle.path}")
            if content is None:
                return failed(f"{TILES_FOLDER}/{bundle.path} is missing")
            try:
                entries = unpacked(content)
            except InvalidError as error:
                return failed(f"{TILES_FOLDER}/{bundle.path}: {error.message}")
            if len(entries) != bundle.width:
                return failed(f"{TILES_FOLDER}/{bundle.path} has {len(entries)} entries, not {bundle.width}")
            self.entries += entries
        return passed(f"{len(self.entries)} entries")

    def _tiles(self) -> Finding:
        self.frontier = EMPTY
        for entry in self.entries:
            self.frontier, completed = self.frontier.grown(leaf_hash(entry))
            self.nodes.update(completed)
        count = 0
        for count, tile in enumerate(tiles_of(len(self.entries)), start=1):  # noqa: B007 - told below
            if wrong := self._wrong(tile):
                return failed(wrong)
        return passed("1 tile" if count == 1 else f"{count} tiles")

    def _wrong(self, tile: Tile) -> str:
        """What is wrong with a tile; empty where nothing is."""
        path = f"{TILES_FOLDER}/{tile.path}"
        content = self.files(path)
        if content is None:
            return f"{path} is missing"
        expected = b"".join(self.nodes[node] for node in tile.nodes())
        if content == expected:
            return ""
        if len(content) != len(expected):
            return f"{path} has {len(content)} bytes, not {len(expected)}"
        place = next(n for n in range(len(content)) if content[n] != expected[n]) // HASH_BYTES
        node = tile.nodes()[place]
        first, last = node.position << node.level, ((node.position + 1) << node.level) - 1
        if node.level:
            return f"{path}: hash {place} is not that of entries {first} to {last}"
        bundle = Tile(None, tile.index, tile.width).path
        return f"{path}: hash {place} is not that of entry {first} in {TILES_FOLDER}/{bundle}"

    def _root(self) -> Finding:
        checkpoint = self.signed.checkpoint
        if self.frontier.root != checkpoint.root:
            return failed("the entries do not have the checkpoint's root hash: some are changed or in another order")
        return passed(checkpoint.root_text)

    def _kinds(self) -> Finding:
        kinds: Counter[str] = Counter()
        packets: dict[str, int] = {}
        for index, entry in enumerate(self.entries):
            try:
                content = json.loads(entry)
                kind, version = str(content["type"]), content["version"]
            except (ValueError, RecursionError, LookupError, TypeError):
                return failed(f"entry {index} is not an object of JSON with type and version")
            if kind not in {PACKET_TYPE, AUDIT_TYPE} or version != ENTRY_VERSION:
                return failed(f"entry {index} is of an unknown kind: {kind!r} version {version!r}")
            kinds[kind if kind == PACKET_TYPE else str(content.get("action"))] += 1
            packet = str(content.get("packetId"))
            if kind == PACKET_TYPE and packets.setdefault(packet, index) != index:
                return failed(f"entry {index} is of the same packet as entry {packets[packet]}")
        return passed(", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())))

    def _history(self) -> Finding:
        checkpoint = self.signed.checkpoint
        mine = [each for each in self.known.checkpoints if each.checkpoint.origin == checkpoint.origin]
        log = self.examined_log()
        for other in mine:
            finding = fits(checkpoint, other, log.root_at)
            if not finding.ok:
                return finding
        return passed(", ".join(_begins(each) for each in mine) or "no other checkpoint of this log is known here")


def _begins(known: KnownCheckpoint) -> str:
    return f"begins with the {known.checkpoint.size} entries of {known.source}"
