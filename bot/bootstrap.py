"""How everything is wired: the only place that knows every part.

settings -> database, key, gates -> Countersign (all use cases)
         -> REST, Slack, health on one aiohttp application
         -> outbox worker and scheduler beside it
"""

from __future__ import annotations

import asyncio
import secrets
import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from aiohttp import ClientSession, web

from bot.api import add_api
from bot.aside import OneThread
from bot.db.database import Database, open_database
from bot.db.schema import migrate
from bot.gateways.calendar_feeds import CalendarFeeds
from bot.gateways.deployers import DeployWebhook
from bot.gateways.gate_plugins import installed_gates
from bot.gateways.gate_services import GateServices
from bot.gateways.key_files import development_key, load_key_file
from bot.gateways.outbound import Outbound
from bot.gateways.remote_signers import RemoteSigner, is_elsewhere, remote_signer
from bot.gateways.sealing import Seal
from bot.gateways.slack_accounts import SlackAccounts
from bot.gateways.slack_client import SlackClient
from bot.gateways.slack_installed import InstalledWorkspaces
from bot.gateways.slack_installer import SlackInstaller
from bot.gateways.slack_oauth import SlackOAuth
from bot.gateways.slack_usergroups import SlackUserGroups
from bot.gateways.slack_workspaces import OwnWorkspace, Workspaces
from bot.gateways.timestamps import TimestampAuthority
from bot.health import METRICS, add_health, key_check, measured
from bot.incoming import PATIENCE, SECONDS
from bot.metrics import MeasuredGates, Metrics
from bot.precedence import Precedence
from bot.settings import Settings, networks_of
from bot.slack import Replies, add_installing, build_slack_app, slack_events, start_socket_mode
from bot.workers.calendars import CalendarReader
from bot.workers.checkpoints import SIGN_AGAIN, DailyCheckpoint
from bot.workers.clock_watch import ClockWatch
from bot.workers.delivery import SlackDelivery
from bot.workers.errands import runners
from bot.workers.lane import Runner
from bot.workers.outbox import OutboxWorker
from bot.workers.reconciler import Reconciler
from bot.workers.scheduler import Round, Scheduler
from core.app.beginning_log import begin_log
from core.app.countersign import Countersign
from core.app.journal import Journal
from core.app.keys import registered
from core.app.outbox import Errand
from core.app.ports import Clock, NewId, Ports, Store
from core.app.receipts import WithReceipts
from core.app.usergroups import NO_USERGROUPS, UserGroups
from core.domain.people import SYSTEM
from core.errors import InvalidError
from core.evidence.log.cosignatures import WitnessKey
from core.evidence.signing import LocalSigner

_log = structlog.get_logger(__name__)


Monotonic = Callable[[], float]
"""Seconds since some moment, by a clock that nobody sets."""
TOKENS_AGAIN = timedelta(minutes=1)
SLACK_SHARE = 0.1
"""So much of a token's rate a person has in Slack, where a hand types and clicks."""


def utc_now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


def new_secret() -> str:
    """256 random bits, URL-safe."""
    return secrets.token_urlsafe(32)


@dataclass(frozen=True, slots=True)
class Core:
    """The use cases over a real database, without any door: what the command line works with."""

    settings: Settings
    database: Database
    countersign: Countersign
    metrics: Metrics


@dataclass(frozen=True, slots=True)
class Application:
    """Everything that serves."""

    core: Core
    web: web.Application
    worker: OutboxWorker
    scheduler: Scheduler
    watch: ClockWatch


@asynccontextmanager
async def build_core(
    settings: Settings,
    *,
    clock: Clock = utc_now,
    new_id: NewId = uuid.uuid4,
    wake: Callable[[], None] = lambda: None,
    metrics: Metrics | None = None,
    usergroups: UserGroups = NO_USERGROUPS,
    signs: bool = True,
) -> AsyncIterator[Core]:
    """Open the database and the key. Raises KeyFileError, UnavailableError.

    The key joins the registry of those that sign here; where `signs` is false only if that is empty: whoever looks at
    a database, perhaps from another machine, must not bring a key along that verifications would then believe.
    A SQLite database is brought up to date on the way; for PostgreSQL, `countersign migrate` does so beforehand.
    """
    metrics = metrics or Metrics()
    gates = MeasuredGates(installed_gates(), metrics)
    signer = signing_key(settings)
    max_age = timedelta(minutes=settings.usergroup_max_age)
    database = open_database(settings.database_url)
    aside = OneThread()
    try:
        if database.kind == "sqlite":
            await migrate(settings.database_url)
        await database.check()
        elsewhere = signer.sign_all if isinstance(signer, RemoteSigner) else None
        ports = Ports(
            WithReceipts(database),
            clock,
            new_id,
            new_secret,
            signer,
            gates,
            wake,
            usergroups,
            max_age,
            aside=aside,
            witnesses=witness_keys(settings),
            sign_elsewhere=elsewhere,
            timestamps=bool(settings.timestamp_url),
        )
        await ports.transactions.write(lambda store: _begin(store, ports, signer, settings.log_origin, signs=signs))
        yield Core(settings, database, Countersign(ports), metrics)
    finally:
        aside.close()
        await database.close()
        if isinstance(signer, RemoteSigner):
            signer.close()


@asynccontextmanager
async def build(
    settings: Settings,
    *,
    clock: Clock = utc_now,
    new_id: NewId = uuid.uuid4,
    monotonic: Monotonic | None = None,
) -> AsyncIterator[Application]:
    """Wire the whole server; its workers run while the block does, and finish what they have begun.

    `monotonic` measures waiting, in seconds, whatever becomes of `clock`; without it that is measured by `clock`.
    """
    monotonic = monotonic or (lambda: clock().timestamp())
    woken: list[Callable[[], None]] = []
    precedence = Precedence()

    def wake() -> None:
        for each in woken:
            each()

    async with AsyncExitStack() as stack:
        session, metrics = await stack.enter_async_context(ClientSession()), Metrics()
        workspaces = _workspaces(settings, session, metrics, clock, monotonic) if settings.uses_slack else None
        usergroups = SlackUserGroups(workspaces) if workspaces else NO_USERGROUPS
        core = await stack.enter_async_context(
            build_core(settings, clock=clock, new_id=new_id, wake=wake, metrics=metrics, usergroups=usergroups)
        )
        app = web.Application(middlewares=[measured])
        app[METRICS] = core.metrics
        app[PATIENCE] = min(float(settings.idle_seconds), SECONDS)
        ports = core.countersign.ports
        add_health(app, {"database": core.database.check, "signing key": key_check(ports)}, core.metrics, ports)
        installed = _installed(app, core, workspaces, session, monotonic) if workspaces and settings.installs else None
        slack = (
            await stack.enter_async_context(_slack(app, core, workspaces, session, precedence)) if workspaces else None
        )
        add_api(
            app,
            core.countersign,
            rate_limit=settings.rate_limit,
            document_limit=settings.document_limit * 1024 * 1024,
        )
        outbound = await stack.enter_async_context(Outbound(networks_of(settings.outbound_networks)))
        services = _gate_services(core, outbound)
        errands = runners(core.countersign, slack, _webhook(core, session), core.metrics, services)
        worker = OutboxWorker(ports, {**errands, **_timestamps(core, session)}, core.metrics, precedence.turn)
        woken.append(worker.wake)
        calendars = await stack.enter_async_context(_calendars(core, outbound))
        tokens = (Round("slack tokens", TOKENS_AGAIN, installed.renew_due),) if installed else ()
        rounds = (*_rounds(core, workspaces), *tokens, *calendars.rounds())
        scheduler = Scheduler(core.countersign, uuid.uuid4().hex, rounds, monotonic)
        watch = ClockWatch(core.countersign.timekeeping, clock, core.metrics, monotonic)
        application = Application(core, app, worker, scheduler, watch)
        await stack.enter_async_context(_running(application))
        yield application


@asynccontextmanager
async def _running(application: Application) -> AsyncIterator[None]:
    workers = (application.worker, application.scheduler, application.watch)
    tasks = [asyncio.create_task(each.run()) for each in workers]
    try:
        yield
    finally:
        for each in workers:
            each.stop()
        await asyncio.gather(*tasks)


def _calendars(core: Core, outbound: Outbound) -> CalendarReader:
    """What reads subscribed calendars, through the guard for configured addresses."""
    countersign = core.countersign
    return CalendarReader(countersign.calendars, CalendarFeeds(outbound), countersign.ports.clock)


@asynccontextmanager
async def _slack(
    app: web.Application, core: Core, workspaces: Workspaces, session: ClientSession, precedence: Precedence
) -> AsyncIterator[SlackDelivery]:
    """Mount the Slack door, by HTTP and by Socket Mode as far as each is set, and say how messages are delivered."""
    settings, countersign = core.settings, core.countersign
    clock = countersign.ports.clock
    accounts = SlackAccounts(workspaces, countersign, match_email=settings.slack_match_email)
    replies = Replies(workspaces.client, session, workspaces.base_url)
    bolt = build_slack_app(
        countersign,
        workspaces=workspaces,
        accounts=accounts,
        replies=replies,
        per_second=settings.rate_limit * SLACK_SHARE,
        answering=precedence.answering,
    )
    async with AsyncExitStack() as stack:
        stack.push_async_callback(replies.close)
        if secret := settings.slack_signing_secret.get_secret_value():
            app.router.add_post("/slack/events", slack_events(bolt, secret, clock))
        if app_token := settings.slack_app_token.get_secret_value():
            await stack.enter_async_context(start_socket_mode(bolt, app_token))
        yield SlackDelivery(workspaces, countersign.ports)


def _rounds(core: Core, workspaces: Workspaces | None) -> tuple[Round, ...]:
    ports, channel = core.countersign.ports, core.settings.log_channel
    signing = Round("sign the log", SIGN_AGAIN, core.countersign.proving.checkpoint)
    unconfirmed = Round("unconfirmed steps", timedelta(minutes=1), core.countersign.workflows.lapse)
    if workspaces is None:
        return signing, unconfirmed
    daily = DailyCheckpoint(workspaces, ports, channel).rounds() if channel else ()
    return (*Reconciler(workspaces, ports, core.metrics).rounds(), *daily, signing, unconfirmed)


def _workspaces(
    settings: Settings, session: ClientSession, metrics: Metrics, clock: Clock, monotonic: Monotonic
) -> Workspaces:
    token, url = settings.slack_bot_token.get_secret_value(), settings.slack_api_url
    own = OwnWorkspace(SlackClient(token, url, session, metrics, clock, monotonic=monotonic)) if token else None
    return Workspaces(clock, settings.slack_api_url, own)


def _installed(
    app: web.Application, core: Core, workspaces: Workspaces, session: ClientSession, monotonic: Monotonic
) -> InstalledWorkspaces:
    """Let workspaces in that have installed us, and mount the pages by which others may."""
    settings, ports = core.settings, core.countersign.ports
    seal = Seal(settings.encryption_key.get_secret_value())
    secret = settings.slack_client_secret.get_secret_value()
    oauth = SlackOAuth(settings.slack_client_id, secret, settings.slack_api_url, session)

    def make_client(token: str, team: str) -> SlackClient:
        url, metrics = settings.slack_api_url, core.metrics
        return SlackClient(token, url, session, metrics, ports.clock, called=team, monotonic=monotonic)

    installed = InstalledWorkspaces(ports, seal, oauth, make_client, settings.trusted_teams)
    workspaces.open_to(installed)
    address = f"{settings.public_url.rstrip('/')}/slack/oauth_redirect"
    installer = SlackInstaller(ports, seal, oauth, installed, address)
    add_installing(app, installer, secure=address.startswith("https://"))
    return installed


def signing_key(settings: Settings) -> LocalSigner | RemoteSigner:
    """The key that signs evidence. Raises KeyFileError."""
    if not settings.signing_key:
        return development_key(settings.development_key_file)
    secret = settings.signing_key_passphrase.get_secret_value()
    if is_elsewhere(settings.signing_key):
        return remote_signer(settings.signing_key, settings.signing_key_public, secret)
    return load_key_file(Path(settings.signing_key.removeprefix("file:")), passphrase=secret or None)


def witness_keys(settings: Settings) -> tuple[WitnessKey, ...]:
    """The witnesses whose cosignatures are taken. Raises InvalidError that names the setting."""
    try:
        return tuple(WitnessKey.from_text(text) for text in settings.log_witnesses.split())
    except InvalidError as error:
        raise InvalidError(error.message, field="COUNTERSIGN_LOG_WITNESSES", hint="Ask the witness for it.") from error


def _begin(store: Store, ports: Ports, signer: LocalSigner | RemoteSigner, origin: str, *, signs: bool) -> None:
    """See that the log has a name, and that the key in use is registered, or nobody could verify what it signs."""
    now = ports.clock()
    begin_log(store, origin, ports.new_id, now, catch_up=signs)
    if signs or not store.evidence.keys():
        registered(Journal(store, SYSTEM, now), signer.public_key_pem)


def _timestamps(core: Core, session: ClientSession) -> Mapping[Errand, Runner]:
    url = core.settings.timestamp_url
    return {Errand.TIMESTAMP: TimestampAuthority(url, session, core.countersign.ports).stamp} if url else {}


def _webhook(core: Core, session: ClientSession) -> DeployWebhook | None:
    url = core.settings.deploy_webhook_url
    secret = core.settings.deploy_webhook_secret.get_secret_value()
    return DeployWebhook(url, secret, session, core.countersign.ports) if url else None


def _gate_services(core: Core, outbound: Outbound) -> GateServices:
    settings, countersign = core.settings, core.countersign
    secret = settings.gate_webhook_secret.get_secret_value()
    clock, consulting = countersign.ports.clock, countersign.consulting
    return GateServices(consulting, outbound, clock, secret=secret, public_url=settings.public_url)
