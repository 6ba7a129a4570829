"""`countersign audit export`, as it is typed."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli.app import app
from tests.bot.cli.audit.conftest import Export, sums_of
from tests.bot.cli.conftest import Terminal
from tests.support.servers import PROGRAMS


def run(exported: Export, place: Path, *words: str) -> Result:
    """Export the same quarter again, with other words."""
    return CliRunner().invoke(app, ["audit", "export", *words, "--out", str(place)], env=exported.environment)


def test_it_says_what_it_wrote_and_where(exported: Export, tmp_path: Path) -> None:
    result = run(exported, tmp_path / "out", "--from", "2026-03-01", "--to", "2026-03-31")
    assert result.exit_code == 0
    first, second, third = result.stdout.splitlines()
    period = "2026-03-01 to 2026-03-31 (UTC, both days included)"
    assert first == f"Wrote {exported.told['decisions']} decisions of {period} to {tmp_path / 'out'}."
    assert second == "Requested and not decided in it: 1."
    assert "index.html" in third


def test_the_same_period_gives_the_same_files_but_for_when_it_was_looked_at(exported: Export, tmp_path: Path) -> None:
    assert run(exported, tmp_path / "out", "--from", "2026-03-01", "--to", "2026-03-31").exit_code == 0
    one, other = sums_of(exported.folder), sums_of(tmp_path / "out")
    assert {path for path in one if one[path] != other[path]} == {"index.html", "approvers.csv"}


def test_one_environment_alone(exported: Export, tmp_path: Path) -> None:
    result = run(
        exported, tmp_path / "out", "--from", "2026-03-01", "--to", "2026-03-31", "--environment", "sandbox", "--json"
    )
    assert json.loads(result.stdout)["decisions"] == 1
    rows = csv.DictReader(io.StringIO((tmp_path / "out" / "promotions.csv").read_text()))
    assert [row["promotion_id"] for row in rows] == [str(exported.made.promotions["own"])]
    assert "; Sandbox." in (tmp_path / "out" / "index.html").read_text()


def test_a_period_without_anything_gives_a_folder_that_says_so(exported: Export, tmp_path: Path) -> None:
    result = run(exported, tmp_path / "out", "--from", "2020-01-01", "--to", "2020-12-31")
    assert result.exit_code == 0
    assert "Nothing was requested or decided in this period: 2020-01-01 to 2020-12-31" in result.stdout
    assert "Nothing was requested or decided in this period." in (tmp_path / "out" / "index.html").read_text()
    assert (tmp_path / "out" / "promotions.csv").read_bytes().count(b"\r\n") == 1
    assert (tmp_path / "out" / "checkpoints").exists() and not (tmp_path / "out" / "packets").exists()
    assert "VALID checkpoints/" in checked(exported, tmp_path / "out")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--from", "2026-04-01", "--to", "2026-03-01"], 2, "before it begins"),
        (["--from", "soon", "--to", "2026-03-01"], 2, "'soon' is not a date (from)"),
        (["--from", "2026-03-01", "--to", "2026-13-01"], 2, "'2026-13-01' is not a date (to)"),
        (["--from", "2026-03-01"], 2, "--to"),
        (["--from", "2026-03-01", "--to", "2026-03-31", "--environment", "moon"], 1, "no environment moon"),
    ],
)
def test_what_cannot_be_exported_says_why_and_leaves_nothing(
    exported: Export, tmp_path: Path, words: list[str], code: int, said: str
) -> None:
    result = run(exported, tmp_path / "out", *words)
    assert (result.exit_code, said in result.stderr) == (code, True), result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_program_gets_the_refusal_as_json(exported: Export, tmp_path: Path) -> None:
    result = run(exported, tmp_path / "out", "--from", "2026-04-01", "--to", "2026-03-01", "--json")
    told = json.loads(result.stderr)
    assert (told["exitCode"], bool(told["hint"])) == (2, True)


def test_nothing_is_written_into_what_is_there(exported: Export, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    result = run(exported, tmp_path, "--from", "2026-03-01", "--to", "2026-03-31")
    assert (result.exit_code, "is there already" in result.stderr) == (2, True)
    assert [each.name for each in tmp_path.iterdir()] == ["mine.txt"]


def test_the_folder_is_named_by_the_period(configured: Terminal) -> None:
    told = configured.json("audit", "export", "--from", "2026-01-01", "--to", "2026-01-31")
    assert told["folder"] == "audit-2026-01-01-to-2026-01-31"
    assert (configured.folder / told["folder"] / "README.txt").is_file()


def test_it_teaches(terminal: Terminal) -> None:
    text = " ".join(terminal.run("audit", "export", "--help").stdout.split())
    assert "A date is a day in UTC" in text
    assert "countersign audit export --from 2026-01-01 --to 2026-03-31" in text


def test_the_lines_of_the_readme_check_the_folder(exported: Export) -> None:
    said = checked(exported, exported.folder)
    assert "complete" in said and "Verified OK" in said
    assert "NOT VALID" not in said


@pytest.mark.parametrize(
    "pattern",
    [
        "packets/*.json",
        "exports/*.sigstore.json",
        "proofs/evidence-*",
        "checkpoints/*",
        "keys/jwks.json",
        "promotions.csv",
    ],
)
def test_one_flipped_bit_is_noticed(exported: Export, tmp_path: Path, pattern: str) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(exported.folder, copy)
    file = sorted(copy.glob(pattern))[0]
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    lines = re.findall(r"^    (.*)$", (copy / "README.txt").read_text(), re.MULTILINE)
    sums, *others = lines
    done = bash(copy, sums, exported)
    assert done.returncode != 0 and file.name in done.stdout + done.stderr
    if file.suffix != ".csv":
        assert any(bash(copy, line, exported).returncode for line in others if line.startswith(("find", "countersign")))


def bash(folder: Path, script: str, exported: Export) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": f"{PROGRAMS}:{os.environ['PATH']}",
        "HOME": str(folder.parent),
        "XDG_STATE_HOME": str(exported.folder.parent / "state"),
    }
    command = ["bash", "-euo", "pipefail", "-c", script]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=100, check=False
    )


def checked(exported: Export, folder: Path) -> str:
    """What the lines of README.txt say, typed one after the other; any that fails fails the test."""
    lines = re.findall(r"^    (.*)$", (folder / "README.txt").read_text(), re.MULTILINE)
    done = bash(folder, "\n".join(lines), exported)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr


def test_what_a_revoked_key_signed_is_said_not_to_be_relied_on(exported: Export, tmp_path: Path) -> None:
    shutil.copyfile(exported.folder.parent / "countersign.db", tmp_path / "countersign.db")
    shutil.copyfile(exported.folder.parent / "key.pem", tmp_path / "key.pem")
    (old,) = (key["kid"] for key in json.loads((exported.folder / "keys" / "jwks.json").read_bytes())["keys"])
    environment = {
        "COUNTERSIGN_DATABASE_URL": f"sqlite:///{tmp_path / 'countersign.db'}",
        "COUNTERSIGN_SIGNING_KEY": str(tmp_path / "key.pem"),
    }
    second = str(tmp_path / "second.pem")
    period = ["--from", "2026-03-01", "--to", "2026-03-31", "--out", str(tmp_path / "out")]
    for words in (["key", "rotate", second], ["key", "revoke", old, "--reason", "stolen", "--yes"]):
        assert CliRunner().invoke(app, words, env=environment).exit_code == 0, words
    stuck = CliRunner().invoke(app, ["audit", "export", *period], env=environment)
    assert (stuck.exit_code, "was revoked" in stuck.stderr, (tmp_path / "out").exists()) == (1, True, False)
    result = CliRunner().invoke(
        app, ["audit", "export", *period], env=environment | {"COUNTERSIGN_SIGNING_KEY": second}
    )
    assert result.exit_code == 0, result.output
    page = (tmp_path / "out" / "index.html").read_text()
    assert (
        f"{exported.told['decisions']} decisions of the period were signed by the key {old}, which has been revoked"
        in page
    )
    keys = json.loads((tmp_path / "out" / "keys" / "jwks.json").read_bytes())["keys"]
    assert [key.get("revoked", {}).get("reason") for key in keys] == ["stolen", None]
    done = bash(tmp_path / "out", "countersign verify --stateless --jwks keys/jwks.json packets/*.json", exported)
    assert done.returncode == 1 and "was revoked" in done.stdout
