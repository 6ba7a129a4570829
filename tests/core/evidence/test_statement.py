from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from core.domain.promotion import CloseReason, Status
from core.evidence.canonical import canonical
from core.evidence.statement import RELEASE_DECISION, VERIFICATION_RESULT, release_decision, verification_result
from tests.core.app.room import Room
from tests.core.domain.samples import ALICE_REF, BLOCKING
from tests.core.evidence.decisions import decided
from tests.core.evidence.test_packet import DECIDED, DIGEST
from tests.support.clock import MORNING, nth_id

SCHEMA = json.loads((files("bot.api.schemas") / "release-decision-v1.schema.json").read_text())
CANCELLED = replace(
    DECIDED,
    status=Status.CANCELLED,
    close_reason=CloseReason.BY_REQUESTER,
    decided_by=ALICE_REF,
    decided_at=MORNING,
    gates=(BLOCKING,),
)


def decision() -> Any:
    return json.loads(release_decision(decided()))


def test_the_statement_is_about_the_artifacts_and_the_packet() -> None:
    assert decision()["_type"] == "https://in-toto.io/Statement/v1"
    assert decision()["predicateType"] == RELEASE_DECISION
    assert decision()["subject"] == [
        {"name": "shop", "digest": {"sha256": DIGEST.removeprefix("sha256:")}},
        {"name": f"evidence-packet/{nth_id(7)}", "digest": {"sha256": decided().content_hash.removeprefix("sha256:")}},
    ]


def test_the_signed_content_stands_in_it_byte_for_byte_and_all_of_it_is_canonical() -> None:
    assert release_decision(decided()).count(decided().canonical) == 1
    assert canonical(decision()) == release_decision(decided())


def test_a_verification_result_says_what_held_and_for_which_environment() -> None:
    result = json.loads(verification_result(decided()) or b"")

    assert result["predicateType"] == VERIFICATION_RESULT
    assert result["subject"] == decision()["subject"]
    assert result["predicate"] == {
        "verifier": {"id": "urn:countersign:verifier/v1"},
        "timeCreated": "2026-03-02T09:00:00Z",
        "properties": [
            "COUNTERSIGN_APPROVED_FOR:Production",
            "COUNTERSIGN_SEPARATION_OF_DUTIES",
            "COUNTERSIGN_GATE_PASSED:security-gate",
        ],
    }
    assert canonical(result) == verification_result(decided())


def test_a_gate_that_did_not_pass_and_duties_that_were_not_separated_are_not_claimed() -> None:
    advisory = replace(DECIDED, gates=(replace(BLOCKING, blocking=False),), separation_of_duties=False)
    result = json.loads(verification_result(decided(advisory)) or b"")

    assert result["predicate"]["properties"] == ["COUNTERSIGN_APPROVED_FOR:Production"]


def test_of_a_decision_that_denied_there_is_no_verification_result() -> None:
    assert verification_result(decided(CANCELLED)) is None


@pytest.mark.parametrize("promotion", [DECIDED, CANCELLED], ids=["approved", "cancelled"])
def test_the_content_is_as_the_published_schema_says(promotion: Any) -> None:
    Draft202012Validator.check_schema(SCHEMA)

    Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(
        decided(promotion).content
    )


async def test_so_is_every_decision_that_use_cases_make() -> None:
    room = await Room().furnish()
    approved = await room.approved()
    rejected = await room.awaiting(release=await room.a_release_with_scan("1.5.0"))
    await room.reject("bob", rejected.id)
    gated = await room.environment("Gated", gates={"switch": {}})
    await room.policy_for(gated, 0)
    by_gates_alone = await room.awaiting(to=gated)
    free = await room.awaiting(to=await room.environment("Free"))
    await room.cancel("alice", free.id)

    for promotion in (approved, rejected, by_gates_alone, free):
        packet = room.evidence(promotion.id)
        assert packet is not None
        Draft202012Validator(SCHEMA).validate(packet.content)


def test_the_schema_names_every_field_and_notices_a_missing_one() -> None:
    content = decided().content
    validator = Draft202012Validator(SCHEMA)

    assert set(SCHEMA["required"]) == set(SCHEMA["properties"]) == set(content)
    for name in content:
        assert not validator.is_valid({key: value for key, value in content.items() if key != name})
