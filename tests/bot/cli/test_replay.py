from __future__ import annotations

import json
from typing import Any

from core.evidence.envelope import seal
from tests.bot.cli.conftest import Terminal
from tests.core.app.test_replaying import GATES, sealed
from tests.core.evidence.samples import CONTENT, SIGNER
from tests.core.gates.samples import a_scan
from tests.support.clock import MORNING, nth_id

ASKED = GATES | {"security-gate": {"maxHigh": 5}}


def packet(**changes: Any) -> bytes:
    """A packet that was signed by us, whatever its content says."""
    content = CONTENT | sealed(ASKED, {"scan": a_scan(0, 3)}) | changes
    made = seal(content, SIGNER, packet_id=nth_id(9), promotion_id=nth_id(1), generated_at=MORNING)
    return made.to_file()


def installed(terminal: Terminal, **files: bytes) -> Terminal:
    terminal.write("key.pem", SIGNER.public_key_pem)
    for name, content in files.items():
        terminal.write(f"{name}.json", content)
    return terminal


def test_a_packet_that_is_as_it_was_gives_the_same_result_step_by_step(terminal: Terminal) -> None:
    result = installed(terminal, p=packet()).run("replay", "p.json", "--key", "key.pem")

    assert result.exit_code == 0
    assert "✓ VALID p.json" in result.stdout
    assert "✓ security-gate inputs" in result.stdout
    assert "passed: Within thresholds: 0 critical (max: 0), 3 high (max: 5)" in result.stdout
    assert f"✓ SAME RESULT {len(ASKED)} gates came to the sealed result again" in result.stdout


def test_a_result_that_the_inputs_do_not_give_is_told_and_fails(terminal: Terminal) -> None:
    gates = sealed(ASKED, {"scan": a_scan(0, 3)})["gates"]
    lied = next(gate for gate in gates if gate["gateName"] == "sequence-gate")
    lied["passed"], lied["blocking"] = True, False

    result = installed(terminal, p=packet(gates=gates)).run("replay", "p.json", "--key", "key.pem")

    assert result.exit_code == 1
    assert "✓ VALID p.json" in result.stdout, "the signature is fine: what was signed is not"
    assert "✗ sequence-gate passed" in result.stdout
    assert "sealed True, judged again False" in result.stdout
    assert "✗ DIFFERS" in result.stdout


def test_inputs_that_are_not_those_of_the_digest_are_told(terminal: Terminal) -> None:
    gates = sealed(ASKED, {"scan": a_scan(0, 3)})["gates"]
    gates[0]["inputs"]["counts"]["high"]["all"] = 0

    result = installed(terminal, p=packet(gates=gates)).run("replay", "p.json", "--key", "key.pem", "--json")

    assert result.exit_code == 1
    (file,) = json.loads(result.stdout)["files"]
    told = next(step for step in file["replay"] if step["outcome"] == "differs")
    assert (told["gateName"], told["name"]) == ("security-gate", "inputs")


def test_a_packet_that_does_not_verify_is_not_replayed(terminal: Terminal) -> None:
    installed(terminal, p=packet().replace(b"shop-1.4.0", b"shop-1.4.1"), good=packet())

    result = terminal.run("replay", "p.json", "good.json", "--key", "key.pem", "--json")

    assert result.exit_code == 1
    bad, good = json.loads(result.stdout)["files"]
    assert (bad["ok"], bad["replay"]) == (False, [])
    assert good["ok"] is True
    assert "✗ NOT VALID p.json" in terminal.run("replay", "p.json", "--key", "key.pem").stdout


def test_a_file_that_is_not_there_is_told(terminal: Terminal) -> None:
    result = installed(terminal).run("replay", "nowhere.json", "--key", "key.pem")
    assert result.exit_code == 2
    assert "cannot be read" in result.output
