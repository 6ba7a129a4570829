"""The command: run the demo, say where it is and what to try, open the browser, stop on Ctrl-C."""

from __future__ import annotations

import asyncio
import signal
import tempfile
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from bot.cli.console import err, out, table
from bot.cli.failures import CommandError
from bot.cli.lesson import lesson
from bot.logs import configure_logging

if TYPE_CHECKING:
    from bot.cli.demo.running import Demo, DemoPorts

HELP = lesson(
    """
Try everything in your browser: a small Slack with example people, and Countersign behind it, on this machine alone. No
Slack workspace is needed, no real one is met: settings in the environment and in .env are not looked at.

All of it is thrown away at the end, unless --keep names a folder; what is there already is used again.
""",
    ("countersign demo", "start it and open the browser"),
    ("countersign demo --no-browser --port 9000", "print the address only"),
    ("countersign demo --keep ./demo", "keep the database, the key and countersign.yaml in ./demo"),
)

_TRY = (
    ("Alice", "/promote shop-2.3.1 production Fixes the checkout", "then approve it as Bob, and as Carol or Sam"),
    ("Alice", "Approve, on the card of your own request", "separation of duties says no"),
    ("Alice", "/promote shop-2.4.0 production", "three critical vulnerabilities hold it back"),
    ("Alice", "/promote billing-1.9.0 production", "it waits for staging: /promote billing-1.9.0 staging"),
    ("Alice", "/promote shop-2.3.1 vault", "a change board is asked, and a checklist waits for Sam and Bob"),
    ("Bob", "/approvals", "search-1.2.0 waits for you"),
    ("Olga", "/promote", "Countersign does not know her"),
    ("Dora", "/promote shop-2.3.1 production-eu", "in Example Shop EU (top left); then approve as Bob, in either one"),
)


def demo(
    keep: Annotated[Path | None, typer.Option("--keep", metavar="DIR", help="Keep everything in this folder.")] = None,
    port: Annotated[int | None, typer.Option("--port", min=1, max=65535, help="The playground's port.")] = None,
    api_port: Annotated[int | None, typer.Option("--api-port", min=1, max=65535, help="The REST API's port.")] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the playground in the browser.")] = True,
) -> None:
    """Run the command."""
    from bot.cli.demo.running import DemoPorts  # the whole program: not loaded for `--help`

    configure_logging("console", "WARNING")
    with _folder(keep) as folder:
        try:
            asyncio.run(_run(folder, DemoPorts(port, api_port), kept=keep is not None, browser=browser))
        except OSError as error:
            hint = "Choose other ports with --port and --api-port, or leave them out."
            raise CommandError(f"The demo cannot start: {error.strerror or error}", hint) from error
    err().print("Stopped." if keep is None else f"Stopped. Everything is kept in {keep}.", soft_wrap=True)


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is None:
        with tempfile.TemporaryDirectory(prefix="countersign-demo-") as folder:
            yield Path(folder)
        return
    try:
        keep.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(f"{keep} cannot be made: {error.strerror}", "Name another folder with --keep.") from error
    yield keep


async def _run(folder: Path, ports: DemoPorts, *, kept: bool, browser: bool) -> None:
    from bot.cli.demo.running import running

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    status = err().status("Furnishing the example world ...")
    status.start()
    try:
        async with running(folder, ports) as started:
            status.stop()
            welcome(out(), started, kept=kept)
            if browser:
                await asyncio.to_thread(webbrowser.open, started.playground_url)
            await stop.wait()
    finally:
        status.stop()


def welcome(console: Console, demo: Demo, *, kept: bool) -> None:
    """Say where everything is, and what to try first."""
    lines = (
        ("Playground", demo.playground_url),
        ("REST API", f"{demo.api_url}/api/v1  (documentation: {demo.api_url}/api/v1/docs)"),
        *((f"Token of {name}", token) for name, token in demo.tokens.items()),
        ("Files", f"{demo.folder}{'' if kept else '  (thrown away at the end)'}"),
    )
    width = max(len(name) for name, _ in lines)
    console.print()
    for name, what in lines:
        console.print(Text.assemble((name.ljust(width), "bold"), "  ", (what, "cyan")), soft_wrap=True)
    console.print()
    rows = table("As", "Try", "And see")
    for who, what, then in _TRY:
        rows.add_row(who, Text(what, style="green"), then)
    console.print(rows)
    console.print(Text("\nBy REST", style="bold"))
    console.print(Text(f"  {_curl(demo)}", style="green"), soft_wrap=True)
    console.print("\nAn example pipeline deploys what is approved after some seconds. Ctrl-C stops the demo.\n")


def _curl(demo: Demo) -> str:
    return f'curl -H "Authorization: Bearer {demo.tokens["bob"]}" {demo.api_url}/api/v1/my/pending-approvals'
