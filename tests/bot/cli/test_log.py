"""`countersign log`: what is exported can be verified, whenever it is exported again."""

from __future__ import annotations

from pathlib import Path

from tests.bot.cli.conftest import Terminal


def export(terminal: Terminal) -> dict[str, object]:
    answer: dict[str, object] = terminal.json("log", "export", "log")
    return answer


def files(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def grow(terminal: Terminal) -> None:
    """Change the policy, which makes another leaf."""
    text = (terminal.folder / "countersign.yaml").read_text()
    terminal.write("countersign.yaml", text.replace("requiredApprovals: 2", "requiredApprovals: 1"))
    assert terminal.run("apply", "countersign.yaml").exit_code == 0


def test_the_export_is_a_whole_log_and_says_what_it_is(configured: Terminal) -> None:
    told = export(configured)
    assert told["treeSize"] == 9
    assert sorted(files(configured.folder / "log")) == [
        "checkpoint",
        "tile/0/000.p/9",
        "tile/entries/000.p/9",
    ]
    answer = configured.json("verify", "--log", "log")
    assert answer["files"][0]["checkpoint"].split("\n")[:3] == [told["origin"], "9", told["rootHash"]]
    for kind in ("1 approval_policy:created", "2 environment:created", "1 signing_key:registered"):
        assert kind in answer["files"][0]["steps"][4]["detail"]


def test_exporting_again_brings_the_folder_up_to_date(configured: Terminal) -> None:
    export(configured)
    assert configured.run("verify", "--log", "log").exit_code == 0
    grow(configured)
    assert export(configured)["treeSize"] == 10
    answer = configured.json("verify", "--log", "log")
    assert "begins with the 9 entries" in answer["files"][0]["steps"][-1]["detail"]
    before = files(configured.folder / "log")
    export(configured)
    assert files(configured.folder / "log") == before


def test_two_logs_do_not_get_mixed_up_in_a_folder(configured: Terminal) -> None:
    export(configured)
    checkpoint = configured.folder / "log" / "checkpoint"
    checkpoint.write_text(checkpoint.read_text().replace("countersign.internal", "example.com"))
    result = configured.run("log", "export", "log")
    assert (result.exit_code, "holds another log" in result.stderr) == (2, True)


def test_a_folder_that_cannot_be_written_is_said(configured: Terminal) -> None:
    configured.write("file", "")
    result = configured.run("log", "export", "file/log")
    assert (result.exit_code, "cannot be written" in result.stderr) == (2, True)


def test_a_checkpoint_kept_today_holds_the_log_to_it_tomorrow(configured: Terminal) -> None:
    configured.write("today.checkpoint", configured.run("log", "checkpoint").stdout)
    grow(configured)
    export(configured)
    answer = configured.json("verify", "--log", "log", "--checkpoint", "today.checkpoint", "--stateless")
    assert "entries of today.checkpoint" in answer["files"][0]["steps"][-1]["detail"]


def test_a_promotion_that_is_not_there_has_no_proof(configured: Terminal) -> None:
    result = configured.run("log", "proof", "00000000-0000-4000-8000-000000000001")
    assert (result.exit_code, "no promotion" in result.stderr) == (1, True)


def test_the_keys_are_told_for_witnesses_and_rotation_is_in_the_log(configured: Terminal) -> None:
    (key,) = configured.run("log", "keys").stdout.splitlines()
    origin, _, _ = key.split("+", 2)
    assert configured.run("log", "checkpoint").stdout.startswith(f"{origin}\n")
    configured.json("key", "rotate", "second.pem")
    assert len(configured.run("log", "keys").stdout.splitlines()) == 2
    export(configured)
    kinds = configured.json("verify", "--log", "log")["files"][0]["steps"][4]["detail"]
    assert "1 signing_key:ended, 2 signing_key:registered" in kinds
    grow(configured)
    configured.environment["COUNTERSIGN_SIGNING_KEY"] = "second.pem"
    export(configured)
    answer = configured.json("verify", "--log", "log")
    assert answer["ok"], "the log goes on under the new key"


def test_a_log_cannot_be_renamed(configured: Terminal) -> None:
    result = configured.run("log", "checkpoint", COUNTERSIGN_LOG_ORIGIN="example.com/other")
    assert (result.exit_code, "cannot be renamed" in result.stderr) == (2, True)


def test_a_wrong_witness_key_is_named_by_its_setting(configured: Terminal) -> None:
    result = configured.run("log", "checkpoint", COUNTERSIGN_LOG_WITNESSES="nonsense")
    assert (result.exit_code, "not NAME+ID+KEY" in result.stderr) == (2, True)
