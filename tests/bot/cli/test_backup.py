"""`countersign backup` and `restore`: what a person types at night, and on the worst day."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.bot.cli.conftest import Terminal
from tests.support.postgres import PostgresCluster

LEAVES = 9
"""Of what is configured, what the log has: the key, people, groups, environments and the policy."""


def test_a_backup_is_restored_elsewhere_and_the_log_goes_on_from_it(configured: Terminal) -> None:
    told = configured.json("backup", "monday.backup")
    assert (told["log"]["treeSize"], told["rows"]["approval_policies"]) == (LEAVES, 1)
    assert told["bytes"] == (configured.folder / "monday.backup").stat().st_size
    assert told["notInIt"] == ["key.pem (the signing key)", "the settings (.env or the environment)"]
    elsewhere = {"COUNTERSIGN_DATABASE_URL": "sqlite:///elsewhere.db"}
    restored = configured.json("restore", "monday.backup", **elsewhere)
    assert restored["database"] == "sqlite:///elsewhere.db"
    assert (restored["rows"], restored["log"]) == (told["rows"], told["log"])
    exported = configured.json("log", "export", "log", **elsewhere)
    assert (exported["rootHash"], exported["treeSize"]) == (told["log"]["rootHash"], LEAVES)
    assert configured.json("verify", "--log", "log", **elsewhere)["ok"]
    assert "8 unchanged. Dry run" in configured.run("apply", "countersign.yaml", "--dry-run", **elsewhere).stdout


def test_a_person_is_told_what_is_in_it_and_what_is_not(configured: Terminal) -> None:
    key = {"COUNTERSIGN_ENCRYPTION_KEY": "A" * 42 + "E="}
    told = configured.run("backup", "monday.backup", **key).stdout
    assert "sqlite:///countersign.db is in monday.backup: read through, and sound." in told
    assert "0 promotions" in told
    assert f"{LEAVES} entries of countersign.internal/" in told
    assert "Not in it: key.pem (the signing key), COUNTERSIGN_ENCRYPTION_KEY, the settings" in told
    told = configured.run("restore", "monday.backup", COUNTERSIGN_DATABASE_URL="sqlite:///elsewhere.db").stdout
    assert "monday.backup is in sqlite:///elsewhere.db: read through, and sound." in told
    assert "It also takes key.pem (the signing key)" in told


def test_a_key_elsewhere_is_not_to_be_copied(configured: Terminal) -> None:
    told = configured.json("backup", "monday.backup", COUNTERSIGN_SIGNING_KEY="awskms:1234")
    assert told["notInIt"][0] == "awskms:1234 (the key itself is kept there)"


def test_nothing_is_overwritten_and_that_is_no_success(configured: Terminal) -> None:
    configured.write("monday.backup", "precious")
    result = configured.run("backup", "monday.backup")
    assert (result.exit_code, "monday.backup exists" in result.stderr) == (1, True)
    configured.run("backup", "tuesday.backup")
    result = configured.run("restore", "tuesday.backup", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stderr)["code"] == "backup_failed"
    assert (configured.folder / "monday.backup").read_text() == "precious"


def test_an_older_backup_is_noticed_by_doctor_and_by_verify(configured: Terminal) -> None:
    configured.run("backup", "monday.backup")
    text = (configured.folder / "countersign.yaml").read_text()
    configured.write("countersign.yaml", text.replace("requiredApprovals: 2", "requiredApprovals: 1"))
    assert configured.run("apply", "countersign.yaml").exit_code == 0
    configured.json("log", "export", "log")
    assert configured.json("verify", "--log", "log")["ok"]
    elsewhere = {"COUNTERSIGN_DATABASE_URL": "sqlite:///elsewhere.db"}
    assert configured.run("restore", "monday.backup", **elsewhere).exit_code == 0
    checks = json.loads(configured.run("doctor", "--json", **elsewhere).stdout)["checks"]
    (log,) = [check for check in checks if check["name"] == "transparency log"]
    assert log["outcome"] == "failed"
    assert f"do not begin with the {LEAVES + 1} of the last one seen" in log["message"]
    configured.json("log", "export", "log-again", **elsewhere)
    verified = configured.run("verify", "--log", "log-again", "--json", **elsewhere)
    assert verified.exit_code == 1
    assert str(LEAVES + 1) in json.loads(verified.stdout)["files"][0]["steps"][-1]["detail"]


def test_what_is_no_database_and_what_is_no_backup_is_said(installed: Terminal) -> None:
    installed.write("notes.txt", "buy milk")
    for words, said in (
        (("backup", "a.backup", "--json"), "There is no database file none.db"),
        (("restore", "notes.txt", "--json"), "notes.txt is no backup of a SQLite database"),
        (("restore", "nothing", "--json"), "nothing cannot be read: No such file or directory"),
    ):
        result = installed.run(*words, COUNTERSIGN_DATABASE_URL="sqlite:///none.db")
        assert result.exit_code == 1
        assert json.loads(result.stderr)["message"] == said
    assert not (installed.folder / "none.db").exists()


def test_the_same_on_postgresql(
    installed: Terminal, postgres_cluster: PostgresCluster, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(postgres_cluster.programs), prepend=":")
    here, there = postgres_cluster.create(), postgres_cluster.create()
    try:
        assert installed.run("migrate", COUNTERSIGN_DATABASE_URL=here).exit_code == 0
        installed.write("empty.yaml", "people: [{email: bob@example.com, name: Bob}]")
        assert installed.run("apply", "empty.yaml", COUNTERSIGN_DATABASE_URL=here).exit_code == 0
        told = installed.json("backup", "monday.backup", COUNTERSIGN_DATABASE_URL=here)
        restored = installed.json("restore", "monday.backup", COUNTERSIGN_DATABASE_URL=there)
        assert restored["log"] == told["log"]
        assert restored["log"]["treeSize"] == 2
        assert restored["rows"]["people"] == 1
        assert installed.json("migrate", "--check", COUNTERSIGN_DATABASE_URL=there)["revision"] == told["revision"]
        again = installed.run("restore", "monday.backup", COUNTERSIGN_DATABASE_URL=there)
        assert (again.exit_code, "not empty" in again.stderr) == (1, True)
    finally:
        for url in (here, there):
            postgres_cluster.drop(url)
