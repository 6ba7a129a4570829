"""Packets, proofs, checkpoints and logs together: each is held against the others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.cli.verify.examining import Kind, entry_of, kind_of
from core.domain.export_format import ExportFormat
from core.evidence.log.entries import decision_entry
from core.evidence.log.tiles import packed
from tests.bot.cli.conftest import Terminal
from tests.bot.cli.verify.log_files import furnish, write_log
from tests.core.evidence.decisions import OTHERS, decided, file_of
from tests.core.evidence.log.samples import (
    CHECKPOINT,
    ENTRIES,
    PACKET,
    PLACE,
    SIZE,
    Witness,
    checkpoint_at,
    files_of,
    packet_of,
    proof_of,
)
from tests.core.evidence.samples import STRANGER

KEY = ("--key", "key.pem")
OTHER = b'{"action":"x","type":"audit_entry","version":"1"}'


@pytest.fixture
def auditor(terminal: Terminal) -> Terminal:
    furnish(terminal)
    return terminal


def failure(terminal: Terminal, *words: str) -> tuple[str, str]:
    """Which step refused, and why; of the first file that was refused."""
    result = terminal.run("verify", *words, *KEY, "--json")
    assert result.exit_code == 1, result.output
    answer = json.loads(result.stdout)
    assert answer["ok"] is False
    file = next(each for each in answer["files"] if not each["ok"])
    step = next(each for each in file["steps"] if each["outcome"] == "failed")
    return step["name"], step["detail"]


def kinds(answer: Any) -> list[str]:
    return [each["kind"] for each in answer["files"]]


def test_a_file_is_known_by_what_it_is() -> None:
    assert kind_of(Path("a.json"), PACKET.to_file()) is Kind.PACKET
    assert kind_of(Path("a.txt"), proof_of()) is Kind.PROOF
    assert kind_of(Path("a.tlog-proof"), b"{}") is Kind.PROOF
    assert kind_of(Path("a"), CHECKPOINT.encode()) is Kind.CHECKPOINT
    assert kind_of(Path("a"), b"whatever") is Kind.PACKET


@pytest.mark.parametrize("form", OTHERS)
def test_an_export_is_held_against_the_log_as_its_packet_is(auditor: Terminal, form: ExportFormat) -> None:
    auditor.write("export.json", file_of(form))
    assert failure(auditor, "export.json", "--log", "log") == (
        "in the log",
        "no leaf of example.com/log is of this packet",
    )
    write_log(auditor.folder / "log", files_of([*ENTRIES, decision_entry(decided()).content]))
    answer = auditor.json("verify", "export.json", "--log", "log", *KEY)
    assert kinds(answer) == ["log", "export"]
    assert answer["files"][1]["steps"][-1] == {
        "number": 9,
        "name": "in the log",
        "outcome": "passed",
        "detail": f"leaf {SIZE} of {SIZE + 1} in example.com/log",
    }


@pytest.mark.parametrize("form", OTHERS)
def test_a_proof_is_held_against_an_export(auditor: Terminal, form: ExportFormat) -> None:
    auditor.write("export.json", file_of(form))
    assert failure(auditor, "export.json", "evidence.tlog-proof")[0] == "entry of the packet"
    assert kind_of(Path("a"), file_of(form)) is Kind.EXPORT
    assert entry_of(file_of(form)) == decision_entry(decided()).content


def test_the_leaf_of_a_packet_is_worked_out_from_its_file() -> None:
    assert entry_of(PACKET.to_file()) == ENTRIES[PLACE]


def test_packet_proof_checkpoint_and_log_hold_together(auditor: Terminal) -> None:
    answer = auditor.json("verify", "evidence.json", "evidence.tlog-proof", "day.checkpoint", "--log", "log", *KEY)
    assert kinds(answer) == ["log", "packet", "proof", "checkpoint"]
    assert answer["ok"] is True
    packet = answer["files"][1]
    assert packet["steps"][-1] == {
        "number": 11,
        "name": "in the log",
        "outcome": "passed",
        "detail": f"leaf {PLACE} of {SIZE} in example.com/log",
    }
    assert all(each["checkpoint"] == CHECKPOINT for each in answer["files"] if each["kind"] != "packet")


def test_files_are_told_in_the_order_given_though_proofs_are_held_against_packets(auditor: Terminal) -> None:
    answer = auditor.json("verify", "evidence.tlog-proof", "evidence.json", *KEY)
    assert kinds(answer) == ["proof", "packet"]
    assert "evidence.json" in answer["files"][0]["steps"][4]["detail"]


def test_the_proof_of_another_packet_proves_nothing(auditor: Terminal) -> None:
    auditor.write("other.json", packet_of(8).to_file())
    assert failure(auditor, "other.json", "evidence.tlog-proof")[0] == "entry of the packet"


def test_a_proof_needs_a_valid_packet(auditor: Terminal) -> None:
    auditor.write("evidence.json", PACKET.to_file().replace(b"Bob", b"Eve"))
    result = auditor.run("verify", "evidence.json", "evidence.tlog-proof", *KEY)
    assert result.exit_code == 1
    assert "✗ NOT VALID evidence.json: step 8 failed" in result.stdout


def test_a_packet_that_the_log_has_not_is_refused(auditor: Terminal) -> None:
    auditor.write("other.json", packet_of(SIZE + 5).to_file())
    assert failure(auditor, "other.json", "--log", "log") == (
        "in the log",
        "no leaf of example.com/log is of this packet",
    )


def test_in_a_log_that_is_not_valid_nothing_is_found(auditor: Terminal) -> None:
    write_log(auditor.folder / "log", {"tile/entries/000": packed([*ENTRIES[:255], b"{}"])})
    result = auditor.run("verify", "evidence.json", "--log", "log", *KEY)
    assert result.exit_code == 1
    assert "the log is not valid, so nothing can be found in it" in result.stdout
    assert "tile/0/000: hash 255 is not that of entry 255" in result.stdout


def test_a_log_that_was_shortened_since_it_was_last_seen_is_refused(auditor: Terminal) -> None:
    auditor.json("verify", "--log", "log", *KEY)
    write_log(auditor.folder / "log", files_of(ENTRIES[:-1]))
    step, why = failure(auditor, "--log", "log")
    assert (step, "shortened" in why, "last one seen" in why) == ("nothing taken back", True, True)
    assert auditor.json("verify", "--log", "log", "--stateless", *KEY)["ok"], "by itself nothing is wrong with it"


def test_a_log_that_was_rewritten_since_it_was_last_seen_is_refused(auditor: Terminal) -> None:
    auditor.json("verify", "--log", "log", *KEY)
    write_log(auditor.folder / "log", files_of([ENTRIES[1], ENTRIES[0], *ENTRIES[2:]]))
    assert "forked" in failure(auditor, "--log", "log")[1]
    write_log(auditor.folder / "log", files_of([*ENTRIES[1:], ENTRIES[0], OTHER]))
    assert "forked" in failure(auditor, "--log", "log")[1]


def test_a_log_that_grew_is_remembered_at_its_new_size(auditor: Terminal) -> None:
    auditor.json("verify", "--log", "log", *KEY)
    write_log(auditor.folder / "log", files_of([*ENTRIES, OTHER]))
    answer = auditor.json("verify", "--log", "log", *KEY)
    assert f"begins with the {SIZE} entries of the last one seen" in answer["files"][0]["steps"][-1]["detail"]
    write_log(auditor.folder / "log", files_of())
    assert "shortened" in failure(auditor, "--log", "log")[1]


def test_a_refused_log_is_not_remembered(auditor: Terminal) -> None:
    auditor.json("verify", "--log", "log", *KEY)
    write_log(auditor.folder / "log", files_of([*ENTRIES[1:], ENTRIES[0], OTHER]))
    failure(auditor, "--log", "log")
    write_log(auditor.folder / "log", files_of())
    assert auditor.json("verify", "--log", "log", *KEY)["ok"]


def test_a_later_checkpoint_alone_does_not_replace_the_one_seen(auditor: Terminal) -> None:
    auditor.write("early.checkpoint", checkpoint_at(5))
    auditor.json("verify", "early.checkpoint", *KEY)
    auditor.json("verify", "day.checkpoint", *KEY)
    answer = auditor.json("verify", "day.checkpoint", *KEY)
    assert "with 5 entries" in answer["files"][0]["steps"][-1]["detail"]
    auditor.json("verify", "day.checkpoint", "--log", "log", *KEY)
    answer = auditor.json("verify", "day.checkpoint", *KEY)
    assert "the same as the last one seen" in answer["files"][0]["steps"][-1]["detail"]


def test_a_forked_proof_is_noticed_by_what_was_seen(auditor: Terminal) -> None:
    auditor.json("verify", "--log", "log", *KEY)
    forked = checkpoint_at(SIZE, root=b"\7" * 32)
    auditor.write("forked.checkpoint", forked)
    assert failure(auditor, "forked.checkpoint")[0] == "fits to what is known"


@pytest.mark.parametrize("copied", [CHECKPOINT, CHECKPOINT.strip(), f"\n{CHECKPOINT}\n\n"])
def test_a_checkpoint_copied_out_of_slack_holds_the_log_to_it(auditor: Terminal, copied: str) -> None:
    auditor.write("slack.checkpoint", copied)
    held = ("--log", "log", "--checkpoint", "slack.checkpoint", "--stateless")
    assert "entries of slack.checkpoint" in auditor.json("verify", *held, *KEY)["files"][0]["steps"][-1]["detail"]
    write_log(auditor.folder / "log", files_of(ENTRIES[:-1]))
    assert "shortened: slack.checkpoint" in failure(auditor, *held)[1]


def test_a_checkpoint_that_nobody_signed_is_not_gone_by(auditor: Terminal) -> None:
    auditor.write("made-up.checkpoint", checkpoint_at(signer=STRANGER))
    result = auditor.run("verify", "--log", "log", "--checkpoint", "made-up.checkpoint", *KEY)
    assert result.exit_code == 1
    assert "none of the 1 known keys" in result.stderr


def test_a_witness_that_is_asked_for_must_have_cosigned(auditor: Terminal) -> None:
    witness = Witness()
    asked = ("day.checkpoint", "--witness", witness.key.to_text())
    assert failure(auditor, *asked) == ("witnesses", "not cosigned by witness.example/w1")
    text = CHECKPOINT.partition("\n\n")[0] + "\n"
    auditor.write("day.checkpoint", CHECKPOINT + witness.line(text))
    assert auditor.json("verify", *asked, *KEY)["ok"]
