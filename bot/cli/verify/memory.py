"""The last checkpoint that was seen of each log, so that a log that goes back is noticed next time."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bot.cli.failures import CommandError
from core.errors import InvalidError
from core.evidence.log.checkpoints import Checkpoint, checkpoint_of
from core.evidence.log.examination import KnownCheckpoint
from core.evidence.log.notes import parse_note

STATE_VARIABLE = "XDG_STATE_HOME"


def default_folder() -> Path:
    """Where programs of this user keep what they know: `$XDG_STATE_HOME`, or `~/.local/state`."""
    base = os.environ.get(STATE_VARIABLE)
    return (Path(base) if base else Path.home() / ".local" / "state") / "countersign" / "logs"


@dataclass(frozen=True, slots=True)
class Memory:
    """One small file for each log: its newest checkpoint that was found to continue all earlier ones."""

    folder: Path

    def checkpoints(self) -> tuple[KnownCheckpoint, ...]:
        """Everything that was seen. Raises CommandError for a file that says nothing any more."""
        return tuple(_known(file) for file in sorted(self.folder.glob("*.checkpoint")))

    def remember(self, note: str) -> None:
        """Keep a checkpoint. Raises CommandError where the file cannot be written."""
        checkpoint = _read(note.encode())
        file = self.folder / f"{hashlib.sha256(checkpoint.origin.encode()).hexdigest()[:32]}.checkpoint"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            _write(file, note)
        except OSError as error:
            hint = "Name another folder with --state, or do without with --stateless."
            raise CommandError(f"{file} cannot be written: {error.strerror}", hint) from error


def _known(file: Path) -> KnownCheckpoint:
    try:
        checkpoint = _read(file.read_bytes())
    except (OSError, InvalidError) as error:
        hint = "Find out who changed it before you delete it: without it, a log that went back is not noticed."
        raise CommandError(f"{file}, the last checkpoint that was seen, cannot be read: {error}", hint) from error
    return KnownCheckpoint(checkpoint, f"the last one seen ({file.name})")


def _read(note: bytes) -> Checkpoint:
    return checkpoint_of(parse_note(note))


def _write(file: Path, text: str) -> None:
    """Put the file there whole or not at all."""
    descriptor, draft = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        opened.write(text)
    Path(draft).replace(file)
