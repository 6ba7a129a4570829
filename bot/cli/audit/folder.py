"""The folder of an export. It stands under its own name only when it is whole.

Until then it is a hidden one beside it. Every file's digest goes into SHA256SUMS when the file is closed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType
from typing import BinaryIO

from bot.cli.failures import CommandError

SUMS = "SHA256SUMS"


class Growing:
    """A file that is written piece by piece."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._hash = hashlib.sha256()

    def write(self, content: bytes) -> None:
        """Write the next piece. Raises CommandError where the disk does not take it."""
        self._hash.update(content)
        with _explained(self._file.name):
            self._file.write(content)

    @property
    def digest(self) -> str:
        """SHA-256 over everything that was written, in hex."""
        return self._hash.hexdigest()


class Folder:
    """A new folder at `target`, which must not be there yet, or be empty. Raises CommandError."""

    def __init__(self, target: Path) -> None:
        self._target = target.absolute()
        self._draft = self._target.with_name(f".{self._target.name}.{os.getpid()}.partial")
        self._sums: BinaryIO | None = None
        with _explained(target):
            if target.is_symlink() or (target.exists() and (not target.is_dir() or any(target.iterdir()))):
                raise CommandError(f"{target} is there already", "Name a new folder, or an empty one, with --out.")

    def __enter__(self) -> Folder:
        self.begin()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        try:
            self._close()
            if kind is None:
                with _explained(self._target):
                    self._draft.rename(self._target)
        finally:
            shutil.rmtree(self._draft, ignore_errors=True)

    def begin(self) -> None:
        """Have nothing written: at first, and again where all of it has to be written anew."""
        with _explained(self._target):
            self._close()
            shutil.rmtree(self._draft, ignore_errors=True)
            self._draft.mkdir(mode=0o700, parents=True)
            self._sums = (self._draft / SUMS).open("xb")

    def write(self, path: str, content: bytes) -> None:
        """Write a whole file; `path` is of our own making."""
        with self.growing(path) as file:
            file.write(content)

    @contextmanager
    def growing(self, path: str) -> Iterator[Growing]:
        """Write a file piece by piece, and enter it into the list of digests at its end."""
        place = self._draft / path
        with _explained(place):
            place.parent.mkdir(exist_ok=True)
            opened = place.open("xb")
        with closing(opened):
            file = Growing(opened)
            yield file
            with _explained(place):
                opened.flush()
                self._list(f"{file.digest}  {path}\n".encode())

    @contextmanager
    def scratch(self) -> Iterator[BinaryIO]:
        """A file without a name, on the same disk, that is gone afterwards."""
        with _explained(self._draft):
            opened = TemporaryFile(dir=self._draft)  # noqa: SIM115 - closed below
        with closing(opened):
            yield opened

    def _list(self, line: bytes) -> None:
        if self._sums is not None:
            self._sums.write(line)

    def _close(self) -> None:
        if self._sums is not None:
            with _explained(self._draft / SUMS):
                self._sums.close()
            self._sums = None


@contextmanager
def _explained(place: object) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CommandError(f"{place} cannot be written: {error.strerror}", "Name another folder with --out.") from error
