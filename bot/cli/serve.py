"""`countersign serve`: the server."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer
from rich.text import Text

from bot.cli.console import err
from bot.cli.failures import CommandError
from bot.cli.lesson import lesson
from bot.cli.masking import without_password
from bot.logs import configure_logging
from bot.settings import Settings, load_settings

HELP = lesson(
    """
Run the server: the REST API, and Slack where its settings are there. `countersign settings` lists them all.

With SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET, Slack calls POST /slack/events; with SLACK_APP_TOKEN it is Socket Mode,
which needs no public address. Without any of them the REST API runs alone. SIGTERM and Ctrl-C finish what was begun.
""",
    ("countersign serve", "on 127.0.0.1:8080, with SQLite in this folder"),
    ("countersign serve --listen 0.0.0.0:8080", "for other machines too"),
    ("countersign serve --database-url postgresql://countersign@db/countersign", "one of several replicas"),
)


def serve(
    listen: Annotated[
        str | None, typer.Option("--listen", metavar="HOST:PORT", help="Instead of COUNTERSIGN_LISTEN.")
    ] = None,
    database_url: Annotated[
        str | None, typer.Option("--database-url", metavar="URL", help="Instead of COUNTERSIGN_DATABASE_URL.")
    ] = None,
) -> None:
    """Run the command."""
    settings = load_settings(listen=listen, database_url=database_url)
    from bot import server  # the whole program: not loaded for `--help`

    configure_logging(settings.log_format, settings.log_level)
    if settings.log_format == "console" and err().is_terminal:
        for name, what in what_is_on(settings):
            err().print(Text.assemble((f"{name:<10}", "bold"), what), soft_wrap=True)
    try:
        asyncio.run(server.serve(settings))
    except OSError as error:
        hint = "Is another server running? Choose another address with --listen or COUNTERSIGN_LISTEN."
        raise CommandError(f"Cannot listen on {settings.listen}: {error.strerror or error}", hint) from error


def what_is_on(settings: Settings) -> list[tuple[str, str]]:
    """What this server is going to do, and why not more."""
    base = f"http://{settings.listen}"
    return [
        ("Database", without_password(settings.database_url)),
        ("REST", f"{base}/api/v1 (documentation at {base}/api/v1/docs)"),
        ("Slack", _slack(settings)),
        (
            "Signing",
            settings.signing_key or f"a development key in {settings.development_key_file}: not for production",
        ),
        ("Pipeline", settings.deploy_webhook_url or "is not told of decisions (no COUNTERSIGN_DEPLOY_WEBHOOK_URL)"),
    ]


def _slack(settings: Settings) -> str:
    if not settings.uses_slack:
        return "off: no SLACK_BOT_TOKEN"
    ways = []
    if settings.installs:
        ways.append(f"to be installed at {settings.public_url}/slack/install")
    if settings.slack_signing_secret.get_secret_value():
        ways.append("by HTTP at POST /slack/events")
    if settings.slack_app_token.get_secret_value():
        ways.append("by Socket Mode")
    return " and ".join(ways)
