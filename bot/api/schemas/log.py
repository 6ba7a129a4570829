"""The transparency log."""

from __future__ import annotations

import base64
from typing import Annotated

from pydantic import Field

from bot.api.schemas.base import Body, Id, Shown, example
from bot.api.schemas.queries import LARGEST, Counted, Index, Query
from core.app.proving import Consistency, Inclusion, Published

_ROOT = "Tju7H3tHjc/nH7YxYxUZo7yhLJrvyhYSv85ME6hiZNQ="
_SIBLING = "vBoGQ7EuTS18d5GPROD095qDi2z57FtcKD4fTYhZnms="
_ENTRY = (
    '{"at":"2026-01-10T14:30:00Z","contentHash":"sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",'
    '"packetId":"5b9f6f0e-9d4e-4d0e-8a55-0c6f8f1f2d11","type":"release_decision","version":"1"}'
)
_CHECKPOINT = f"countersign.example.com/log\n5\n{_ROOT}\n\n— countersign.example.com/log Az3grlgtzPICa5OS...\n"


class CheckpointQuery(Query):
    """Which checkpoint is wanted."""

    tree_size: Counted | None = Field(default=None, description="An earlier one; without it, the newest.")


class InclusionQuery(Query):
    """Which leaf is meant, and in which tree."""

    promotion_id: Id | None = Field(default=None, description="The leaf of this promotion's decision.")
    leaf_index: Index | None = Field(default=None, description="Or the leaf with this number, from 0.")
    tree_size: Counted | None = Field(default=None, description="The tree of that many leaves.")


class ConsistencyQuery(Query):
    """Between which trees."""

    first: Counted = Field(alias="from", description="The smaller tree's number of leaves.")
    second: Counted | None = Field(default=None, alias="to", description="The larger tree's number of leaves.")


class InclusionProof(Shown):
    """That a leaf is in the tree of that size. Hashes are SHA-256 in base64, the leaf's sibling first (RFC 6962)."""

    model_config = example(
        leafIndex=4,
        leafHash=_SIBLING,
        treeSize=5,
        rootHash=_ROOT,
        hashes=[_SIBLING],
        entry=_ENTRY,
        proof=f"c2sp.org/tlog-proof@v1\nextra ...\nindex 4\n{_SIBLING}\n\n{_CHECKPOINT}",
    )

    leaf_index: int
    leaf_hash: str
    tree_size: int
    root_hash: str
    hashes: list[str]
    entry: str = Field(description="The leaf, byte for byte: `leafHash` is SHA-256 over a zero byte and this.")
    proof: str | None = Field(description="The proof as a file; null where no checkpoint of that size was signed.")


class ConsistencyProof(Shown):
    """That the tree of `to` leaves begins with the tree of `from` leaves (RFC 6962, 2.1.2)."""

    model_config = example(**{"from": 4, "to": 5, "fromRootHash": _SIBLING, "toRootHash": _ROOT, "hashes": [_SIBLING]})

    first: int = Field(alias="from")
    second: int = Field(alias="to")
    first_root: str = Field(alias="fromRootHash")
    second_root: str = Field(alias="toRootHash")
    hashes: list[str]


class WitnessCosignatures(Body):
    """What witnesses say of a checkpoint."""

    model_config = example(treeSize=5, cosignatures=["— witness.example/w1 jWbPPwAAAABkGFDLEZMHwSRa..."])

    tree_size: Annotated[int, Field(ge=1, le=LARGEST)]
    cosignatures: Annotated[list[Annotated[str, Field(max_length=1000)]], Field(min_length=1, max_length=16)]


class Checkpoint(Shown):
    """A signed checkpoint. `note` is what `GET /log/checkpoint` serves."""

    model_config = example(origin="countersign.example.com/log", treeSize=5, rootHash=_ROOT, note=_CHECKPOINT)

    origin: str
    tree_size: int
    root_hash: str
    note: str


def inclusion_of(found: Inclusion) -> InclusionProof:
    return InclusionProof(
        leaf_index=found.index,
        leaf_hash=_text(found.leaf),
        tree_size=found.size,
        root_hash=_text(found.root),
        hashes=[_text(each) for each in found.hashes],
        entry=found.entry.decode(),
        proof=found.file.decode() if found.published else None,
    )


def consistency_of(found: Consistency) -> ConsistencyProof:
    return ConsistencyProof(
        first=found.first,
        second=found.second,
        first_root=_text(found.first_root),
        second_root=_text(found.second_root),
        hashes=[_text(each) for each in found.hashes],
    )


def checkpoint_of(published: Published) -> Checkpoint:
    checkpoint = published.checkpoint
    return Checkpoint(
        origin=checkpoint.origin,
        tree_size=checkpoint.size,
        root_hash=checkpoint.root_text,
        note=published.text,
    )


def _text(digest: bytes) -> str:
    return base64.b64encode(digest).decode()
