"""The REST API on a loopback port, over a SQLite database, with people and tokens.

Alice requests, and is a release manager too; Bob and Carol are release managers; Dave may do nothing; Root is an
administrator. `ci` registers, requests and deploys. Production takes from staging and asks for two approvals.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest_asyncio
from aiohttp import ClientSession, web
from multidict import CIMultiDictProxy

from bot.api import add_api
from bot.db.database import Database, open_database
from core.app.access import CreateToken
from core.app.beginning_log import begin_log
from core.app.countersign import Countersign
from core.app.drafts import EnvironmentDraft, GroupDraft, PersonDraft, PolicyDraft, ReleaseDraft, ScanDraft
from core.domain.people import SYSTEM, Person, Right
from core.domain.release import Artifact
from tests.core.evidence.samples import record
from tests.support.clock import FakeClock, SequentialIds
from tests.support.wired import ORIGIN, ports_on

GATES = {"security-gate": {"maxCritical": 0, "maxHigh": 5}, "freeze-window-gate": {}}
CI_SCOPES = frozenset({Right.REQUESTER, Right.PUBLISHER, Right.DEPLOYER})
NOWHERE = "00000000-0000-4000-8000-ffffffffffff"


@dataclass(frozen=True)
class Reply:
    """What the API answered."""

    status: int
    body: Any
    raw: bytes
    headers: CIMultiDictProxy[str]

    @property
    def code(self) -> str:
        return str(self.body["code"])


@dataclass
class Api:
    """The API and everything that a test needs to talk to it."""

    url: str
    session: ClientSession
    countersign: Countersign
    clock: FakeClock
    tokens: dict[str, str] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    staging: UUID = field(init=False)
    production: UUID = field(init=False)
    releases: int = 0

    async def call(
        self, who: str, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> Reply:
        """Call `/api/v1` + path as somebody, `""` for nobody; `body` is an object, or bytes to be sent as they are."""
        sent = {"Authorization": f"Bearer {self.tokens[who]}"} if who else {}
        source: bytes | None = None
        if body is not None:
            source = body if isinstance(body, bytes) else json.dumps(body).encode()
            sent["Content-Type"] = "application/json"
        target = path if path.startswith("/.") else f"/api/v1{path}"
        async with self.session.request(
            method,
            self.url + target,
            data=source,
            headers={**sent, **(headers or {})},
            skip_auto_headers=["Content-Type"],
        ) as answer:
            raw = await answer.read()
            parsed = json.loads(raw) if "json" in answer.headers.get("Content-Type", "") else None
            return Reply(answer.status, parsed, raw, answer.headers)

    async def release(self, *, critical: int = 0, high: int = 3) -> UUID:
        """A scanned release with a name of its own."""
        self.releases += 1
        releasing = self.countersign.releasing
        version = f"v2.3.{self.releases}"
        artifacts = (Artifact("registry.example.com/myapp", "sha256:" + "ab" * 32),)
        release = await releasing.register(SYSTEM, ReleaseDraft("myapp", version, artifacts=artifacts))
        await releasing.submit_scan(SYSTEM, ScanDraft(release.id, "trivy", critical=critical, high=high))
        return release.id

    async def asked(self, who: str = "alice", *, critical: int = 0, headers: dict[str, str] | None = None) -> Any:
        """A promotion of a new release to production, evaluated."""
        wanted = {"releaseId": str(await self.release(critical=critical)), "targetEnvironmentId": str(self.production)}
        reply = await self.call(who, "POST", "/promotions", wanted, {"Prefer": "wait=5", **(headers or {})})
        assert reply.status == 201, reply.body
        return reply.body

    async def approved(self) -> Any:
        """A promotion that Bob and Carol have approved."""
        promotion = await self.asked()
        for who in ("bob", "carol"):
            reply = await self.call(who, "POST", f"/promotions/{promotion['id']}/approve")
            assert reply.status == 200, reply.body
        return promotion

    async def token(self, name: str, **command: Any) -> None:
        """Make a token that `call` knows by `name`."""
        self.tokens[name] = (await self.countersign.access.create_token(SYSTEM, CreateToken(**command))).text


@pytest_asyncio.fixture
async def api(sqlite_store_url: str, clock: FakeClock, new_id: SequentialIds) -> AsyncIterator[Api]:
    """The API, filled."""
    database = open_database(sqlite_store_url)
    try:
        countersign = await countersign_on(database, clock, new_id)
        app = web.Application()
        add_api(app, countersign)
        async with serving(app) as address, ClientSession() as session:
            made = Api(address, session, countersign, clock)
            await fill(made)
            yield made
    finally:
        await database.close()


async def countersign_on(database: Database, clock: FakeClock, new_id: SequentialIds) -> Countersign:
    """All use cases over a database, with a fixed key."""
    known = record(not_before=clock() - timedelta(days=1))
    await database.write(lambda store: store.evidence.put_key(known))
    await database.write(lambda store: begin_log(store, ORIGIN, SequentialIds(), clock()))
    return Countersign(ports_on(database, clock, new_id))


class serving:  # noqa: N801 - reads as what it does
    """Serve an application on a free loopback port while the block runs."""

    def __init__(self, app: web.Application) -> None:
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)

    async def __aenter__(self) -> str:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        return f"http://{host}:{port}"

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()


async def fill(api: Api) -> None:
    """Create people, tokens, groups, environments and a policy."""
    admin = api.countersign.administering
    roles = {"alice": {Right.REQUESTER}, "root": {Right.ADMIN}}
    for name in ("alice", "bob", "carol", "dave", "root"):
        draft = PersonDraft(f"{name}@example.com", name.capitalize(), frozenset(roles.get(name, set())))
        api.people[name] = await admin.create_person(SYSTEM, draft)
        await api.token(name, person_email=draft.email)
    await api.token("ci", service_name="ci", scopes=CI_SCOPES)
    members = tuple(f"{name}@example.com" for name in ("alice", "bob", "carol"))
    await admin.create_group(SYSTEM, GroupDraft("release-managers", members))
    api.staging = (await admin.create_environment(SYSTEM, EnvironmentDraft("Staging"))).id
    production = EnvironmentDraft("Production", api.staging, True, "#releases", GATES)
    api.production = (await admin.create_environment(SYSTEM, production)).id
    policy = PolicyDraft("production-policy", api.production, 2, ("release-managers",), True, 24)
    await admin.create_policy(SYSTEM, policy)
