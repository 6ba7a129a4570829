"""The sample log as files in a terminal's folder."""

from __future__ import annotations

from pathlib import Path

from tests.bot.cli.conftest import Terminal
from tests.core.evidence.log.samples import CHECKPOINT, PACKET, files_of, proof_of
from tests.core.evidence.samples import SIGNER


def write_log(folder: Path, files: dict[str, bytes]) -> None:
    """Put a log's files below `folder`, in place of what was there."""
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


def furnish(terminal: Terminal) -> None:
    """A key, the packet, its proof, a checkpoint and the log."""
    terminal.write("key.pem", SIGNER.public_key_pem)
    terminal.write("evidence.json", PACKET.to_file())
    terminal.write("evidence.tlog-proof", proof_of())
    terminal.write("day.checkpoint", CHECKPOINT)
    write_log(terminal.folder / "log", files_of())
