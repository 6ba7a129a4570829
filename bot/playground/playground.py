"""One playground: a workspace, the screens in it, the line to the bot, and the weather. It may have neighbours."""

from __future__ import annotations

import time

from bot.playground.delivery import ACK_SECONDS, RETRY_AFTER, Delivery
from bot.playground.grants import Grants
from bot.playground.hub import Hub
from bot.playground.oauth import NO_CREDENTIALS, AppCredentials, OAuth
from bot.playground.passes import Clock, ResponseUrls, Triggers
from bot.playground.payloads import Payloads
from bot.playground.screens import Screens
from bot.playground.seed import WorkspaceSeed
from bot.playground.weather import Weather
from bot.playground.workflows import Workflows
from bot.playground.workspace import Workspace


class Playground:
    """All parts of a small Slack, put together.

    `bot_url` is the bot's request URL (`http://127.0.0.1:8080/slack/events`); `signing_secret` and `bot_token` are the
    ones the bot is started with; `clock` gives Unix seconds; `retry_after` are the pauses before events are sent again.
    Without a `bot_token` the app is not installed: it comes in by OAuth, with `credentials`. `neighbours` are other
    workspaces of the same app, served along under `/w/TEAM/`; `token_lives` (seconds) has tokens rotated.
    """

    def __init__(
        self,
        seed: WorkspaceSeed,
        *,
        bot_url: str,
        signing_secret: str,
        bot_token: str = "",
        credentials: AppCredentials = NO_CREDENTIALS,
        neighbours: tuple[Playground, ...] = (),
        token_lives: int | None = None,
        clock: Clock = time.time,
        ack_seconds: float = ACK_SECONDS,
        retry_after: tuple[float, ...] = RETRY_AFTER,
    ) -> None:
        self.seed = seed
        self.clock = clock
        self.grants = Grants(bot_token, lives=token_lives)
        self.hub = Hub()
        self.workspace = Workspace(seed, clock, self.hub)
        self.screens = Screens(self.workspace)
        self.triggers = Triggers(clock)
        self.response_urls = ResponseUrls(clock)
        self.weather = Weather(self.hub)
        self.delivery = Delivery(bot_url, signing_secret, clock=clock, ack_seconds=ack_seconds, retry_after=retry_after)
        self.workflows = Workflows(self.workspace, clock, lambda event: self.delivery.event(self.payloads.event(event)))
        self.url = ""
        self.neighbours = neighbours
        self.town = (self, *neighbours)
        self.oauth = OAuth(credentials, self.town)
        for each in neighbours:
            each.town = self.town
        for each in self.town:
            each.hub.neighbours = tuple(other.hub for other in self.town if other is not each)

    def stand_at(self, url: str) -> None:
        """The address at which this and its neighbours are served."""
        self.url = url
        for each in self.neighbours:
            each.url = f"{url}/w/{each.seed.team_id}"

    @property
    def api_url(self) -> str:
        """The Web API's base, for `SLACK_API_URL`; known once the playground is served."""
        return f"{self.url}/api/"

    @property
    def bot_url(self) -> str:
        """The bot's request URL; may be set when the bot starts after the playground."""
        return self.delivery.bot_url

    @bot_url.setter
    def bot_url(self, url: str) -> None:
        for each in (self, *self.neighbours):
            each.delivery.bot_url = url

    @property
    def payloads(self) -> Payloads:
        """The builder of payloads."""
        return Payloads(self.workspace, self.url)
