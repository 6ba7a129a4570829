"""Proving that history is what it was: signed checkpoints of the log, and proofs from its tree.

A checkpoint is signed for a state that is committed, and only after it was shown to begin with everything that was
signed before: a log that has lost or changed leaves is never signed again. Signing happens between transactions, so
that a slow signer holds nobody up; of replicas that sign at once, the larger log stays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar
from uuid import UUID

from core.app.authorise import require_right
from core.app.finding import found
from core.app.ports import Ports, Store
from core.app.sealing import signed as sign
from core.app.transparency import LogState, StoredCheckpoint
from core.domain.moment import moment_text
from core.domain.people import Actor, Right
from core.errors import (
    InvalidError,
    LogInconsistentError,
    NotFoundError,
    SigningUnavailableError,
    UnavailableError,
)
from core.evidence.log.checkpoints import Checkpoint, checkpoint_of, signed
from core.evidence.log.merkle import (
    Node,
    Nodes,
    consistency_holds,
    consistency_path,
    hashes_of,
    inclusion_holds,
    inclusion_path,
    leaf_hash,
)
from core.evidence.log.notes import Note, NoteSignature, parse_note, verifier_key
from core.evidence.log.proofs import LogProof
from core.evidence.log.tiles import Tile, packed
from core.evidence.public_key import PublicKeyRecord

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Published:
    """A signed checkpoint with the cosignatures that it has; `text` is the note as it is served."""

    checkpoint: Checkpoint
    text: str


@dataclass(frozen=True, slots=True)
class Inclusion:
    """That leaf `index`, this `entry`, is in the tree of that size. `published` is None where that was not signed."""

    index: int
    entry: bytes
    size: int
    root: bytes
    hashes: tuple[bytes, ...]
    published: Published | None

    @property
    def leaf(self) -> bytes:
        """The leaf's hash."""
        return leaf_hash(self.entry)

    @property
    def file(self) -> bytes:
        """The proof as a file. Raises NotFoundError where no checkpoint of that size was signed."""
        published = found(self.published, "checkpoint", f"of size {self.size}")
        return LogProof(self.index, self.hashes, published.text, self.entry).to_text().encode()


@dataclass(frozen=True, slots=True)
class Consistency:
    """That the tree of `second` leaves begins with the one of `first`."""

    first: int
    second: int
    first_root: bytes
    second_root: bytes
    hashes: tuple[bytes, ...]


class Proving:
    """Signs checkpoints and proves from the log. What holds hashes alone is for everybody, entries are for readers."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    async def checkpoint(self, size: int | None = None) -> Published:
        """The checkpoint of the log as it is now, signed if it was not yet; or an earlier one, by its size.

        Raises NotFoundError where none of that size was signed, UnavailableError before the log has a name,
        SigningUnavailableError where the key does not sign or was revoked, LogInconsistentError where the log in the
        database does not begin with what was signed before.
        """
        if size is None:
            return await self._on_newest(published_of)

        def body(store: Store) -> Published:
            return published_of(store, found(store.log.checkpoint(size), "checkpoint", f"of size {size}", "treeSize"))

        return await self._ports.transactions.read(body)

    async def verifier_keys(self) -> tuple[str, ...]:
        """The keys that may have signed checkpoints, as tools for signed notes take them."""

        def body(store: Store) -> tuple[str, ...]:
            origin, keys = store.log.state().origin, store.evidence.keys()
            return tuple(verifier_key(origin, key) for key in keys) if origin else ()

        return await self._ports.transactions.read(body)

    async def inclusion(
        self, actor: Actor, *, promotion_id: UUID | None = None, index: int | None = None, size: int | None = None
    ) -> Inclusion:
        """The proof for a decision or for a leaf by number, in the tree of that size or of the newest checkpoint.

        Raises InvalidError for no or two subjects, and for a size that the log has not or that ends before the leaf;
        NotFoundError for what is not in the log.
        """
        if (promotion_id is None) == (index is None):
            raise InvalidError("Name either promotionId or leafIndex", field="promotionId")

        def body(store: Store, newest: StoredCheckpoint) -> Inclusion:
            require_right(store, actor, Right.READER)
            leaf = index if promotion_id is None else _index_of_decision(store, promotion_id)
            if leaf is None or not 0 <= leaf < newest.size:
                message = f"The log has no leaf {leaf}; it has {newest.size}, counted from 0"
                raise NotFoundError(message, kind="leaf")
            if size is not None and not leaf < size <= newest.size:
                message = f"treeSize must be from {leaf + 1}, where leaf {leaf} is in, to {newest.size}"
                raise InvalidError(message, field="treeSize")
            signed_one = newest if size in {None, newest.size} else store.log.checkpoint(size)
            return _inclusion(store, leaf, newest.size if size is None else size, signed_one)

        return await self._on_newest(body)

    async def consistency(self, first: int, second: int | None = None) -> Consistency:
        """The proof between two sizes; without `second` to the newest checkpoint. Raises InvalidError for bad sizes."""

        def body(store: Store, newest: StoredCheckpoint) -> Consistency:
            last = newest.size if second is None else second
            if not 1 <= last <= newest.size:
                raise InvalidError(f"to must be from 1 to {newest.size}, the size of the log", field="to")
            if not 1 <= first <= last:
                raise InvalidError(f"from must be from 1 to {last}: the log only grows", field="from")
            spans = ((0, first), (0, last), *consistency_path(first, last))
            first_root, last_root, *hashes = hashes_of(spans, kept_nodes(store))
            return Consistency(first, last, first_root, last_root, tuple(hashes))

        return await self._on_newest(body)

    async def tile(self, path: str) -> bytes:
        """The hashes of the tile at `LEVEL/INDEX[.p/WIDTH]`. Raises NotFoundError where the log has none there."""

        def body(store: Store) -> bytes:
            tile = _tile(store, path)
            nodes = tile.nodes()
            known = kept_nodes(store)(nodes)
            return b"".join(known[node] for node in nodes)

        return await self._ports.transactions.read(body)

    async def entries(self, actor: Actor, path: str) -> bytes:
        """The entry bundle at `INDEX[.p/WIDTH]`. Raises NotFoundError where the log has none there."""

        def body(store: Store) -> bytes:
            require_right(store, actor, Right.READER)
            tile = _tile(store, f"entries/{path}")
            return packed(store.log.entries(tile.first, tile.first + tile.width))

        return await self._ports.transactions.read(body)

    async def cosign(self, actor: Actor, size: int, lines: Sequence[str]) -> Published:
        """Add witnesses' signatures to the checkpoint of that size, and return it with all it has.

        Raises NotFoundError where no checkpoint of that size was signed, InvalidError for a line that is not a valid
        cosignature of it by one of the witnesses that are configured.
        """

        def body(store: Store) -> Published:
            require_right(store, actor, Right.READER)
            stored = found(store.log.checkpoint(size), "checkpoint", f"of size {size}", "treeSize")
            text = parse_note(stored.note.encode()).text
            for number, line in enumerate(lines):
                self._add(store, stored, text, line, f"cosignatures[{number}]")
            return published_of(store, stored)

        return await self._ports.transactions.write(body)

    def _add(self, store: Store, stored: StoredCheckpoint, text: str, line: str, field: str) -> None:
        try:
            signature = NoteSignature.from_line(line.removesuffix("\n"))
        except InvalidError as error:
            raise InvalidError(f"{field}: {error.message}", field=field) from error
        for witness in self._ports.witnesses:
            if witness.cosigned_at(signature, text):
                store.log.cosign(stored.size, witness.to_text(), signature.line)
                return
        hint = "Witnesses are named in COUNTERSIGN_LOG_WITNESSES; the signature must be over this very checkpoint."
        raise InvalidError(f"{field} is no cosignature of this checkpoint by a known witness", field=field, hint=hint)

    async def _on_newest(self, body: Callable[[Store, StoredCheckpoint], T]) -> T:
        """Run `body` with the newest checkpoint in one reading transaction; sign one first where the log has grown."""

        def if_signed(store: Store) -> T | None:
            state, newest = store.log.state(), store.log.checkpoint()
            is_signed = newest is not None and (newest.size, newest.root) == (state.size, state.frontier.root)
            return body(store, newest) if newest is not None and is_signed else None

        def anyhow(store: Store) -> T:
            return body(store, found(store.log.checkpoint(), "checkpoint", "of this log"))

        answer = await self._ports.transactions.read(if_signed)
        if answer is None:
            await self._sign()
            answer = await self._ports.transactions.read(anyhow)
        return answer

    async def _sign(self) -> None:
        """Sign the log as it is committed, unless somebody has signed as much or more meanwhile."""
        key_ref = self._ports.signer.key_ref
        state, key = await self._ports.transactions.read(lambda store: _to_sign(store, key_ref))
        checkpoint = Checkpoint(state.origin, state.size, state.frontier.root)
        fresh = signed(checkpoint, await sign(self._ports, checkpoint.text.encode()), key)
        stored = StoredCheckpoint(checkpoint.size, checkpoint.root, fresh.note.to_text(), self._ports.clock())
        await self._ports.transactions.write(lambda store: _keep(store, stored))


def _to_sign(store: Store, key_ref: str) -> tuple[LogState, PublicKeyRecord]:
    """The state to sign, which begins with what was signed last, and the public half of the key that signs."""
    state, latest = store.log.state(), store.log.checkpoint()
    if not state.origin:
        raise UnavailableError("The log has no name yet", hint="Start the server; that names it.")
    if latest is not None and not begins_with(store, state, latest):
        raise LogInconsistentError(
            f"The log of {state.size} entries in the database does not begin with the {latest.size} that were signed: "
            "nothing is signed from it",
            hint="Compare the database with a backup and with the checkpoints that others have.",
            signedSize=latest.size,
            size=state.size,
        )
    key = found(store.evidence.key(key_ref), "registered signing key", key_ref)
    if key.revoked_at is not None:
        raise SigningUnavailableError(
            f"The log is not signed: the key {key_ref} was revoked on {moment_text(key.revoked_at)}",
            hint="An administrator sets COUNTERSIGN_SIGNING_KEY to a key in use and restarts the server.",
            keyRef=key_ref,
        )
    return state, key


def begins_with(store: Store, state: LogState, latest: StoredCheckpoint | Checkpoint) -> bool:
    """Whether the log in the database begins with everything that was signed last, or that anybody has seen of it."""
    if state.size <= latest.size:
        return (state.size, state.frontier.root) == (latest.size, latest.root)
    if latest.size == 0:
        return True
    try:
        proof = hashes_of(consistency_path(latest.size, state.size), kept_nodes(store))
    except LogInconsistentError:
        return False
    return consistency_holds(latest.size, state.size, latest.root, state.frontier.root, proof)


def _keep(store: Store, fresh: StoredCheckpoint) -> None:
    """Store what was signed, unless somebody has signed as much or more meanwhile."""
    store.log.locked()
    latest = store.log.checkpoint()
    if latest is None or latest.size < fresh.size:
        # A clock that was set back must not make the larger log the older one.
        signed_at = max(fresh.signed_at, latest.signed_at) if latest else fresh.signed_at
        store.log.add_checkpoint(replace(fresh, signed_at=signed_at))


def published_of(store: Store, stored: StoredCheckpoint) -> Published:
    """The checkpoint with the cosignatures that it has by now."""
    note = parse_note(stored.note.encode())
    cosigned = tuple(NoteSignature.from_line(line.removesuffix("\n")) for line in store.log.cosignatures(stored.size))
    return Published(checkpoint_of(note), Note(note.text, (*note.signatures, *cosigned)).to_text())


def _index_of_decision(store: Store, promotion_id: UUID) -> int:
    promotion = found(store.promotions.get(promotion_id), "promotion", promotion_id, "promotionId")
    packet = store.evidence.of(promotion_id)
    index = store.log.index_of(packet.id) if packet else None
    if index is None:
        raise NotFoundError(
            f"{promotion.release_name} to {promotion.target.name} is not decided, so it is not in the log yet",
            hint="Ask again after the decision.",
            kind="leaf",
            status=promotion.status.value,
        )
    return index


def _inclusion(store: Store, index: int, size: int, signed_one: StoredCheckpoint | None) -> Inclusion:
    entry = b"".join(store.log.entries(index, index + 1))
    root, *hashes = hashes_of(((0, size), *inclusion_path(index, size)), kept_nodes(store))
    if not inclusion_holds(leaf_hash(entry), index, size, hashes, signed_one.root if signed_one else root):
        raise LogInconsistentError(f"The leaf {index} in the database is not the one that was logged", leafIndex=index)
    published = published_of(store, signed_one) if signed_one else None
    return Inclusion(index, entry, size, root, tuple(hashes), published)


def kept_nodes(store: Store) -> Nodes:
    """Where the hashes are kept. Raises LogInconsistentError where some that must be there are not."""

    def kept(wanted: Sequence[Node]) -> Mapping[Node, bytes]:
        found_ones = store.log.hashes(wanted)
        if missing := sum(node not in found_ones for node in wanted):
            raise LogInconsistentError(f"The log in the database has lost hashes: {missing} of {len(wanted)} are gone")
        return found_ones

    return kept


def _tile(store: Store, path: str) -> Tile:
    try:
        tile = Tile.from_path(path)
    except InvalidError as error:
        raise NotFoundError(error.message, hint="c2sp.org/tlog-tiles says how paths are made.", kind="tile") from error
    if not tile.exists_at(store.log.state().size):
        raise NotFoundError(f"The log is not so large that it has the tile {tile.path}", kind="tile")
    return tile
