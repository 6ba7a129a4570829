"""Letting a workspace in by Slack's OAuth: who may begin, and what is believed of whoever comes back.

1. somebody opens the install link; it is ours, for a workspace that may come in, and leads to Slack with a state
2. Slack sends the browser back with the state and a code
3. the state is ours, not too old, from this browser (a cookie), and not used before
4. the code is exchanged for tokens, which say what workspace it is
5. that workspace is listed in COUNTERSIGN_SLACK_TEAMS, or is known, or an invite for it is used up
6. everything is stored in one transaction; the token of a workspace that may not come in is given back

Invites and states are sealed, so that only what has been used must be remembered.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from slack_sdk.errors import SlackApiError

from bot.gateways.sealing import Seal, SealError
from bot.gateways.slack_client import slack_error
from bot.gateways.slack_installed import InstalledWorkspaces, sealed
from bot.gateways.slack_oauth import Grant, SlackOAuth, UnusableGrantError
from core.app.installations import Installation
from core.app.installing import Installing
from core.app.ports import Ports
from core.domain.people import SYSTEM_REF, Actor
from core.errors import ForbiddenError, InvalidError, UnavailableError

STATE_LIVES = timedelta(minutes=10)
_INVITE, _STATE = "an install link", "the way back from Slack"
_AGAIN = "Open the install link again."
_ASK = "Ask an administrator of Countersign for a link, made with `countersign workspaces invite`."
_ACTOR = Actor(SYSTEM_REF, "slack")
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Begun:
    """Where the browser goes, and the secret that it must bring back."""

    address: str
    browser: str


class SlackInstaller:
    """The two steps of an installation. `redirect_uri` is where Slack sends the browser back to."""

    def __init__(
        self, ports: Ports, seal: Seal, oauth: SlackOAuth, installed: InstalledWorkspaces, redirect_uri: str
    ) -> None:
        self._ports = ports
        self._seal = seal
        self._oauth = oauth
        self._installed = installed
        self._redirect_uri = redirect_uri

    async def begin(self, invite: str = "") -> Begun:
        """Somebody wants to install, with an invite or without. Raises InvalidError, ForbiddenError."""
        team, invite_until = "", ""
        now = self._ports.clock()
        if invite:
            content = _pass(self._seal, _INVITE, invite, now)
            team, invite_until = content["team"], content["until"]
        elif not self._installed.vouching and not await self._ports.transactions.read(lambda s: s.installations.all()):
            raise ForbiddenError("Installing takes an invite", hint=_ASK)
        browser = self._ports.new_secret()
        state = {
            "browser": _digest(browser),
            "team": team,
            "invite": _digest(invite) if invite else "",
            "inviteUntil": invite_until,
            "until": (now + STATE_LIVES).isoformat(),
        }
        return Begun(self._oauth.address(self._seal.close(_STATE, state), self._redirect_uri, team), browser)

    async def finish(self, *, state: str, browser: str, code: str, refusal: str = "") -> Installation:
        """Slack has sent the browser back, with a code or with a refusal.

        Raises InvalidError, ForbiddenError, UnavailableError.
        """
        now = self._ports.clock()
        content = _pass(self._seal, _STATE, state, now)
        if not browser or not hmac.compare_digest(_digest(browser), content["browser"]):
            raise InvalidError("This was begun in another browser", field="state", hint=_AGAIN)
        digest, until = _digest(state), datetime.fromisoformat(content["until"])
        if not await self._ports.transactions.write(lambda store: store.installations.spend(digest, until)):
            hint = "If it did not work, open the install link again."
            raise InvalidError("This installation was finished already", field="state", hint=hint)
        if refusal or not code:
            raise InvalidError("Nothing was installed: Slack says that it was not allowed", field="code", hint=_AGAIN)
        grant = await self._exchanged(code, now)
        try:
            return await self._admitted(grant, content, now)
        except ForbiddenError:
            await self._give_back(grant)
            raise

    async def _exchanged(self, code: str, now: datetime) -> Grant:
        try:
            return await self._oauth.exchange(code, self._redirect_uri, now)
        except SlackApiError as error:
            message = f"Slack did not accept the code ({slack_error(error)})"
            raise InvalidError(message, field="code", hint=_AGAIN) from error
        except (OSError, TimeoutError, UnusableGrantError) as error:
            message = f"Slack did not say what the code is for ({type(error).__name__})"
            raise UnavailableError(message, hint=_AGAIN) from error

    async def _admitted(self, grant: Grant, content: Mapping[str, str], now: datetime) -> Installation:
        if content["team"] and content["team"] not in (grant.team, grant.enterprise):
            message = f"The link is for the workspace {content['team']}, and this is {grant.name} ({grant.team})"
            raise ForbiddenError(message, hint="Choose that workspace at the top of Slack's page, or ask for a link.")
        installation = Installation(
            id=self._ports.new_id(),
            team=grant.team,
            name=grant.name[:200],
            enterprise=grant.enterprise,
            bot_user=grant.bot_user,
            scopes=grant.scopes,
            sealed=sealed(self._seal, grant.team, grant.tokens),
            installed_at=now,
            expires_at=grant.tokens.expires_at,
        )
        listed = bool({grant.team, grant.enterprise} & self._installed.vouching)
        invite_until = datetime.fromisoformat(content["inviteUntil"]) if content["inviteUntil"] else now
        await Installing(self._ports).admit(
            _ACTOR, installation, listed=listed, invite=content["invite"], until=invite_until
        )
        self._installed.look_again()
        return installation

    async def _give_back(self, grant: Grant) -> None:
        """Give back the token of a workspace that may not come in: nobody holds what nobody may use."""
        try:
            await self._oauth.revoke(grant.tokens.access)
        except (SlackApiError, OSError, TimeoutError) as error:
            _log.warning("a token could not be given back", workspace=grant.team, error=type(error).__name__)


def new_invite(seal: Seal, nonce: str, until: datetime, team: str = "") -> str:
    """The secret part of an install link that works once, until then, for one workspace or (empty) for any."""
    return seal.close(_INVITE, {"nonce": nonce, "team": team, "until": until.isoformat()})


def _pass(seal: Seal, purpose: str, text: str, now: datetime) -> Mapping[str, str]:
    """What a pass of ours says. Raises InvalidError where it is none, or too old."""
    try:
        content = seal.open(purpose, text)
        until = datetime.fromisoformat(content["until"])
    except (SealError, KeyError, ValueError) as error:
        raise InvalidError(f"That is not {purpose}", hint=_ASK) from error
    if until <= now:
        raise InvalidError("It took too long: the link is no longer valid", hint=_ASK)
    return content


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
