"""The `countersign` command: one module for each group of commands, put together here."""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated

import typer

from bot.cli import (
    apply,
    backup,
    evidence,
    freeze,
    gates,
    kev,
    key,
    log,
    migrate,
    replay,
    scan,
    serve,
    settings,
    token,
    vex,
    workspaces,
)
from bot.cli.audit import command as audit
from bot.cli.demo import command as demo
from bot.cli.doctor import command as doctor
from bot.cli.failures import Commands
from bot.cli.lesson import lesson
from bot.cli.verify import command as verify

app = typer.Typer(
    name="countersign",
    cls=Commands,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_show_locals=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help=lesson(
        """
Release promotions in Slack: gates, separation of duties, and signed evidence of every decision.

Exit codes: 0 fine, 1 refused or a check failed, 2 wrong usage or settings. Colours go with NO_COLOR or a pipe.
""",
        ("countersign demo", "try it in your browser, without a Slack workspace"),
        ("countersign doctor", "check settings, database and Slack"),
        ("countersign serve", "run the server"),
    ),
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"countersign {version('countersign-bot')}")
        raise typer.Exit


@app.callback()
def countersign(
    show_version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    """Options of all commands."""


app.command("demo", help=demo.HELP)(demo.demo)
app.command("serve", help=serve.HELP)(serve.serve)
app.command("migrate", help=migrate.HELP)(migrate.migrate)
app.command("apply", help=apply.HELP)(apply.apply)
app.command("backup", help=backup.BACKUP_HELP)(backup.backup)
app.command("restore", help=backup.RESTORE_HELP)(backup.restore)
app.add_typer(scan.app, name="scan")
app.add_typer(vex.app, name="vex")
app.add_typer(kev.app, name="kev")
app.add_typer(freeze.app, name="freeze")
app.add_typer(token.app, name="token")
app.add_typer(key.app, name="key")
app.add_typer(workspaces.app, name="workspaces")
app.add_typer(log.app, name="log")
app.add_typer(evidence.app, name="evidence")
app.add_typer(audit.app, name="audit")
app.command("verify", help=verify.HELP)(verify.verify)
app.command("replay", help=replay.HELP)(replay.replay)
app.command("gates", help=gates.HELP)(gates.gates)
app.command("doctor", help=doctor.HELP)(doctor.doctor)
app.command("settings", help=settings.HELP)(settings.settings)
