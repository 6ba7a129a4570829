"""The small verifier of the log and `countersign verify`: the same cases, the same judgement, and nothing shared."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli.standalone import verify_evidence, verify_log
from bot.cli.verify.examining import Given, examine, known_checkpoint
from core.errors import InvalidError
from core.evidence.keyring import KeyRing
from core.evidence.log.examination import Known
from tests.bot.cli.conftest import Terminal
from tests.bot.cli.standalone.mutations import accepted, originals
from tests.bot.cli.verify.log_files import furnish, write_log
from tests.core.evidence.decisions import jwks
from tests.core.evidence.log.forgeries import DAY, PROOF, SEEN, LogCase, log_cases
from tests.core.evidence.log.samples import CHECKPOINT, ENTRIES, ORIGIN, SIZE, files_of
from tests.core.evidence.samples import SIGNER, ring

FILE = Path(verify_log.__file__)


@pytest.mark.parametrize("case", log_cases(), ids=lambda case: case.name)
def test_both_verifiers_judge_every_case_alike(case: LogCase, tmp_path: Path) -> None:
    write_log(tmp_path, case.files)
    assert (by_the_first(tmp_path, case.keys), by_the_small_ones(tmp_path, case.keys)) == (case.holds, case.holds)


def by_the_first(folder: Path, keys: KeyRing) -> bool:
    """What `countersign verify FILE... --log log --checkpoint seen.checkpoint` says."""
    files = [file for file in folder.iterdir() if file.is_file() and file.name != SEEN]
    log = folder / "log"
    known = Known(keys)
    try:
        seen = [known_checkpoint(each, each.read_bytes(), known) for each in folder.glob(SEEN)]
    except InvalidError:
        return False
    given = Given(
        tuple((file, file.read_bytes()) for file in files),
        log if log.exists() else None,
        known=Known(keys, checkpoints=tuple(seen)),
    )
    return all(each.report.ok for each in examine(given, lambda: None))


def by_the_small_ones(folder: Path, keys: KeyRing) -> bool:
    """What `verify_log.py *` says, and `verify_evidence.py` of a packet."""
    for packet in folder.glob("*.json"):
        try:
            verify_evidence.verify(packet.read_bytes(), verify_evidence.load_keys(jwks(keys)))
        except verify_evidence.RefusedError:
            return False
    found = list(verify_log.examine(list(folder.iterdir()), verify_log.load_keys(jwks(keys))))
    assert all(words for _, words, _ in found)
    return all(holds for *_, holds in found)


def test_it_runs_alone_from_where_it_was_put(terminal: Terminal) -> None:
    printed = terminal.run("evidence", "verifier", "--log").stdout
    assert printed == FILE.read_text()
    terminal.write("verify_log.py", printed)
    terminal.write("keys.json", jwks(ring()))
    furnish(terminal)
    names = ("evidence.json", PROOF, DAY, "log")

    good = run(terminal.folder, *names, "--keys", "keys.json")
    assert (good.returncode, good.stdout.count("VALID ")) == (0, 4), good.stderr
    assert f"VALID {PROOF} {ORIGIN}, {SIZE} entries, root hash " in good.stdout
    assert "VALID evidence.json its content is a leaf\n" in good.stdout
    assert run(terminal.folder, *names, "--keys", "key.pem").returncode == 0
    write_log(terminal.folder / "log", files_of(ENTRIES[:-1]))
    bad = run(terminal.folder, *names, "--keys", "keys.json")
    assert bad.returncode == 1
    assert f"NOT VALID {DAY} the log was shortened or forked since\n" in bad.stdout


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "verify_log.py", *words]
    return subprocess.run(command, check=False, cwd=folder, capture_output=True, text=True, timeout=60)


def test_a_packet_needs_something_that_proves_its_leaf(terminal: Terminal) -> None:
    furnish(terminal)
    keys = verify_log.load_keys(SIGNER.public_key_pem.encode())
    packet, proof = terminal.folder / "evidence.json", terminal.folder / PROOF
    assert [holds for *_, holds in verify_log.examine([packet], keys)] == [False]
    assert [holds for *_, holds in verify_log.examine([packet, proof], keys)] == [True, True]


def test_of_hundreds_of_mutations_none_is_accepted_by_any_verifier(tmp_path: Path) -> None:
    assert all(judge(source) for source, judges in originals(tmp_path) for judge in judges.values())
    assert accepted(600, tmp_path, seed=5) == []


def test_a_checkpoint_alone_is_told_in_words(tmp_path: Path) -> None:
    write_log(tmp_path, {DAY: CHECKPOINT.encode()})
    ((_, words, holds),) = verify_log.examine([tmp_path / DAY], verify_log.load_keys(jwks(ring())))
    assert holds and words == f"{ORIGIN}, {SIZE} entries, root hash {CHECKPOINT.splitlines()[2]}"
