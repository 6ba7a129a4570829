from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.cli.doctor.signing import check_key, check_registry
from bot.gateways.key_files import create_key_file
from bot.settings import Settings, load_settings
from tests.core.evidence.samples import SIGNER, record
from tests.support.clock import MORNING
from tests.support.softhsm import PIN, SoftHsm


def settings(folder: Path, **more: Any) -> Settings:
    return load_settings(database_url=f"sqlite:///{folder / 'c.db'}", **more)


def test_a_missing_key_is_not_made(tmp_path: Path) -> None:
    signer, finding = check_key(settings(tmp_path))
    assert (signer, finding.outcome) == (None, "warning")
    assert "countersign key create" in finding.fix
    assert list(tmp_path.iterdir()) == []


def test_a_development_key_is_told_as_such(tmp_path: Path) -> None:
    made = create_key_file(tmp_path / "countersign-development-key.pem")
    signer, finding = check_key(settings(tmp_path))
    assert signer is not None
    assert (signer.key_ref, finding.outcome) == (made.key_ref, "warning")
    assert "development key" in finding.message


def test_a_key_that_others_may_read_is_told(tmp_path: Path) -> None:
    create_key_file(tmp_path / "k.pem")
    assert check_key(settings(tmp_path, signing_key=str(tmp_path / "k.pem")))[1].outcome == "ok"
    (tmp_path / "k.pem").chmod(0o644)
    finding = check_key(settings(tmp_path, signing_key=f"file:{tmp_path / 'k.pem'}"))[1]
    assert (finding.outcome, finding.fix) == ("warning", f"chmod 600 {tmp_path / 'k.pem'}")


def test_a_key_that_cannot_be_used_fails(tmp_path: Path) -> None:
    (tmp_path / "k.pem").write_text("not a key")
    assert check_key(settings(tmp_path, signing_key=str(tmp_path / "k.pem")))[1].outcome == "failed"


@pytest.mark.parametrize(
    ("times", "outcome", "part"),
    [
        ({}, "ok", "is registered"),
        ({"not_after": MORNING + timedelta(days=30)}, "ok", "is registered"),
        ({"not_after": MORNING + timedelta(days=2)}, "warning", "ends on 2026-03-04"),
        ({"not_after": MORNING}, "failed", "what it signs is not valid"),
        ({"revoked_at": MORNING}, "failed", "was revoked"),
    ],
)
def test_the_key_in_use_must_verify(times: dict[str, Any], outcome: str, part: str) -> None:
    finding = check_registry(SIGNER, [record(**times)], MORNING)
    assert finding.outcome == outcome
    assert part in finding.message


def test_a_key_nobody_knows_yet(tmp_path: Path) -> None:
    assert check_registry(SIGNER, [], MORNING).outcome == "warning"


def test_a_key_elsewhere_is_asked_to_sign(softhsm: SoftHsm) -> None:
    given: dict[str, Any] = {"signing_key": softhsm.uri, "signing_key_public": str(softhsm.public_key_file)}
    signer, good = check_key(load_settings(**given, signing_key_passphrase=PIN))
    assert signer is not None
    assert (good.outcome, softhsm.uri in good.message) == ("ok", True)
    _, wrong_pin = check_key(load_settings(**given, signing_key_passphrase="0000"))
    _, no_public = check_key(load_settings(signing_key=softhsm.uri))
    assert [each.outcome for each in (wrong_pin, no_public)] == ["failed", "failed"]
    assert "COUNTERSIGN_SIGNING_KEY_PUBLIC" in no_public.fix
