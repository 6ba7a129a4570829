"""The transparency log, as C2SP has it: checkpoint, tiles, entries, proofs, and what witnesses add.

What holds hashes alone is open to everybody, like the public keys: witnesses and auditors compare it without an account
here, and nothing can be read out of it. Entries, and proofs that carry one, tell what was decided when: for readers.
"""

from __future__ import annotations

from uuid import UUID

from bot.api.endpoint import Call, Endpoint, OpenCall, Raw
from bot.api.paths import BASE
from bot.api.schemas.log import (
    Checkpoint,
    CheckpointQuery,
    ConsistencyProof,
    ConsistencyQuery,
    InclusionProof,
    InclusionQuery,
    WitnessCosignatures,
    checkpoint_of,
    consistency_of,
    inclusion_of,
)

TAG = "Transparency log"
TEXT = "text/plain; charset=utf-8"
BYTES = "application/octet-stream"
_FOR_GOOD = "max-age=31536000, immutable"


async def get_checkpoint(call: OpenCall, query: CheckpointQuery) -> Raw:
    """Get the signed checkpoint.

    The log's name, size and root hash as a signed note (c2sp.org/tlog-checkpoint), with witnesses' cosignatures. The
    signature is ECDSA P-256 (type 2), by the key that signs evidence. It never goes back and never forks. An earlier
    one, by its `treeSize`, has the cosignatures that came for it.
    """
    return Raw(TEXT, (await call.countersign.proving.checkpoint(query.tree_size)).text.encode())


async def get_tile(call: OpenCall, rest: str) -> Raw:
    """Get a tile of hashes.

    `LEVEL/INDEX` or `LEVEL/INDEX.p/WIDTH`, such as `0/x001/067` or `1/000.p/17` (c2sp.org/tlog-tiles).
    """
    tile = await call.countersign.proving.tile(rest)
    call.headers["Cache-Control"] = f"public, {_FOR_GOOD}"
    return Raw(BYTES, tile)


async def get_entries(call: Call, rest: str) -> Raw:
    """Get a bundle of entries.

    `INDEX` or `INDEX.p/WIDTH`: up to 256 leaves, each behind its length in two bytes (c2sp.org/tlog-tiles). A leaf is
    one JSON object as RFC 8785 writes it.
    """
    bundle = await call.countersign.proving.entries(call.actor, rest)
    call.headers["Cache-Control"] = f"private, {_FOR_GOOD}"
    return Raw(BYTES, bundle)


async def get_inclusion_proof(call: Call, query: InclusionQuery) -> InclusionProof:
    """Prove that a leaf is in the log.

    For a decision (`promotionId`) or a leaf by number (`leafIndex`), in the tree of the newest checkpoint or of
    `treeSize`. `proof` is the same as a file (c2sp.org/tlog-proof), where that size was signed.
    """
    proving = call.countersign.proving
    found = await proving.inclusion(
        call.actor, promotion_id=query.promotion_id, index=query.leaf_index, size=query.tree_size
    )
    return inclusion_of(found)


async def get_consistency_proof(call: OpenCall, query: ConsistencyQuery) -> ConsistencyProof:
    """Prove that the log only grew.

    That the tree of `to` leaves (without it: of the newest checkpoint) begins with the tree of `from` leaves.
    """
    return consistency_of(await call.countersign.proving.consistency(query.first, query.second))


async def get_log_proof(call: Call, id: UUID) -> Raw:
    """Get the proof of a decision as a file.

    That the evidence packet is in the log, under its newest checkpoint (c2sp.org/tlog-proof). Keep it beside the
    packet: `countersign verify packet.json packet.tlog-proof` checks both without a network.
    """
    found = await call.countersign.proving.inclusion(call.actor, promotion_id=id)
    return Raw(TEXT, found.file)


async def add_cosignatures(call: Call, body: WitnessCosignatures) -> Checkpoint:
    """Add witnesses' cosignatures.

    Each is a line of a signed note (c2sp.org/tlog-cosignature, Ed25519) over the checkpoint of `treeSize`, by a witness
    named in `COUNTERSIGN_LOG_WITNESSES`. The checkpoint is served with them from then on.
    """
    return checkpoint_of(await call.countersign.proving.cosign(call.actor, body.tree_size, body.cosignatures))


ENDPOINTS = (
    Endpoint(
        "GET",
        f"{BASE}/log/checkpoint",
        get_checkpoint,
        TAG,
        content_type="text/plain",
        errors=("not_found", "log_inconsistent"),
    ),
    Endpoint("GET", f"{BASE}/log/tile/{{rest}}", get_tile, TAG, content_type=BYTES),
    Endpoint("GET", f"{BASE}/log/tile/entries/{{rest}}", get_entries, TAG, needs="reader", content_type=BYTES),
    Endpoint(
        "GET",
        f"{BASE}/log/proof/inclusion",
        get_inclusion_proof,
        TAG,
        needs="reader",
        errors=("not_found", "log_inconsistent"),
    ),
    Endpoint("GET", f"{BASE}/log/proof/consistency", get_consistency_proof, TAG, errors=("log_inconsistent",)),
    Endpoint(
        "GET",
        f"{BASE}/promotions/{{id}}/log-proof",
        get_log_proof,
        TAG,
        needs="reader",
        content_type="text/plain",
        errors=("log_inconsistent",),
    ),
    Endpoint(
        "POST",
        f"{BASE}/log/witness-cosignatures",
        add_cosignatures,
        TAG,
        needs="reader",
        errors=("not_found",),
    ),
)
