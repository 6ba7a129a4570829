"""`countersign log`: the transparency log as files, for auditors and witnesses."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer
from rich.progress import Progress

from bot.cli.console import err, out, print_json
from bot.cli.failures import CommandError
from bot.cli.lesson import lesson
from bot.cli.room import inside
from core.domain.people import Actor
from core.evidence.log.tiles import bundles_of, tiles_of
from core.evidence.log.whole import CHECKPOINT_FILE, TILES_FOLDER

if TYPE_CHECKING:
    from bot.bootstrap import Core
    from core.app.proving import Published

app = typer.Typer(no_args_is_help=True, help="The transparency log: export it, prove what is in it, name its keys.")

_JSON = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]


@app.command(
    help=lesson(
        """
Write the whole log into a folder: the signed checkpoint, tiles of hashes, and entries, as c2sp.org/tlog-tiles has
them. Any web server can serve the folder as it is. Exporting again into it brings it up to date; whole tiles that are
there already are left alone. Then `countersign verify --log DIR` checks all of it, without a network.
""",
        ("countersign log export log/", "write it, or bring it up to date"),
    )
)
def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where to write it.", show_default=False)],
    as_json: _JSON = False,
) -> None:
    """Export the log."""
    published = inside(lambda core, actor: _exported(core, actor, folder))
    checkpoint = published.checkpoint
    if as_json:
        print_json(
            {
                "folder": str(folder),
                "origin": checkpoint.origin,
                "treeSize": checkpoint.size,
                "rootHash": checkpoint.root_text,
            }
        )
        return
    out().print(f"Wrote {checkpoint.size} entries of {checkpoint.origin} to {folder}.", soft_wrap=True)
    out().print(f"Root hash {checkpoint.root_text}", soft_wrap=True)


@app.command(
    help=lesson(
        """
Write the proof that a decision is in the log, as a file that stands for itself (c2sp.org/tlog-proof). Keep it beside
the evidence packet; `countersign verify` takes both.
""",
        ("countersign log proof 3f0c2c5e-8d0e-4b53-9d9e-5f1f6c2a7b10 > evidence.tlog-proof", "by the promotion's id"),
    )
)
def proof(
    promotion: Annotated[UUID, typer.Argument(metavar="PROMOTION", help="The promotion's id.", show_default=False)],
) -> None:
    """Prove that a decision is in the log."""

    async def work(core: Core, actor: Actor) -> bytes:
        return (await core.countersign.proving.inclusion(actor, promotion_id=promotion)).file

    typer.echo(inside(work).decode(), nl=False)


@app.command(
    help=lesson(
        """
Print the signed checkpoint of the log: its name, its size and its root hash. Whoever keeps it can show later that the
log is still the same.
""",
        ("countersign log checkpoint > monday.checkpoint", "keep it where nobody of yours can change it"),
        ("countersign verify --log log/ --checkpoint monday.checkpoint", "and hold the log against it"),
    )
)
def checkpoint() -> None:
    """Print the checkpoint."""

    async def work(core: Core, _actor: Actor) -> str:
        return (await core.countersign.proving.checkpoint()).text

    typer.echo(inside(work), nl=False)


@app.command(
    help=lesson(
        """
Print the public keys that sign checkpoints in the form that tools for signed notes take (NAME+ID+KEY, ECDSA P-256),
one a line, the oldest first. The same keys sign evidence: `countersign key export` has them in PEM and as JWKS.
""",
        ("countersign log keys", "for a witness to follow the log"),
    )
)
def keys() -> None:
    """Print the log's keys."""

    async def work(core: Core, _actor: Actor) -> tuple[str, ...]:
        return await core.countersign.proving.verifier_keys()

    for each in inside(work):
        typer.echo(each)


@dataclass(frozen=True, slots=True)
class _Part:
    """A file of the log: where it goes, whether it can ever change, and how it is had."""

    path: str
    is_final: bool
    content: Callable[[], Awaitable[bytes]]


async def _exported(core: Core, actor: Actor, folder: Path) -> Published:
    """Write entries and tiles first and the checkpoint last, so that it never speaks of what is not there."""
    proving = core.countersign.proving
    published = await proving.checkpoint()
    size = published.checkpoint.size
    _require_same(folder, published.checkpoint.origin)
    parts = [
        *(
            _Part(each.path, each.is_full, partial(proving.entries, actor, each.path.removeprefix("entries/")))
            for each in bundles_of(size)
        ),
        *(_Part(each.path, each.is_full, partial(proving.tile, each.path)) for each in tiles_of(size)),
    ]
    with Progress(console=err(), transient=True, disable=len(parts) < 20) as progress:
        for part in progress.track(parts, description="Exporting"):
            file = folder / TILES_FOLDER / part.path
            if not (part.is_final and file.exists()):
                _write(file, await part.content())
    _write(folder / CHECKPOINT_FILE, published.text.encode())
    return published


def _require_same(folder: Path, origin: str) -> None:
    """Raise CommandError where the folder holds another log: the two must not get mixed up."""
    file = folder / CHECKPOINT_FILE
    if file.exists() and file.read_text(encoding="utf-8").partition("\n")[0] != origin:
        raise CommandError(f"{folder} holds another log than {origin}", "Name another folder.")


def _write(file: Path, content: bytes) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_name(f".{file.name}.new")
        draft.write_bytes(content)
        draft.replace(file)
    except OSError as error:
        raise CommandError(f"{file} cannot be written: {error.strerror}", "Name one that you may write.") from error
