"""Files of backups: there whole or not at all, for their owner's eyes only, and never in the place of another."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import DomainError

_WITHOUT_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS})
"""What systems say whose files have one name each, such as those of many USB disks and network shares."""


class BackupError(DomainError):
    """A backup was not made, or is not good; `hint` says what to do about it."""

    code = "backup_failed"


@contextmanager
def new_file(file: Path) -> Iterator[Path]:
    """A draft beside `file` to write to; where the block ends well it is on the disk under its name.

    Raises BackupError where `file` exists, at the beginning or by the end, and where it cannot be written.
    """
    if file.exists() or file.is_symlink():
        raise _taken(file)
    try:
        # mkstemp gives mode 0600 from the first moment.
        descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.", suffix=".unfinished")
        os.close(descriptor)
    except OSError as error:
        raise _unwritable(file, error) from error
    draft = Path(name)
    try:
        yield draft
        _flush(draft)
        _put(draft, file)
        _flush(file.parent)
    except FileExistsError as error:
        raise _taken(file) from error
    except OSError as error:
        raise _unwritable(file, error) from error
    finally:
        draft.unlink(missing_ok=True)


def first_bytes(file: Path, count: int) -> bytes:
    """How a file begins, which says what it is. Raises BackupError where it cannot be read."""
    try:
        with file.open("rb") as opened:
            return opened.read(count)
    except OSError as error:
        raise BackupError(f"{file} cannot be read: {error.strerror}", hint="Name a backup.") from error


def _put(draft: Path, file: Path) -> None:
    """Give the draft its name; unlike a rename, neither way replaces anything."""
    try:
        file.hardlink_to(draft)
    except OSError as error:
        if error.errno not in _WITHOUT_LINKS:
            raise
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        draft.replace(file)


def _flush(path: Path) -> None:
    """Have the system write a file's content, or a folder's names, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno != errno.EINVAL or not path.is_dir():  # some systems keep no folders to flush
            raise
    finally:
        os.close(descriptor)


def _taken(file: Path) -> BackupError:
    return BackupError(f"{file} exists", hint="Name another file, or move that one away; nothing is overwritten.")


def _unwritable(file: Path, error: OSError) -> BackupError:
    hint = "Name a file in a folder that you may write and that has room."
    return BackupError(f"{file} cannot be written: {error.strerror}", hint=hint)
