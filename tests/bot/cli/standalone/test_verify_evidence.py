"""The small verifier is judged by the cases of the first, and shares nothing with it."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cli.standalone import verify_evidence
from core.domain.export_format import ExportFormat
from tests.bot.cli.conftest import Terminal
from tests.core.evidence.decisions import FORMS, file_of, jwks
from tests.core.evidence.forgeries import Case, cases
from tests.core.evidence.samples import SIGNER, STRANGER, ring

FILE = Path(verify_evidence.__file__)


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_every_case_is_judged_as_by_the_first_verifier(case: Case) -> None:
    keys = verify_evidence.load_keys(jwks(case.keys))
    try:
        verify_evidence.verify(case.file, keys)
    except verify_evidence.RefusedError:
        assert not case.holds
    else:
        assert case.holds


def test_keys_stand_under_their_own_names_once_and_on_the_right_curve() -> None:
    (mine, other) = ring(SIGNER, STRANGER).to_jwks()["keys"]
    p384 = ec.generate_private_key(ec.SECP384R1()).public_key()
    pem = p384.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    for source in (
        json.dumps({"keys": [mine | {"kid": other["kid"]}]}).encode(),
        json.dumps({"keys": [mine, mine]}).encode(),
        pem,
    ):
        with pytest.raises(verify_evidence.RefusedError):
            verify_evidence.load_keys(source)
    assert verify_evidence.load_keys(jwks(ring(SIGNER, STRANGER))).keys() == {SIGNER.key_ref, STRANGER.key_ref}


def test_it_is_short_and_needs_nothing_of_ours() -> None:
    source = FILE.read_text()
    imported = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [each.name for each in node.names])
    }
    assert source.count("\n") < 200
    assert imported - sys.stdlib_module_names == {"cryptography"}


def test_it_runs_alone_from_where_it_was_put(terminal: Terminal) -> None:
    printed = terminal.run("evidence", "verifier").stdout
    assert printed == FILE.read_text()
    terminal.write("verify_evidence.py", printed)
    terminal.write("keys.json", jwks(ring()))
    terminal.write("keys.pem", SIGNER.public_key_pem)
    for form in FORMS:
        terminal.write(f"{form.value}.json", file_of(form))
    terminal.write("bad.json", file_of(ExportFormat.PACKET).replace(b"LGTM", b"NOPE"))
    names = [f"{form.value}.json" for form in FORMS]

    good = run(terminal.folder, *names, "--keys", "keys.json")
    assert (good.returncode, good.stdout.count("VALID ")) == (0, 4), good.stderr
    assert "VALID packet.json allow shop-1.4.0 to Production\n" in good.stdout
    assert "VALID intoto-svr.json COUNTERSIGN_APPROVED_FOR:Production" in good.stdout
    assert run(terminal.folder, *names, "--keys", "keys.pem").returncode == 0
    bad = run(terminal.folder, "bad.json", "--keys", "keys.json")
    assert (bad.returncode, bad.stdout) == (1, "NOT VALID bad.json the content hash does not hold\n")


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "verify_evidence.py", *words]
    return subprocess.run(command, check=False, cwd=folder, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("form", FORMS)
def test_no_flipped_bit_is_accepted(form: ExportFormat) -> None:
    keys = verify_evidence.load_keys(jwks(ring()))
    file = bytearray(file_of(form))
    for place in range(0, len(file), 3):
        file[place] ^= 1 << place % 8
        with pytest.raises(verify_evidence.RefusedError):
            verify_evidence.verify(bytes(file), keys)
        file[place] ^= 1 << place % 8


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_at_all_are_refused_with_a_reason(source: bytes) -> None:
    with pytest.raises(verify_evidence.RefusedError):
        verify_evidence.verify(source, verify_evidence.load_keys(jwks(ring())))


def test_every_rfc_8785_vector_that_packets_may_hold_is_written_as_published(shared_data: Path) -> None:
    folder = shared_data / "vectors" / "jcs-cyberphone"
    seen = 0
    for given_file in sorted((folder / "input").iterdir()):
        try:
            tree = verify_evidence.strict_json(given_file.read_bytes())
        except verify_evidence.RefusedError:
            continue
        seen += 1
        expected = bytes.fromhex((folder / "outhex" / f"{given_file.stem}.txt").read_text())
        assert verify_evidence.canonical(tree) == expected, given_file.name
    assert seen >= 3
