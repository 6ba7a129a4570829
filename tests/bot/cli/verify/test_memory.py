from __future__ import annotations

from pathlib import Path

import pytest

from bot.cli.failures import CommandError
from bot.cli.verify.memory import Memory, default_folder
from tests.bot.cli.conftest import Terminal
from tests.bot.cli.verify.log_files import furnish
from tests.core.evidence.log.samples import CHECKPOINT, SIZE, checkpoint_at


def test_what_was_seen_is_known_by_the_logs_name(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "logs")
    assert memory.checkpoints() == ()
    memory.remember(checkpoint_at(5))
    memory.remember(checkpoint_at(6, origin="example.com/other"))
    memory.remember(CHECKPOINT)
    known = {each.checkpoint.origin: each.checkpoint.size for each in memory.checkpoints()}
    assert known == {"example.com/log": SIZE, "example.com/other": 6}
    assert len(list((tmp_path / "logs").iterdir())) == 2, "no draft is left behind"


def test_a_memory_that_says_nothing_any_more_is_not_passed_over(terminal: Terminal) -> None:
    furnish(terminal)
    terminal.json("verify", "--log", "log", "--key", "key.pem")
    (file,) = default_folder().iterdir()
    file.write_text("scribbled over")
    result = terminal.run("verify", "--log", "log", "--key", "key.pem")
    assert result.exit_code == 2
    assert "before you delete it" in result.stderr


def test_where_nothing_can_be_written_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandError, match="cannot be written"):
        Memory(tmp_path / "file" / "logs").remember(CHECKPOINT)


def test_the_folder_can_be_named(terminal: Terminal) -> None:
    furnish(terminal)
    terminal.json("verify", "--log", "log", "--key", "key.pem", "--state", "mine")
    assert len(list((terminal.folder / "mine").iterdir())) == 1
    assert not default_folder().exists()
    terminal.json("verify", "--log", "log", "--key", "key.pem", "--stateless")
    assert not default_folder().exists()
