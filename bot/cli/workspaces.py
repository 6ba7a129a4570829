"""`countersign workspaces`: the Slack workspaces that have installed the app, and who else may."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlencode

import typer
from rich.text import Text

from bot.cli.console import moment, moment_json, out, print_json, table
from bot.cli.durations import duration
from bot.cli.failures import CommandError
from bot.cli.lesson import lesson
from bot.cli.room import inside
from bot.settings import Settings, SettingsError, load_settings
from core.app.installations import Installation
from core.app.installing import INVITE_LIVES, LONGEST_INVITE, Installing
from core.app.ports import Store
from core.domain.people import Actor, SlackAccount

if TYPE_CHECKING:
    from bot.bootstrap import Core
    from bot.gateways.sealing import Seal

app = typer.Typer(no_args_is_help=True, help="List, invite and remove Slack workspaces.")

_JSON = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]
_TEAM = Annotated[str, typer.Argument(metavar="TEAM", help="The workspace's id (T...).", show_default=False)]


@app.command(
    "list",
    help=lesson(
        """
List the workspaces that have installed the app by OAuth, open and closed ones. The workspace of SLACK_BOT_TOKEN needs
no installation and is not among them; `countersign doctor` looks at all.
""",
        ("countersign workspaces list", "a table"),
        ("countersign workspaces list --json | jq -r '.[].team'", "their ids"),
    ),
)
def list_(as_json: _JSON = False) -> None:
    """List workspaces."""

    async def work(core: Core, _actor: Actor) -> tuple[Installation, ...]:
        return await Installing(core.countersign.ports).all()

    found = inside(work)
    if as_json:
        print_json([_listed(each) for each in found])
        return
    if not found:
        out().print("No workspace has installed the app. Make a link with: countersign workspaces invite")
        return
    rows = table("Team", "Name", "Installed", "Token ends", "State")
    for each in found:
        ends = moment(each.expires_at, "never") if each.is_open else ""
        cells = (each.team, each.name, moment(each.installed_at), ends, _state(each))
        rows.add_row(*(Text(cell, style="" if each.is_open else "dim") for cell in cells))
    out().print(rows)


@app.command(
    help=lesson(
        """
Print a link that lets one workspace install the app, once. Give it to somebody who may install apps there. With --team
it works for that workspace alone. Workspaces in COUNTERSIGN_SLACK_TEAMS need none.

Letting a workspace in gives nobody in it a vote: who approves is said in people and groups.
""",
        ("countersign workspaces invite --team T0123ABCD", "a link for that workspace, for an hour"),
        ("countersign workspaces invite --expires 1d", "for whichever uses it first, within a day"),
    )
)
def invite(
    team: Annotated[str, typer.Option("--team", metavar="TEAM", help="For this workspace (T...) alone.")] = "",
    expires: Annotated[
        timedelta | None, typer.Option("--expires", parser=duration, metavar="SPAN", help="How long: 1h unless told.")
    ] = None,
) -> None:
    """Make an install link."""
    from bot.gateways.slack_installer import new_invite  # the network's libraries: not for `--help`

    settings = _installing_settings()
    lives = expires or INVITE_LIVES
    if not timedelta(0) < lives <= LONGEST_INVITE:
        raise CommandError("An install link works for seven days at most", "Give --expires 1d, for example.")
    if team:
        SlackAccount(team, "U0")  # refuses what is no id

    async def work(core: Core, actor: Actor) -> str:
        ports = core.countersign.ports
        until = ports.clock() + lives
        await Installing(ports).invited(actor, team, until)
        return new_invite(_seal(settings), ports.new_secret(), until, team)

    secret = inside(work, settings)
    typer.echo(f"{settings.public_url.rstrip('/')}/slack/install?{urlencode({'invite': secret})}")


@app.command(
    help=lesson(
        """
Forget a workspace: nothing is posted there any more, and nobody in it is listened to. To come back it needs a new
invite, or its place in COUNTERSIGN_SLACK_TEAMS. Remove the app in Slack as well.
""",
        ("countersign workspaces remove T0123ABCD", "the id is in `countersign workspaces list`"),
    )
)
def remove(team: _TEAM) -> None:
    """Remove a workspace."""

    async def work(core: Core, actor: Actor) -> Installation:
        return await Installing(core.countersign.ports).remove(actor, team)

    known = inside(work)
    out().print(f"{known.name} ({known.team}) is removed. Remove the app in Slack as well.", markup=False)


@app.command(
    help=lesson(
        """
Print a new key for COUNTERSIGN_ENCRYPTION_KEY. To change the key, put the new one before the old one with a comma
between, run `countersign workspaces reseal`, and then take the old one away.
""",
        ("echo COUNTERSIGN_ENCRYPTION_KEY=$(countersign workspaces key) >> .env", "for the first time"),
    )
)
def key() -> None:
    """Make an encryption key."""
    from bot.gateways.sealing import new_key

    typer.echo(new_key())


@app.command(
    help=lesson(
        "Encrypt all stored tokens with the first key of COUNTERSIGN_ENCRYPTION_KEY. The others are then not needed.",
        ("countersign workspaces reseal", "after a new key was put before the old one"),
    )
)
def reseal() -> None:
    """Seal everything with the first key."""
    settings = _installing_settings()
    seal = _seal(settings)

    async def work(core: Core, _actor: Actor) -> int:
        def body(store: Store) -> int:
            return sum(_reseal(store, seal, each) for each in store.installations.all() if each.is_open)

        return await core.countersign.ports.transactions.write(body)

    count = inside(work, settings)
    out().print(f"{count} {'workspace was' if count == 1 else 'workspaces were'} sealed with the first key.")


def _reseal(store: Store, seal: Seal, installation: Installation) -> bool:
    from dataclasses import replace

    if seal.is_newest(installation.sealed):
        return False
    return store.installations.change(installation, replace(installation, sealed=seal.renewed(installation.sealed)))


def _installing_settings() -> Settings:
    """The settings, where they are those of an app that can be installed. Raises SettingsError."""
    settings = load_settings()
    if not settings.installs:
        fix = "Set SLACK_CLIENT_ID, SLACK_CLIENT_SECRET, COUNTERSIGN_ENCRYPTION_KEY and COUNTERSIGN_PUBLIC_URL."
        raise SettingsError("SLACK_CLIENT_ID", "is missing, so no workspace can be installed", fix)
    return settings


def _seal(settings: Settings) -> Seal:
    from bot.gateways.sealing import Seal

    return Seal(settings.encryption_key.get_secret_value())


def _state(installation: Installation) -> str:
    if installation.is_open:
        return "open"
    return f"closed ({installation.closed_because}) since {moment(installation.closed_at)}"


def _listed(installation: Installation) -> dict[str, object]:
    def said(at: datetime | None) -> object:
        return moment_json(at)

    return {
        "team": installation.team,
        "name": installation.name,
        "enterprise": installation.enterprise or None,
        "scopes": list(installation.scopes),
        "installedAt": said(installation.installed_at),
        "tokenExpiresAt": said(installation.expires_at),
        "closedAt": said(installation.closed_at),
        "closedBecause": installation.closed_because or None,
    }
