from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

from bot.bootstrap import Core
from bot.cli.room import inside
from bot.gateways.key_files import load_key_file
from bot.settings import load_settings
from core.app.pages import PageRequest
from core.domain.people import Actor
from core.evidence.keyring import KeyRing
from tests.bot.cli.conftest import Terminal
from tests.core.evidence.samples import SIGNER, STRANGER


def test_a_new_key_signs_and_is_the_owner_s_alone(terminal: Terminal) -> None:
    made = terminal.json("key", "create", "keys/new.pem")
    file = terminal.folder / "keys" / "new.pem"
    assert load_key_file(file).key_ref == made["keyRef"]
    assert file.stat().st_mode & 0o777 == 0o600
    assert made["publicKeyPem"].startswith("-----BEGIN PUBLIC KEY-----")


def test_what_to_do_next_is_said(terminal: Terminal) -> None:
    shown = terminal.run("key", "create").stdout
    assert "Set COUNTERSIGN_SIGNING_KEY=countersign-signing-key.pem" in shown


def test_no_key_is_overwritten(terminal: Terminal) -> None:
    terminal.run("key", "create", "k.pem")
    before = (terminal.folder / "k.pem").read_bytes()
    result = terminal.run("key", "create", "k.pem")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "never overwritten" in result.stderr
    assert (terminal.folder / "k.pem").read_bytes() == before


def test_a_passphrase_is_asked_for_or_taken_from_the_settings(terminal: Terminal) -> None:
    typed = terminal.run("key", "create", "a.pem", "--encrypt", "--json", typed="open sesame\nopen sesame\n")
    assert json.loads(typed.stdout)["keyRef"] == load_key_file(Path("a.pem"), passphrase="open sesame").key_ref
    set_ = terminal.json("key", "create", "b.pem", "--encrypt", COUNTERSIGN_SIGNING_KEY_PASSPHRASE="swordfish")
    assert set_["keyRef"] == load_key_file(Path("b.pem"), passphrase="swordfish").key_ref


def test_the_key_in_use_is_listed(installed: Terminal) -> None:
    current = load_key_file(installed.folder / "key.pem").key_ref
    (key,) = installed.json("key", "list")
    assert (key["keyRef"], key["signsNow"], key["notAfter"]) == (current, True, None)
    assert current in installed.run("key", "list").stdout


def test_rotation_ends_the_old_key_and_says_which_setting_to_change(installed: Terminal) -> None:
    result = installed.run("key", "rotate", "key-2.pem", "--overlap", "2h")
    assert result.exit_code == 0
    assert "set COUNTERSIGN_SIGNING_KEY=key-2.pem and restart" in result.stderr
    old, new = installed.json("key", "list")
    assert new["keyRef"] == load_key_file(installed.folder / "key-2.pem").key_ref
    assert datetime.fromisoformat(old["notAfter"]) - datetime.fromisoformat(new["notBefore"]) == timedelta(hours=2)
    old, new = installed.json("key", "list", COUNTERSIGN_SIGNING_KEY="key-2.pem")
    assert (old["signsNow"], new["signsNow"]) == (False, True)


def test_rotating_again_never_lengthens_a_key_s_life(installed: Terminal) -> None:
    first = installed.json("key", "rotate", "key-2.pem", "--overlap", "1h")
    second = installed.json("key", "rotate", "key-3.pem", "--overlap", "48h")
    assert second["old"]["notAfter"] == first["old"]["notAfter"]


def test_a_failed_rotation_leaves_the_registry_alone(installed: Terminal) -> None:
    installed.write("taken.pem", "mine")
    assert installed.run("key", "rotate", "taken.pem").exit_code == 2
    (key,) = installed.json("key", "list")
    assert key["notAfter"] is None


def test_exported_keys_can_be_read_back(installed: Terminal) -> None:
    installed.run("key", "rotate", "key-2.pem")
    pem = KeyRing.load(installed.run("key", "export").stdout_bytes)
    jwks = KeyRing.load(installed.run("key", "export", "--jwks").stdout_bytes)
    assert [key.key_ref for key in pem] == [key.key_ref for key in jwks]
    assert [key.not_after is None for key in jwks] == [False, True]


def test_one_key_into_a_file(installed: Terminal) -> None:
    installed.run("key", "rotate", "key-2.pem")
    wanted = installed.json("key", "list")[1]["keyRef"]
    result = installed.run("key", "export", "--key", wanted, "--out", "public.pem")
    assert (result.exit_code, result.stdout) == (0, "")
    assert [key.key_ref for key in KeyRing.load((installed.folder / "public.pem").read_bytes())] == [wanted]
    assert installed.run("key", "export", "--key", "p256-none").exit_code == 2
    assert installed.run("key", "export", "--out", "no/such/folder.pem").exit_code == 2


def test_a_revoked_key_is_listed_with_its_reason_and_verifies_nothing(installed: Terminal) -> None:
    ref = installed.json("key", "list")[0]["keyRef"]
    revoked = installed.json("key", "revoke", ref, "--reason", "laptop stolen", "--yes")
    assert (revoked["state"], revoked["revocationReason"]) == ("revoked", "laptop stolen")
    assert installed.json("key", "list")[0]["state"] == "revoked"
    assert "revoked, signs here" in installed.run("key", "list", COLUMNS="200").stdout
    (key,) = KeyRing.load(installed.run("key", "export", "--jwks").stdout_bytes)
    assert key.revocation_reason == "laptop stolen"
    again = installed.run("key", "revoke", ref, "--reason", "again", "--yes")
    assert (again.exit_code, "was revoked on" in again.stderr) == (1, True)


def test_revoking_asks_first_and_says_that_nothing_can_be_decided(installed: Terminal) -> None:
    ref = installed.json("key", "list")[0]["keyRef"]
    declined = installed.run("key", "revoke", ref, "--reason", "x", typed="n\n")
    assert (declined.exit_code, installed.json("key", "list")[0]["revokedAt"]) == (1, None)
    done = installed.run("key", "revoke", ref, "--reason", "x", typed="y\n")
    assert done.exit_code == 0
    assert "Nothing can be decided until" in done.stderr


def test_every_change_of_a_key_is_in_the_audit_log(installed: Terminal) -> None:
    ref = installed.json("key", "list")[0]["keyRef"]
    installed.run("key", "rotate", "key-2.pem")
    installed.run("key", "revoke", ref, "--reason", "x", "--yes")

    async def actions(core: Core, actor: Actor) -> list[str]:
        page = await core.countersign.reading.audit_log(actor, PageRequest())
        return [entry.action for entry in page.items]

    assert inside(actions, load_settings(signing_key="key.pem")) == [
        "signing_key:revoked",
        "signing_key:ended",
        "signing_key:registered",
        "signing_key:registered",
    ]


def test_a_rotation_to_a_key_elsewhere_makes_no_file(installed: Terminal) -> None:
    installed.write("hsm.pem", STRANGER.public_key_pem)
    installed.write("two.pem", STRANGER.public_key_pem + SIGNER.public_key_pem)
    result = installed.run("key", "rotate", "hsm.pem", "--elsewhere")
    assert result.exit_code == 0
    assert "set COUNTERSIGN_SIGNING_KEY to its address" in result.stderr
    assert [key["keyRef"] for key in installed.json("key", "list")][1:] == [STRANGER.key_ref]
    assert (installed.folder / "hsm.pem").read_text() == STRANGER.public_key_pem
    assert installed.run("key", "rotate", "two.pem", "--elsewhere").exit_code == 2
