"""`countersign token`: API tokens of people and service accounts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer
from rich.text import Text

from bot.cli.console import Exit, listed, moment, moment_json, out, print_json, table
from bot.cli.durations import duration
from bot.cli.failures import CommandError
from bot.cli.lesson import lesson
from bot.cli.room import inside
from core.app.access import CreateToken, IssuedToken, TokenHolder
from core.app.tokens import Token
from core.domain.people import Actor, Right
from core.errors import NotFoundError

if TYPE_CHECKING:
    from bot.bootstrap import Core

app = typer.Typer(no_args_is_help=True, help="Make, list and revoke API tokens.")

_JSON = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]
_EXPIRES = Annotated[
    timedelta | None,
    typer.Option(
        "--expires", parser=duration, metavar="SPAN", help="How long it is valid: 12h, 90d, 4w; else for good."
    ),
]


@app.command(
    help=lesson(
        """
Make a token and print it, and nothing else, on standard output. It is shown this once; only its hash is stored.

A person's token carries that person's own rights, whatever they are when it is used; --scope narrows them. A service
account's token carries the scopes named; the account is made if it is not there. Programs never vote.

Scopes: reader, requester, publisher (registers releases and scan reports), deployer (reports deployments), admin; for
people also approver, waiver (waives findings) and emergency (lifts freezes).
""",
        ("countersign token create --person alice@example.com --expires 90d", "for Alice's scripts, for 90 days"),
        (
            "countersign token create --service ci --scope requester --scope publisher",
            "for a build pipeline that registers releases and asks for promotions",
        ),
        ("export TOKEN=$(countersign token create --service deployer --scope deployer)", "straight into a variable"),
    )
)
def create(
    person: Annotated[str, typer.Option("--person", metavar="EMAIL", help="The person it is for.")] = "",
    service: Annotated[str, typer.Option("--service", metavar="NAME", help="The service account it is for.")] = "",
    scope: Annotated[
        list[Right] | None, typer.Option("--scope", metavar="SCOPE", help="What it may do; several times for more.")
    ] = None,
    expires: _EXPIRES = None,
    as_json: _JSON = False,
) -> None:
    """Make a token."""
    if bool(person) == bool(service):
        raise CommandError(
            "A token belongs to a person or to a service account", "Give --person EMAIL or --service NAME."
        )
    command = CreateToken(person, service, frozenset(scope or ()), expires)

    async def work(core: Core, actor: Actor) -> IssuedToken:
        try:
            return await core.countersign.access.create_token(actor, command)
        except NotFoundError as error:
            raise CommandError(error.message, "People come from `countersign apply FILE`.", Exit.REFUSED) from error

    issued = inside(work)
    if as_json:
        print_json({"token": issued.text, **_described(issued.token, issued.scopes)})
    else:
        typer.echo(issued.text)


@app.command(
    "list",
    help=lesson(
        "List all tokens, newest first, with their holders and what they may do now. Their texts are stored nowhere.",
        ("countersign token list", "a table"),
        ("countersign token list --json | jq -r '.[] | select(.state == \"valid\") | .holder'", "who holds valid ones"),
    ),
)
def list_(as_json: _JSON = False) -> None:
    """List tokens."""

    async def work(core: Core, _actor: Actor) -> tuple[tuple[TokenHolder, ...], datetime]:
        return await core.countersign.access.tokens(), core.countersign.ports.clock()

    holders, now = inside(work)
    if as_json:
        print_json([_listed(each, now) for each in holders])
        return
    if not holders:
        out().print("There are no tokens. Make one with: countersign token create --help")
        return
    rows = table("Id", "Holder", "May", "Made", "Valid until", "State")
    for each in holders:
        token, state = each.token, _state(each.token, now)
        style = "" if state == "valid" else "dim"
        until = moment(token.expires_at, "for good")
        cells = (str(token.id), each.holder, listed(sorted(each.scopes)), moment(token.created_at), until, state)
        rows.add_row(*(Text(cell, style=style) for cell in cells))
    out().print(rows)


@app.command(
    help=lesson(
        "Close a token for good. Whoever uses it is refused from now on.",
        ("countersign token revoke 1b4e28ba-2fa1-4d2e-883f-0016d3cca427", "the id is in `countersign token list`"),
    )
)
def revoke(token_id: Annotated[UUID, typer.Argument(metavar="ID", help="The token's id.", show_default=False)]) -> None:
    """Revoke a token."""

    async def work(core: Core, actor: Actor) -> None:
        await core.countersign.access.revoke_token(actor, token_id)

    inside(work)
    out().print(f"Token {token_id} is revoked.")


def _state(token: Token, now: datetime) -> str:
    if token.revoked_at is not None:
        return "revoked"
    return "valid" if token.usable_at(now) else "expired"


def _listed(holder: TokenHolder, now: datetime) -> dict[str, object]:
    kind = "person" if holder.token.person_id else "service"
    return {
        **_described(holder.token, holder.scopes),
        "holder": holder.holder,
        "kind": kind,
        "createdAt": moment_json(holder.token.created_at),
        "state": _state(holder.token, now),
    }


def _described(token: Token, scopes: frozenset[Right]) -> dict[str, object]:
    return {"id": str(token.id), "scopes": sorted(scopes), "expiresAt": moment_json(token.expires_at)}
