"""New files: whole or not at all, private, and never over another."""

from __future__ import annotations

import errno
import stat
from pathlib import Path

import pytest

from bot.db.backup.files import BackupError, first_bytes, new_file


def test_it_is_there_under_its_name_once_it_is_whole_and_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "a.backup"
    with new_file(file) as draft:
        draft.write_bytes(b"all of it")
        assert not file.exists()
        assert stat.S_IMODE(draft.stat().st_mode) == 0o600
    assert file.read_bytes() == b"all of it"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_nothing_is_left_where_it_does_not_end_well(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), new_file(tmp_path / "a.backup") as draft:
        draft.write_bytes(bytes(1 // 0))
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_stays(tmp_path: Path) -> None:
    file = tmp_path / "a.backup"
    file.write_text("precious")
    with pytest.raises(BackupError, match="exists") as refusal, new_file(file):
        pytest.fail("nothing is begun")
    assert "nothing is overwritten" in refusal.value.hint
    (tmp_path / "link").symlink_to("nowhere")
    with pytest.raises(BackupError, match="exists"), new_file(tmp_path / "link"):
        pytest.fail("nothing is begun")
    assert file.read_text() == "precious"


def test_what_came_meanwhile_stays_too(tmp_path: Path) -> None:
    file = tmp_path / "a.backup"
    with pytest.raises(BackupError, match="exists"), new_file(file) as draft:
        draft.write_text("ours")
        file.write_text("theirs")
    assert file.read_text() == "theirs"
    assert list(tmp_path.iterdir()) == [file]


@pytest.fixture
def _without_links(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refuse)


@pytest.mark.usefixtures("_without_links")
def test_a_disk_whose_files_have_one_name_each_will_do(tmp_path: Path) -> None:
    file = tmp_path / "a.backup"
    with new_file(file) as draft:
        draft.write_text("all of it")
    with pytest.raises(BackupError, match="exists"), new_file(tmp_path / "b.backup") as draft:
        draft.write_text("ours")
        (tmp_path / "b.backup").write_text("theirs")
    assert [(each.name, each.read_text()) for each in sorted(tmp_path.iterdir())] == [
        ("a.backup", "all of it"),
        ("b.backup", "theirs"),
    ]


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="No such file or directory"), new_file(tmp_path / "no" / "a.backup"):
        pytest.fail("nothing is begun")


def test_a_file_says_what_it_is_by_its_first_bytes(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"PGDMP and more")
    assert first_bytes(tmp_path / "a", 5) == b"PGDMP"
    with pytest.raises(BackupError, match="No such file"):
        first_bytes(tmp_path / "b", 5)
