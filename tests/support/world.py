"""The whole product with a small Slack around it, for journeys through the front doors.

    async with world(database_url) as w:
        await w.slack.command("alice", "#releases", "/promote", "shop-1.4.0 production")
        card = await w.slack.message("#releases", "shop-1.4.0")
        answer = await w.rest("bob", "GET", "/my/pending-approvals")

Alice requests and is a release manager too; Bob and Carol are release managers; Sam is in the SRE team; Olga is in
the workspace and unknown to the product. Production takes releases from staging, asks for two approvals and has the
gates for scans, freezes and sequence; in staging gates alone decide. `ci` is a service account that registers and
deploys.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import ClientSession

from bot.bootstrap import Application, build
from bot.cli.demo.workflows import FUNCTIONS, WORKFLOWS
from bot.cli.demo.workspace import SHORTCUTS
from bot.db.schema import migrate
from bot.gateways.key_files import create_key_file
from bot.listening import listening
from bot.playground.delivery import ACK_SECONDS
from bot.playground.driver import Driver
from bot.playground.oauth import AppCredentials
from bot.playground.playground import Playground
from bot.playground.seed import ChannelSeed, PersonSeed, SlashCommandSeed, UsergroupSeed, WorkspaceSeed
from bot.playground.server import serve
from bot.settings import Address, Settings, load_settings
from bot.slack.ids import EventName
from core.app.access import CreateToken
from core.app.drafts import EnvironmentDraft, GroupDraft, PersonDraft, PolicyDraft, ReleaseDraft, ScanDraft
from core.app.ports import Clock
from core.domain.environment import Environment
from core.domain.people import SYSTEM, Person, Right, SlackAccount
from core.domain.release import Artifact, Release
from tests.support.ports import unused_port

TEAM = "T00000001"
CHANNEL = "#releases"
CHANNEL_ID = "C01"
BOT_TOKEN = "xoxb-test"
SIGNING_SECRET = "signing-secret"
OAUTH_APP = AppCredentials("12.34", "client-secret")
ENCRYPTION_KEY = "A" * 42 + "E="
GATE_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
PEOPLE = {
    "alice": ("U01", "Alice Requester"),
    "bob": ("U02", "Bob Approver"),
    "carol": ("U03", "Carol Approver"),
    "sam": ("U04", "Sam Reliable"),
    "olga": ("U05", "Olga Outsider"),
}
GATES: dict[str, dict[str, Any]] = {
    "security-gate": {"maxCritical": 0, "maxHigh": 5},
    "freeze-window-gate": {},
    "sequence-gate": {},
}


class ShiftedClock:
    """The real time, moved forward by as much as a test wants."""

    def __init__(self) -> None:
        self.shift = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.shift

    def unix(self) -> float:
        """The same in Unix seconds."""
        return time.time() + self.shift.total_seconds()


@dataclass
class Answer:
    """What REST answered."""

    status: int
    body: Any
    headers: dict[str, str]


@dataclass
class Product:
    """The product behind its REST door, with people, environments and tokens."""

    app: Application
    clock: ShiftedClock
    url: str
    session: ClientSession
    people: dict[str, Person] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    staging: Environment = field(init=False)
    production: Environment = field(init=False)

    async def rest(
        self, who: str, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """Call the REST API as a person by handle, or as `ci`; an empty `who` brings no token."""
        sent = {"Authorization": f"Bearer {self.tokens[who]}"} if who else {}
        sent |= headers or {}
        async with self.session.request(method, f"{self.url}/api/v1{path}", json=body, headers=sent) as answer:
            raw = await answer.read()
            is_json = "json" in answer.content_type
            return Answer(answer.status, await answer.json() if raw and is_json else raw, dict(answer.headers))

    async def release(self, version: str, *, critical: int = 0, high: int = 0, in_staging: bool = True) -> Release:
        """A scanned release of the shop, deployed in staging unless told otherwise."""
        releasing = self.app.core.countersign.releasing
        digest = "sha256:" + version.encode().hex().ljust(64, "0")[:64]
        draft = ReleaseDraft("shop", version, artifacts=(Artifact("shop", digest),))
        release = await releasing.register(SYSTEM, draft)
        await releasing.submit_scan(SYSTEM, ScanDraft(release.id, "trivy", critical=critical, high=high))
        if in_staging:
            await self.deploy_to_staging(release)
        return release

    async def deploy_to_staging(self, release: Release) -> None:
        """Promote to staging, where gates alone decide, and report it deployed."""
        wanted = {"releaseId": str(release.id), "targetEnvironmentId": str(self.staging.id)}
        asked = await self.rest("ci", "POST", "/promotions", wanted, {"Prefer": "wait=5"})
        assert asked.status == 201, asked.body
        assert asked.body["status"] == "approved", asked.body
        for status in ("deploying", "deployed"):
            path = f"/promotions/{asked.body['id']}/deployment"
            told = await self.rest("ci", "POST", path, {"status": status})
            assert told.status == 200, told.body


@dataclass
class World(Product):
    """The product and the Slack around it: everything a journey needs in its hands."""

    slack: Driver = field(kw_only=True)


@asynccontextmanager
async def world(
    database_url: str,
    folder: Path,
    *,
    seed: WorkspaceSeed | None = None,
    ack_seconds: float = ACK_SECONDS,
    clock: ShiftedClock | None = None,
    neighbours: tuple[Playground, ...] = (),
) -> AsyncIterator[World]:
    """Start the product on a database, with its Slack, its people and its environments.

    `neighbours` are other workspaces that may install the product; they share `clock`.
    """
    clock = clock or ShiftedClock()
    ground = Playground(
        seed or workspace(),
        bot_url="",
        signing_secret=SIGNING_SECRET,
        bot_token=BOT_TOKEN,
        clock=clock.unix,
        credentials=OAUTH_APP,
        neighbours=neighbours,
        ack_seconds=ack_seconds,
    )
    accounts = {handle: SlackAccount(TEAM, user) for handle, (user, _) in PEOPLE.items()}
    port = unused_port() if neighbours else 0
    async with (
        serve(ground),
        _served(settings(database_url, folder, ground.api_url, port=port), clock, port) as (app, url, session),
    ):
        ground.bot_url = f"{url}/slack/events"
        made = World(app, clock, url, session, slack=Driver(ground))
        await _settle(made, accounts)
        yield made


@asynccontextmanager
async def product(
    database_url: str, folder: Path, slack_api_url: str, accounts: Mapping[str, SlackAccount]
) -> AsyncIterator[Product]:
    """Start the product against any Slack; `accounts` says who is who there, by handle."""
    clock = ShiftedClock()
    async with _served(settings(database_url, folder, slack_api_url), clock) as (app, url, session):
        made = Product(app, clock, url, session)
        await _settle(made, accounts)
        yield made


@asynccontextmanager
async def _served(
    configured: Settings, clock: Clock, port: int = 0
) -> AsyncIterator[tuple[Application, str, ClientSession]]:
    await migrate(configured.database_url)
    async with (
        ClientSession() as session,
        build(configured, clock=clock) as app,
        listening(app.web, Address("127.0.0.1", port)) as address,
    ):
        yield app, f"http://127.0.0.1:{address.port}", session


def settings(database_url: str, folder: Path, slack_api_url: str, *, port: int = 0) -> Settings:
    """Settings for a database and a Slack, with a signing key of their own.

    With a `port`, other workspaces may install what is served there.
    """
    installing: dict[str, Any] = {
        "slack_client_id": OAUTH_APP.client_id,
        "slack_client_secret": OAUTH_APP.client_secret,
        "encryption_key": ENCRYPTION_KEY,
        "public_url": f"http://127.0.0.1:{port}",
    }
    key = folder / "signing-key.pem"
    if not key.exists():
        create_key_file(key)
    return load_settings(
        database_url=database_url,
        signing_key=str(key),
        slack_api_url=slack_api_url,
        slack_bot_token=BOT_TOKEN,
        slack_signing_secret=SIGNING_SECRET,
        outbound_networks="127.0.0.0/8",
        rate_limit=0,
        **(installing if port else {}),
        gate_webhook_secret=GATE_SECRET,
    )


def program_environment(database_url: str, folder: Path, slack_api_url: str, port: int) -> dict[str, str]:
    """The same settings for a program of its own that listens on `port`."""
    return {
        "COUNTERSIGN_DATABASE_URL": database_url,
        "COUNTERSIGN_LISTEN": f"127.0.0.1:{port}",
        "COUNTERSIGN_SIGNING_KEY": str(folder / "signing-key.pem"),
        "SLACK_API_URL": slack_api_url,
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_SIGNING_SECRET": SIGNING_SECRET,
    }


def workspace() -> WorkspaceSeed:
    """The Slack around the product."""
    people = tuple(
        PersonSeed(user, handle, name, email=f"{handle}@example.com") for handle, (user, name) in PEOPLE.items()
    )
    commands = tuple(SlashCommandSeed(name) for name in ("/promote", "/promotions", "/approvals"))
    channels = (ChannelSeed(CHANNEL_ID, "releases"), ChannelSeed("C02", "random"))
    return WorkspaceSeed(
        people,
        channels,
        team_id=TEAM,
        team_name="Example Shop",
        bot_name="countersign",
        bot_display_name="Countersign",
        commands=commands,
        shortcuts=SHORTCUTS,
        events=tuple(EventName),
        functions=FUNCTIONS,
        workflows=WORKFLOWS,
        usergroups=(UsergroupSeed("S01", "sres", "SREs", ("U04",)),),
    )


async def _settle(made: Product, accounts: Mapping[str, SlackAccount]) -> None:
    """Create people, groups, environments, policies and tokens."""
    admin, access = made.app.core.countersign.administering, made.app.core.countersign.access
    for handle, (_, name) in PEOPLE.items():
        if handle == "olga":
            continue
        roles = frozenset({Right.REQUESTER}) if handle == "alice" else frozenset[Right]()
        draft = PersonDraft(f"{handle}@example.com", name, roles, (accounts[handle],))
        made.people[handle] = await admin.create_person(SYSTEM, draft)
        made.tokens[handle] = (await access.create_token(SYSTEM, CreateToken(person_email=draft.email))).text
    rights = frozenset({Right.REQUESTER, Right.PUBLISHER, Right.DEPLOYER})
    made.tokens["ci"] = (await access.create_token(SYSTEM, CreateToken(service_name="ci", scopes=rights))).text
    admins = CreateToken(service_name="terraform", scopes=frozenset({Right.ADMIN}))
    made.tokens["admin"] = (await access.create_token(SYSTEM, admins)).text
    managers = tuple(f"{handle}@example.com" for handle in ("alice", "bob", "carol"))
    await admin.create_group(SYSTEM, GroupDraft("release-managers", managers))
    await admin.create_group(SYSTEM, GroupDraft("sre-team", ("sam@example.com",)))
    made.staging = await admin.create_environment(SYSTEM, EnvironmentDraft("Staging"))
    production = EnvironmentDraft("Production", made.staging.id, True, CHANNEL, GATES)
    made.production = await admin.create_environment(SYSTEM, production)
    await admin.create_policy(SYSTEM, PolicyDraft("staging-policy", made.staging.id, 0, ()))
    groups = ("release-managers", "sre-team")
    await admin.create_policy(SYSTEM, PolicyDraft("production-policy", made.production.id, 2, groups, True, 24))
