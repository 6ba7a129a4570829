"""What stands in the folder: everything, once, byte for byte, and told in tables."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from pathlib import Path

import pytest

from bot.cli.audit.tables import COLUMNS
from bot.cli.evidence import LOG_VERIFIER_FILE, VERIFIER_FILE
from core.evidence.canonical import content_hash
from core.evidence.keyring import KeyRing
from core.evidence.log.examination import Known, examine_checkpoint, examine_proof
from core.evidence.verification import verify
from tests.bot.cli.audit.conftest import Export, sums_of
from tests.core.evidence.samples import ring
from tests.support.audited import FORMULA, MALLORY, SCRIPT


def names(folder: Path) -> set[str]:
    return {each.name.partition(".")[0] for each in folder.iterdir()}


def test_every_decision_has_its_packet_its_exports_and_its_proof(exported: Export) -> None:
    decided = [row for row in exported.rows("promotions") if row["decided_in_period"] == "yes"]
    expected = {f"evidence-{row['packet_id']}" for row in decided}
    assert len(expected) == len(exported.made.promotions) - 1 == exported.told["decisions"]
    assert names(exported.folder / "packets") == names(exported.folder / "exports") == expected
    assert {name for name in names(exported.folder / "proofs") if name.startswith("evidence-")} == expected
    for file in (exported.folder / "packets").iterdir():
        assert verify(file.read_bytes(), ring()).ok
    for file in (exported.folder / "proofs").iterdir():
        assert examine_proof(file.read_bytes(), Known(ring())).ok
    for file in (exported.folder / "checkpoints").iterdir():
        assert examine_checkpoint(file.read_bytes(), Known(ring())).ok


def test_a_packet_is_the_one_that_the_table_names(exported: Export) -> None:
    for row in exported.rows("promotions"):
        if row["packet_id"]:
            packet = json.loads((exported.folder / "packets" / f"evidence-{row['packet_id']}.json").read_bytes())
            assert (packet["contentHash"], packet["content"]["promotion"]["id"]) == (
                row["content_hash"],
                row["promotion_id"],
            )


def test_every_file_is_listed_with_its_digest(exported: Export) -> None:
    listed = sums_of(exported.folder)
    there = {str(file.relative_to(exported.folder)) for file in exported.folder.rglob("*") if file.is_file()}
    assert set(listed) == there - {"SHA256SUMS"}
    for path, digest in listed.items():
        assert hashlib.sha256((exported.folder / path).read_bytes()).hexdigest() == digest


def test_keys_and_the_small_verifier_come_along(exported: Export) -> None:
    keys = exported.folder / "keys"
    assert KeyRing.load((keys / "jwks.json").read_bytes()).to_jwks() == json.loads((keys / "jwks.json").read_bytes())
    (key,) = KeyRing.load((keys / "all.pem").read_bytes())
    assert (keys / f"{key.key_ref}.pem").read_text() == key.public_key_pem
    assert (keys / "signed-notes.txt").read_text().startswith("example.com/log+")
    assert (exported.folder / "verify_evidence.py").read_bytes() == VERIFIER_FILE.read_bytes()
    assert (exported.folder / "verify_log.py").read_bytes() == LOG_VERIFIER_FILE.read_bytes()


def test_tables_have_their_columns(exported: Export) -> None:
    for table, columns in COLUMNS.items():
        first = (exported.folder / f"{table}.csv").read_bytes().split(b"\r\n", 1)[0]
        assert first.decode() == ",".join(columns)
        assert exported.rows(table), table


@pytest.mark.parametrize(
    ("word", "status", "separation"),
    [
        ("own", "approved", "self_approved"),
        ("gated", "approved", "no_person"),
        ("frozen", "approved", "separate"),
        ("rejected", "rejected", ""),
        ("cancelled", "cancelled", ""),
        ("superseded", "superseded", ""),
        ("expired", "expired", ""),
    ],
)
def test_what_became_of_each_is_told(exported: Export, word: str, status: str, separation: str) -> None:
    row = exported.of(word)
    assert (row["status"], row["separation"]) == (status, separation)


def test_a_request_without_a_decision_is_told_too(exported: Export) -> None:
    row = exported.of("open")
    assert (row["decided_in_period"], row["status"], row["packet_id"], row["decided_at"]) == ("no", "", "", "")
    assert exported.of("open", "who-asked")["requested_by"] == "Alice"
    assert exported.told["undecided"] == 1


def test_every_exception_is_told_with_who_and_why(exported: Export) -> None:
    told = {(row["kind"], row["who"], row["reason"]) for row in exported.rows("exceptions")}
    assert told == {
        ("advisory_gate_failed", "", ""),
        ("freeze_lifted", "Erin", "The checkout is down"),
        ("finding_waived", "Wendy", "The archives are our own"),
        (
            "finding_excluded_by_vex",
            "Example Security Team",
            "vulnerable_code_not_in_execute_path, Certificates are checked before the request reaches this service",
        ),
    }


def test_votes_are_timed_by_the_request_and_by_the_message(exported: Export) -> None:
    votes = {(row["promotion_id"], row["voter"]): row for row in exported.rows("decisions")}
    quick = votes[str(exported.made.promotions["quick"]), "Carol"]
    told = votes[str(exported.made.promotions["told"]), "Dave"]
    columns = ("seconds_after_request", "seconds_after_told", "under_ten_seconds")
    assert tuple(quick[name] for name in columns) == ("4", "", "yes")
    assert tuple(told[name] for name in columns) == ("18003", "3", "yes")
    own = votes[str(exported.made.promotions["own"]), "Alice"]
    assert (own["is_requester"], own["under_ten_seconds"]) == ("yes", "no")


def test_gates_are_told_one_by_one(exported: Export) -> None:
    own = str(exported.made.promotions["own"])
    (gate,) = [row for row in exported.rows("gates") if row["promotion_id"] == own]
    assert (gate["gate"], gate["passed"], gate["blocking"], gate["message"]) == (
        "switch",
        "no",
        "no",
        "The switch is off",
    )


def test_hostile_text_comes_back_harmless(exported: Export) -> None:
    row = exported.of("formula", "who-asked")
    assert (row["requested_by"], row["reason"], row["release"]) == (MALLORY, f"'{FORMULA}", f"{SCRIPT}-4.0.0")
    assert exported.of("formula")["comment"] == f'"quoted", \n{FORMULA}\n{SCRIPT}'
    assert exported.of("turned")["comment"].startswith("'\uff1dcmd|")
    assert "[U+202E]" in exported.of("turned", "who-asked")["reason"]


def test_logged_changes_are_told(exported: Export) -> None:
    told = Counter(row["action"] for row in exported.rows("changes"))
    for kind in ("approver_group:created", "environment:created", "person:created"):
        assert told.pop(kind)
    assert told == {
        "signing_key:registered": 1,
        "approval_policy:created": 3,
        "freeze_window:created": 1,
        "person:updated": 1,
        "promotion:freeze_lifted": 1,
        "waiver:created": 1,
    }
    for row in exported.rows("changes"):
        proof = (exported.folder / "proofs" / f"leaf-{row['log_index']}.tlog-proof").read_bytes()
        assert examine_proof(proof, Known(ring())).ok
        assert json.loads(row["details"]) is not None


def test_who_could_approve_is_told(exported: Export) -> None:
    members = [(row["group"], row["person"]) for row in exported.rows("approvers")]
    assert ("sre-team", "Sam") in members and ("release-managers", "Alice") in members


def test_the_content_of_a_packet_stands_on_one_line_as_it_was_signed(exported: Export) -> None:
    for file in (exported.folder / "packets").iterdir():
        (line,) = (line for line in file.read_bytes().splitlines() if line.startswith(b'  "content": '))
        signed = line.removeprefix(b'  "content": ').removesuffix(b",")
        assert content_hash(signed) == json.loads(file.read_bytes())["contentHash"]
