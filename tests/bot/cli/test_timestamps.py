from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from core.domain.export_format import ExportFormat
from core.evidence.envelope import seal
from core.evidence.timestamp import timestamp_request
from tests.bot.cli.conftest import Terminal
from tests.core.evidence.decisions import file_of
from tests.core.evidence.log.samples import checkpoint_at
from tests.core.evidence.samples import CONTENT, SIGNER
from tests.support.clock import nth_id
from tests.support.timestamping import StampingAuthority


@pytest.fixture
def stamped(terminal: Terminal, tsa: StampingAuthority) -> Terminal:
    """A packet of today with its timestamp, the key and the authority's root."""
    packet = seal(CONTENT, SIGNER, packet_id=nth_id(7), promotion_id=nth_id(1), generated_at=datetime.now(UTC))
    terminal.write("packet.json", packet.to_file())
    terminal.write("second.json", packet.to_file())
    terminal.write("packet.tsr", tsa.answer(timestamp_request(packet.canonical).as_bytes()))
    terminal.write("other.tsr", tsa.answer(timestamp_request(b"other").as_bytes()))
    terminal.write("key.pem", SIGNER.public_key_pem)
    terminal.write("tsa.pem", tsa.root_file.read_bytes())
    return terminal


def test_its_steps_follow_those_of_the_packet(stamped: Terminal) -> None:
    words = ("verify", "packet.json", "--key", "key.pem", "--tsa", "tsa.pem", "--timestamp")
    good = stamped.json(*words, "packet.tsr")
    assert good["ok"] is True
    assert [step["number"] for step in good["files"][0]["steps"]] == list(range(1, 15))
    bad = stamped.run(*words, "other.tsr")
    assert bad.exit_code == 1
    assert "NOT VALID packet.json: step 12 failed, timestamp of this content" in bad.stdout


def test_both_are_named_together_and_for_one_file(stamped: Terminal) -> None:
    for words in (
        ("packet.json", "--timestamp", "packet.tsr"),
        ("packet.json", "--tsa", "tsa.pem"),
        ("packet.json", "second.json", "--timestamp", "packet.tsr", "--tsa", "tsa.pem"),
        ("packet.json", "--timestamp", "packet.tsr", "--tsa", "key.pem"),
        ("packet.json", "--timestamp", "none.tsr", "--tsa", "tsa.pem"),
    ):
        assert stamped.run("verify", *words, "--key", "key.pem").exit_code == 2


def test_it_is_held_beside_proofs_and_log_against_the_decision_alone(stamped: Terminal) -> None:
    stamped.write("day.checkpoint", checkpoint_at())
    words = ("verify", "--key", "key.pem", "--tsa", "tsa.pem", "--timestamp", "packet.tsr", "day.checkpoint")
    assert stamped.run(*words).exit_code == 2, "a checkpoint is no packet"
    answer = stamped.json(*words, "packet.json")
    assert [len(file["steps"]) for file in answer["files"]] == [3, 14]


def test_a_verification_result_has_none_of_its_own(stamped: Terminal) -> None:
    stamped.write("svr.json", file_of(ExportFormat.INTOTO_SVR))
    words = ("verify", "svr.json", "--key", "key.pem", "--tsa", "tsa.pem", "--timestamp", "packet.tsr")
    refused = stamped.run(*words)
    assert refused.exit_code == 2 and "Name its packet" in refused.stderr


def test_a_packet_that_does_not_hold_is_not_saved_by_its_timestamp(stamped: Terminal) -> None:
    stamped.write("bad.json", (stamped.folder / "packet.json").read_bytes().replace(b"Bob", b"Rob"))
    words = ("verify", "bad.json", "--key", "key.pem", "--tsa", "tsa.pem", "--timestamp", "packet.tsr", "--json")
    result = stamped.run(*words)
    assert (result.exit_code, json.loads(result.stdout)["ok"]) == (1, False)
