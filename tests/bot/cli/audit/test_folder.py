from __future__ import annotations

import errno
import hashlib
from pathlib import Path
from typing import BinaryIO

import pytest

from bot.cli.audit.folder import SUMS, Folder, Growing
from bot.cli.failures import CommandError


def test_it_appears_when_it_is_whole_with_the_digests_of_all_files(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "export"
    with Folder(target) as folder:
        folder.write("packets/a.json", b"{}")
        with folder.growing("all.csv") as file:
            file.write(b"1")
            folder.write("keys/k.pem", b"k")
            file.write(b"2")
        assert not target.exists()
    assert (target / "all.csv").read_bytes() == b"12"
    expected = {"packets/a.json": b"{}", "keys/k.pem": b"k", "all.csv": b"12"}
    lines = [f"{hashlib.sha256(content).hexdigest()}  {path}" for path, content in expected.items()]
    assert (target / SUMS).read_text().splitlines() == lines
    assert sorted(each.name for each in target.parent.iterdir()) == ["export"]


def test_nothing_is_left_where_it_fails(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), Folder(tmp_path / "export") as folder:
        folder.write("a", b"a")
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_it_can_be_begun_again(tmp_path: Path) -> None:
    with Folder(tmp_path / "export") as folder:
        folder.write("a", b"a")
        folder.begin()
        folder.write("b", b"b")
    assert sorted(each.name for each in (tmp_path / "export").iterdir()) == [SUMS, "b"]


def test_an_empty_folder_will_do_and_no_other(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with Folder(tmp_path / "empty") as folder:
        folder.write("a", b"a")
    (tmp_path / "file").write_text("")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for taken in ("empty", "file", "link"):
        with pytest.raises(CommandError) as refused:
            Folder(tmp_path / taken)
        assert "is there already" in refused.value.message
    assert (tmp_path / "empty" / "a").read_bytes() == b"a"


def test_what_comes_into_being_meanwhile_is_left_alone(tmp_path: Path) -> None:
    target = tmp_path / "export"
    with pytest.raises(CommandError), Folder(target) as folder:
        folder.write("a", b"a")
        target.mkdir()
        (target / "mine").write_text("mine")
    assert [each.name for each in target.iterdir()] == ["mine"]
    assert [each.name for each in tmp_path.iterdir()] == ["export"]


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandError) as refused, Folder(tmp_path / "file" / "export"):
        pass
    assert "cannot be written" in refused.value.message


def test_a_full_disk_is_said() -> None:
    class Full:
        name = "all.csv"

        def write(self, content: bytes) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    full: BinaryIO = Full()  # type: ignore[assignment]
    with pytest.raises(CommandError) as refused:
        Growing(full).write(b"1")
    assert refused.value.message == "all.csv cannot be written: No space left on device"


def test_a_scratch_file_is_no_part_of_it(tmp_path: Path) -> None:
    with Folder(tmp_path / "export") as folder:
        with folder.scratch() as scratch:
            scratch.write(b"x")
        folder.write("a", b"a")
    assert sorted(each.name for each in (tmp_path / "export").iterdir()) == [SUMS, "a"]
