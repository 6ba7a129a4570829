"""in-toto statements (v1) about a decision: the packet's own content, and the short result that other tools read.

Both name as subjects the artifacts that were decided on, by digest, and the packet, by its content hash. The content
stands in the statement byte for byte as it was signed in the packet.

A Simple Verification Result says only what was verified, so there is none of a decision that denied: whoever looked
for "approved" in it would find gates that passed, and read them as a yes.
"""

from __future__ import annotations

from typing import Any

from core.evidence.canonical import canonical
from core.evidence.envelope import EvidencePacket

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
RELEASE_DECISION = "urn:countersign:release-decision/v1"
"""The predicate is the content of an evidence packet: `docs/release-decision-v1.schema.json`."""
VERIFICATION_RESULT = "https://in-toto.io/attestation/svr/v0.1"
"""Simple Verification Result, in-toto attestation framework."""
VERIFIER = "urn:countersign:verifier/v1"
"""Who vouches for a verification result. Changes with what `_properties` mean."""
PACKET_SUBJECT = "evidence-packet/"
"""Before the packet's id, the name of the subject that is the packet."""


def release_decision(packet: EvidencePacket) -> bytes:
    """Return the canonical bytes of the statement whose predicate is the packet's content."""
    content = packet.content
    rest = canonical({"predicateType": RELEASE_DECISION, "subject": subjects(content, packet.content_hash)})
    return b'{"_type":"%b","predicate":%b,%b' % (STATEMENT_TYPE.encode(), packet.canonical, rest[1:])


def verification_result(packet: EvidencePacket) -> bytes | None:
    """Return the canonical bytes of the Simple Verification Result; None of a decision that denied."""
    content = packet.content
    if content["promotion"]["decision"] != "allow":
        return None
    statement = {
        "_type": STATEMENT_TYPE,
        "predicateType": VERIFICATION_RESULT,
        "subject": subjects(content, packet.content_hash),
        "predicate": {
            "verifier": {"id": VERIFIER},
            "timeCreated": content["generatedAt"],
            "properties": _properties(content),
        },
    }
    return canonical(statement)


def subjects(content: dict[str, Any], content_hash: str) -> list[dict[str, Any]]:
    """Return what the statement is about: each artifact, then the packet."""
    artifacts = [_subject(artifact["name"], artifact["digest"]) for artifact in content["release"]["artifacts"]]
    return [*artifacts, _subject(f"{PACKET_SUBJECT}{content['packetId']}", content_hash)]


def _subject(name: str, digest: str) -> dict[str, Any]:
    algorithm, _, value = digest.partition(":")
    return {"name": name, "digest": {algorithm: value}}


def _properties(content: dict[str, Any]) -> list[str]:
    """What was verified. The environment is named: what may go to one may not go to another."""
    held = [f"COUNTERSIGN_APPROVED_FOR:{content['environments']['target']['name']}"]
    if content["promotion"]["separationOfDuties"]:
        held.append("COUNTERSIGN_SEPARATION_OF_DUTIES")
    return held + [f"COUNTERSIGN_GATE_PASSED:{gate['gateName']}" for gate in content["gates"] if gate["passed"]]
