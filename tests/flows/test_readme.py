"""The README's own lines, as somebody would copy them, against the real server on both databases."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli.app import app
from bot.db.schema import migrate
from tests.support.ports import unused_port
from tests.support.servers import PROGRAMS, serving

README = Path(__file__).parents[2] / "README.md"


def block(section: str, language: str = "sh", level: str = "##") -> str:
    """The first block of code in a section."""
    text = README.read_text().split(f"\n{level} {section}\n", 1)[1].split(f"\n{level} ", 1)[0]
    found = re.search(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert found, f"no {language} block below {section}"
    return found[1]


async def test_the_walk_by_curl_and_the_check_by_openssl_work_as_written(database_url: str, tmp_path: Path) -> None:
    await migrate(database_url)
    port = unused_port()
    (tmp_path / "countersign.yaml").write_text(block("Connect a workspace", "yaml"))
    environment = {
        "PATH": f"{PROGRAMS}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "COUNTERSIGN_DATABASE_URL": database_url,
        "COUNTERSIGN_LISTEN": f"127.0.0.1:{port}",
    }
    url = f"http://127.0.0.1:{port}"
    async with serving(environment, url, tmp_path) as server:
        script = block("The same by REST").replace("127.0.0.1:8080", f"127.0.0.1:{port}")
        proving = block("Check that nothing was taken back")
        walked = await bash(f"{script}\necho 'THEN THE LOG'\n{proving}", tmp_path, environment)
        checked = await bash(block("Check evidence yourself").replace("pip install", "true"), tmp_path, environment)
    assert '"separation_of_duties"' in walked
    assert '"wouldPass": true' in re.sub(r'"\s*:\s*', '": ', walked)
    assert re.search(r'"status"\s*:\s*"approved"', walked)
    assert re.search(r'"decision"\s*:\s*"allow"', walked)
    logged = walked.partition("THEN THE LOG")[2]
    assert "VALID evidence.tlog-proof: in the log countersign.internal/" in logged
    assert "VALID log: the whole log countersign.internal/" in logged
    assert logged.rstrip().endswith("Verified OK")
    assert "Verified OK" in checked
    small = await bash(block("In other tools' words", level="###"), tmp_path, environment)
    assert "VALID evidence.json allow" in small
    assert "VALID evidence.json its content is a leaf" in small
    assert re.findall(r"^(VALID|NOT VALID) (\S+) countersign\.internal/", small, re.MULTILINE) == [
        ("VALID", each) for each in ("log", "evidence.tlog-proof", "checkpoint.note")
    ]
    audited = await bash(block("For the auditor", level="###"), tmp_path, environment)
    assert "VALID packets/evidence-" in audited and "NOT VALID" not in audited
    evidence = tmp_path / "content.json"
    evidence.write_bytes(evidence.read_bytes().replace(b"2.5.0", b"2.5.1", 1))
    again = "openssl dgst -sha256 -verify evidence-key.pem -signature signature.der content.json || true"
    assert "Verification failure" in await bash(again, tmp_path, environment)
    assert server.returncode == 0, "the server stopped as asked"


def test_every_setting_is_in_the_readme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shown = CliRunner().invoke(app, ["settings", "--markdown"])
    assert shown.exit_code == 0
    assert shown.stdout.strip() in README.read_text()


def test_every_picture_and_file_that_the_readme_names_is_there() -> None:
    for name in re.findall(r"\]\((?!https?://|#)([^)]+)\)", README.read_text()):
        assert (README.parent / name).is_file(), name


async def bash(script: str, folder: Path, environment: dict[str, str]) -> str:
    """Run lines as a person types them; any that fails fails the test."""
    done = await asyncio.to_thread(
        subprocess.run,
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=90,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr
