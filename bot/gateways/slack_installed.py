"""The workspaces that have installed us: a client for each, with its tokens kept fresh.

What is in the database counts; it is looked at again every few seconds, so that what another replica did is seen here.
A rotated token is renewed well before it ends, by whoever holds the lease, and stored only where the tokens are still
the ones that were renewed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from slack_sdk.errors import SlackApiError

from bot.gateways.sealing import Seal, SealError
from bot.gateways.slack_channels import SlackChannels
from bot.gateways.slack_client import NOT_LET_IN, DisconnectedError, NotNowError, SlackClient, slack_error
from bot.gateways.slack_oauth import SlackOAuth, Tokens, UnusableGrantError
from bot.gateways.slack_workspaces import Workspace
from core.app.installations import Installation
from core.app.installing import Installing
from core.app.ports import Ports
from core.domain.people import SYSTEM_REF, Actor

LOOK_AGAIN = timedelta(seconds=2)
AHEAD = timedelta(hours=2)
"""How long before their end tokens are renewed; Slack's live for twelve hours."""
LEAST = timedelta(minutes=1)
"""A token that ends sooner is not used any more."""
ORGANISATION_AGAIN = timedelta(minutes=1)
_LEASE = timedelta(seconds=30)
_log = structlog.get_logger(__name__)

MakeClient = Callable[[str, str], SlackClient]
"""A client for a token, called by the id of its workspace."""


class InstalledWorkspaces:
    """`Installed` of `bot.gateways.slack_workspaces`. `vouching` are workspaces whose e-mail addresses are believed."""

    def __init__(
        self,
        ports: Ports,
        seal: Seal,
        oauth: SlackOAuth,
        make_client: MakeClient,
        vouching: frozenset[str] = frozenset(),
    ) -> None:
        self._ports = ports
        self._installing = Installing(ports)
        self._seal = seal
        self._oauth = oauth
        self._make_client = make_client
        self._holder = ports.new_secret()
        self.vouching = vouching
        self._known: dict[str, Installation] = {}
        self._rows: dict[str, Installation] = {}
        self._look_again_at: datetime | None = None
        self._clients: dict[str, tuple[str, SlackClient]] = {}
        self._workspaces: dict[tuple[str, str], Workspace] = {}
        self._teams: dict[str, tuple[datetime, frozenset[str]]] = {}

    async def find(self, team: str, enterprise: str = "") -> Workspace | None:
        """The workspace with that id; see `Installed`. Raises SealError, NotNowError."""
        row = await self._row(team, enterprise)
        return await self._workspace(row, team) if row else None

    async def admits(self, team: str, enterprise: str = "") -> bool:
        """Whether it is installed there; people are listened to even while we cannot speak to them."""
        return await self._row(team, enterprise) is not None

    async def teams(self) -> tuple[str, ...]:
        """The workspaces that are known, open and closed, with those of organisations in place of these."""
        await self._open()
        found: list[str] = []
        for row in self._known.values():
            found += sorted(await self._teams_of(row)) if row.is_org_wide and row.is_open else [row.team]
        return tuple(found)

    async def renew_due(self) -> None:
        """Renew the tokens that end before long, and see that all can be used."""
        for row in (await self._open()).values():
            try:
                ends_soon = _ends_within(row, AHEAD, self._ports.clock())
                await self._workspace(await self._renewed(row) if ends_soon else row, row.team)
            except (SealError, NotNowError) as error:
                _log.warning("a workspace cannot be entered", workspace=row.team, problem=str(error))

    async def _row(self, team: str, enterprise: str) -> Installation | None:
        rows = await self._open()
        row = rows.get(team) or rows.get(enterprise) or _of_organisation(rows, team)
        return row or (await self._organisation_with(rows, team) if team.startswith("T") else None)

    async def doubt(self, team: str, enterprise: str, reason: str) -> bool:
        """Slack says that a token works no more. Such news may be old, so Slack is asked before it is believed."""
        rows = await self._open()
        row = rows.get(team) or rows.get(enterprise)
        if row is None:
            return False
        try:
            workspace = await self._workspace(row, row.team)
            await workspace.client.auth_test()
        except DisconnectedError:
            await self._installing.close(Actor(SYSTEM_REF, "slack"), row.team, reason)
            self.look_again()
        except Exception as error:
            # It cannot be asked now; whatever calls it next finds out.
            _log.warning("a workspace cannot be asked", workspace=row.team, error=type(error).__name__)
        return True

    def look_again(self) -> None:
        """Something has changed in the database."""
        self._look_again_at = None

    async def _open(self) -> dict[str, Installation]:
        now = self._ports.clock()
        if self._look_again_at is None or now >= self._look_again_at:
            rows = await self._ports.transactions.read(lambda store: store.installations.all())
            self._known = {row.team: row for row in rows}
            self._rows = {row.team: row for row in rows if row.is_open}
            self._look_again_at = now + LOOK_AGAIN
            for team in self._clients.keys() - self._rows.keys():
                self._forget(team)
        return self._rows

    async def _workspace(self, row: Installation, team: str) -> Workspace:
        if _ends_within(row, LEAST, self._ports.clock()):
            row = await self._renewed(row)
        client = self._client(row)
        known = self._workspaces.get((row.team, team))
        if known is None or known.client is not client:
            team_arg = team if row.is_org_wide and team != row.team else None
            vouches = bool({row.team, team} & self.vouching)
            channels = SlackChannels(client, team_arg)
            known = Workspace(team, client, channels, row.enterprise, vouches, team_arg)
            self._workspaces[row.team, team] = known
        return known

    def _client(self, row: Installation) -> SlackClient:
        """The client of an installation, with the token that is stored now. Raises SealError."""
        before, client = self._clients.get(row.team, ("", None))
        if client is not None and before == row.sealed:
            return client
        token = opened(self._seal, row).access
        if client is None:
            client = self._make_client(token, row.team)
        else:
            client.use(token)
        self._clients[row.team] = (row.sealed, client)
        return client

    def _forget(self, team: str) -> None:
        _, client = self._clients.pop(team)
        client.gone()
        self._workspaces = {key: each for key, each in self._workspaces.items() if key[0] != team}

    async def _renewed(self, row: Installation) -> Installation:
        """The installation with the next tokens, by us or by whoever holds the lease.

        While another is at it, or where it does not work out, the present token does as long as it lives.
        Raises NotNowError where it does not, SealError.
        """
        now = self._ports.clock()
        lease = f"slack token {row.team}"

        def take(until: datetime) -> Callable[..., bool]:
            return lambda store: store.leases.take(lease, self._holder, now, until)

        if not await self._ports.transactions.write(take(now + _LEASE)):
            return self._still_good(row, "another replica renews the token")
        try:
            return await self._renew(row, now)
        except SlackApiError as error:
            return self._still_good(row, slack_error(error))
        except (OSError, TimeoutError, UnusableGrantError) as error:
            return self._still_good(row, type(error).__name__)
        finally:
            await self._ports.transactions.write(take(now))

    async def _renew(self, row: Installation, now: datetime) -> Installation:
        fresh = await self._ports.transactions.read(lambda store: store.installations.get(row.team))
        if fresh is None or fresh.sealed != row.sealed:
            self.look_again()
            return (await self._open()).get(row.team, row)
        next_ones = await self._oauth.refresh(opened(self._seal, row).refresh, now)
        renewed = replace(row, sealed=sealed(self._seal, row.team, next_ones), expires_at=next_ones.expires_at)
        await self._ports.transactions.write(lambda store: store.installations.change(row, renewed))
        self._rows[row.team] = renewed
        self._client(renewed)
        _log.info("a token was renewed", workspace=row.team)
        return renewed

    def _still_good(self, row: Installation, problem: str) -> Installation:
        now = self._ports.clock()
        if row.expires_at is not None and row.expires_at <= now:
            if problem in NOT_LET_IN | {"invalid_refresh_token"}:
                raise self._client(row).lost(problem)
            raise NotNowError(f"The token of {row.team} has ended: {problem}", now + timedelta(seconds=2))
        _log.warning("a token is not renewed yet", workspace=row.team, problem=problem)
        return row

    async def _organisation_with(self, rows: dict[str, Installation], team: str) -> Installation | None:
        for row in rows.values():
            if row.is_org_wide and team in await self._teams_of(row):
                return row
        return None

    async def _teams_of(self, row: Installation) -> frozenset[str]:
        """The workspaces of an organisation that we were let into, as Slack said lately."""
        now = self._ports.clock()
        asked, teams = self._teams.get(row.team, (None, frozenset[str]()))
        if asked is not None and now < asked + ORGANISATION_AGAIN:
            return teams
        try:
            workspace = await self._workspace(row, row.team)
            answer = await workspace.client.auth_teams_list(limit=1000)
            teams = frozenset(str(each["id"]) for each in answer["teams"])
        except Exception as error:  # what was known stays; it is asked again before long
            _log.warning("an organisation's workspaces are not known", team=row.team, error=type(error).__name__)
        self._teams[row.team] = (now, teams)
        return teams


def sealed(seal: Seal, team: str, tokens: Tokens) -> str:
    """Tokens as they are stored."""
    return seal.close(team, {"access": tokens.access, "refresh": tokens.refresh})


def opened(seal: Seal, row: Installation) -> Tokens:
    """The stored tokens. Raises SealError."""
    content = seal.open(row.team, row.sealed)
    return Tokens(str(content["access"]), str(content["refresh"]), row.expires_at)


def _of_organisation(rows: dict[str, Installation], team: str) -> Installation | None:
    """For an account of an organisation, any workspace of it will do."""
    return next((row for row in rows.values() if team.startswith("E") and row.enterprise == team), None)


def _ends_within(row: Installation, time: timedelta, now: datetime) -> bool:
    return row.expires_at is not None and row.expires_at - now < time
