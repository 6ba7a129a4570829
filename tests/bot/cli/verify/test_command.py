from __future__ import annotations

import json

from core.evidence.keyring import KeyRing
from core.evidence.public_key import PublicKeyRecord
from tests.bot.cli.conftest import Terminal
from tests.bot.cli.verify.log_files import furnish
from tests.core.evidence.samples import CONTENT, SIGNER, STRANGER, as_answered, ring, sealed
from tests.support.clock import MORNING


def good() -> bytes:
    content = CONTENT | {
        "promotion": {"decision": "allow", "decidedAt": "2026-03-02T09:00:00Z"},
        "environments": {"target": {"name": "production"}},
    }
    return json.dumps(as_answered(sealed(content))).encode()


def test_all_ten_steps_are_told(terminal: Terminal) -> None:
    terminal.write("p.json", good())
    terminal.write("key.pem", SIGNER.public_key_pem)
    result = terminal.run("verify", "p.json", "--key", "key.pem")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == f"Keys from key.pem: {SIGNER.key_ref}"
    assert [line.split()[:2] for line in lines[3:13]] == [[str(number), "✓"] for number in range(1, 11)]
    assert lines[13] == "✓ VALID p.json: allow shop-v2.3.1 to production, decided 2026-03-02T09:00:00Z"


def test_one_changed_byte_is_refused_at_its_step(terminal: Terminal) -> None:
    terminal.write("p.json", good().replace(b"shop-v2.3.1", b"shop-v2.3.2"))
    terminal.write("key.pem", SIGNER.public_key_pem)
    result = terminal.run("verify", "p.json", "--key", "key.pem")
    assert result.exit_code == 1
    assert "   8 ✗ content hash" in result.stdout
    assert "   9 \N{EN DASH} signature" in result.stdout
    assert "✗ NOT VALID p.json: step 8 failed, content hash" in result.stdout


def test_json_has_every_step_and_the_signed_content(terminal: Terminal) -> None:
    terminal.write("p.json", good())
    terminal.write("jwks.json", json.dumps(ring().to_jwks()))
    answer = terminal.json("verify", "p.json", "--jwks", "jwks.json")
    assert answer["ok"] is True
    assert answer["keys"] == {"origin": "jwks.json", "keyRefs": [SIGNER.key_ref]}
    (file,) = answer["files"]
    assert [step["outcome"] for step in file["steps"]] == ["passed"] * 10
    assert file["content"]["release"]["name"] == "shop-v2.3.1"


def test_any_bad_file_fails_the_whole(terminal: Terminal) -> None:
    terminal.write("key.pem", SIGNER.public_key_pem)
    terminal.write("good.json", good())
    terminal.write("bad.json", "not even JSON")
    result = terminal.run("verify", "good.json", "bad.json", "--key", "key.pem", "--json")
    assert result.exit_code == 1
    answer = json.loads(result.stdout)
    assert (answer["ok"], [file["ok"] for file in answer["files"]]) == (False, [True, False])
    assert "1 valid, 1 not valid" in terminal.run("verify", "good.json", "bad.json", "--key", "key.pem").stdout


def test_of_many_files_only_the_bad_ones_are_told_in_full(terminal: Terminal) -> None:
    terminal.write("key.pem", SIGNER.public_key_pem)
    names = [terminal.write(f"{number}.json", good()) for number in range(25)]
    terminal.write("7.json", "{}")
    result = terminal.run("verify", *names, "--key", "key.pem")
    assert result.stdout.count("strict JSON") == 1
    assert "24 valid, 1 not valid" in result.stdout


def test_the_key_of_somebody_else_proves_nothing(terminal: Terminal) -> None:
    terminal.write("p.json", good())
    terminal.write("key.pem", STRANGER.public_key_pem)
    result = terminal.run("verify", "p.json", "--key", "key.pem")
    assert result.exit_code == 1
    assert "step 3 failed, known key" in result.stdout


def test_a_revocation_in_a_jwks_counts_though_a_pem_of_the_key_is_there(terminal: Terminal) -> None:
    terminal.write("p.json", good())
    terminal.write("key.pem", SIGNER.public_key_pem)
    revoked = PublicKeyRecord.from_pem(SIGNER.public_key_pem, revoked_at=MORNING, revocation_reason="stolen")
    terminal.write("jwks.json", json.dumps(KeyRing([revoked]).to_jwks()))
    result = terminal.run("verify", "p.json", "--key", "key.pem", "--jwks", "jwks.json")
    assert result.exit_code == 1
    assert "revoked" in result.stdout


def test_a_packet_cannot_steer_the_terminal(terminal: Terminal) -> None:
    terminal.write("key.pem", SIGNER.public_key_pem)
    terminal.write("p.json", json.dumps(as_answered(sealed()) | {"\x1b[2J": 1}))
    assert "\x1b" not in terminal.run("verify", "p.json", "--key", "key.pem").output


def test_files_that_cannot_be_read_are_wrong_usage(terminal: Terminal) -> None:
    terminal.write("p.json", good())
    assert terminal.run("verify", "nowhere.json", "--key", "k.pem").exit_code == 2
    missing = terminal.run("verify", "p.json", "--key", "nowhere.pem")
    assert missing.exit_code == 2
    assert "nowhere.pem does not exist" in missing.stderr


def test_there_must_be_something_to_verify(terminal: Terminal) -> None:
    nothing = terminal.run("verify", "--key", "key.pem")
    assert (nothing.exit_code, "nothing to verify" in nothing.stderr) == (2, True)
    terminal.write("key.pem", SIGNER.public_key_pem)
    terminal.write("p.json", good())
    for words in (("--log", "nowhere"), ("--checkpoint", "nowhere"), ("--witness", "nobody")):
        result = terminal.run("verify", "p.json", "--key", "key.pem", *words)
        assert result.exit_code == 2, result.output
        assert result.stderr.startswith("Error: ")


def test_each_step_of_a_log_is_told(terminal: Terminal) -> None:
    furnish(terminal)
    result = terminal.run("verify", "evidence.tlog-proof", "--log", "log", "--key", "key.pem")
    assert result.exit_code == 0, result.output
    assert "✓ VALID log: the whole log example.com/log, 300 entries, root hash" in result.stdout
    assert "✓ VALID evidence.tlog-proof: in the log example.com/log, 300 entries" in result.stdout
    assert "2 valid, 0 not valid" in result.stdout
