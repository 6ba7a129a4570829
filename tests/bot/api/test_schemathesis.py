"""Whatever fits the OpenAPI document is answered as it says, and whatever does not is refused: schemathesis looks.

The server runs in a thread of its own, because schemathesis calls from outside any event loop.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import schemathesis
from aiohttp import ClientSession, web
from hypothesis import HealthCheck, Phase, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from bot.api import add_api
from bot.api.openapi.document import openapi_document
from bot.api.table import ENDPOINTS
from bot.db.database import open_database
from bot.db.schema import migrate
from core.domain.people import SERVICE_SCOPES
from core.gates.registry import GateRegistry, built_in_gates
from tests.bot.api.conftest import Api, countersign_on, fill, serving
from tests.support.clock import FakeClock, SequentialIds

EXAMPLES = 3


@dataclass
class Served:
    """A filled API behind an address, with ids that exist."""

    url: str
    token: str
    known: dict[str, list[str]]


class Thread(threading.Thread):
    """Serves until told to stop."""

    def __init__(self, folder: Path) -> None:
        super().__init__(name="served-api")
        self._folder = folder
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._stopping = asyncio.Event()
        self._failure: BaseException | None = None
        self._served: Served | None = None

    def run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        except BaseException as error:
            self._failure = error
        finally:
            self._ready.set()
            self._loop.close()

    def served(self) -> Served:
        self._ready.wait(30)
        if self._served is None:
            raise RuntimeError("the API did not start") from self._failure
        return self._served

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stopping.set)
        self.join(30)

    async def _serve(self) -> None:
        url = f"sqlite:///{self._folder / 'countersign.db'}"
        await migrate(url)
        database = open_database(url)
        try:
            countersign = await countersign_on(database, FakeClock(), SequentialIds())
            app = web.Application()
            add_api(app, countersign)
            async with serving(app) as address, ClientSession() as session:
                api = Api(address, session, countersign, FakeClock())
                await fill(api)
                self._served = await _described(api)
                self._ready.set()
                await self._stopping.wait()
        finally:
            await database.close()


async def _described(api: Api) -> Served:
    await api.token("all", service_name="all", scopes=SERVICE_SCOPES)
    open_one, decided = await api.asked(), await api.approved()
    window = {
        "name": "year-end",
        "environmentIds": [str(api.staging)],
        "startsAt": "2026-12-20T00:00:00Z",
        "endsAt": "2027-01-03T00:00:00Z",
    }
    freeze = await api.call("root", "POST", "/freeze-windows", window)
    address = {"name": "company", "url": "https://calendar.example.com/freezes.ics"}
    calendar = await api.call("root", "POST", "/calendars", address)
    groups = await api.call("root", "GET", "/approver-groups")
    policies = await api.call("root", "GET", "/approval-policies")
    reports = await api.call("root", "GET", f"/releases/{decided['releaseId']}/scan-reports")
    waived = {"vulnerabilityId": "CVE-2024-3094", "component": "myapp", "environmentId": str(api.production)}
    ending = {"reason": "Not reachable", "endsAt": "2026-05-01T00:00:00Z"}
    waiver = await api.call("root", "POST", "/waivers", {**waived, **ending})
    known = {
        "promotions": [open_one["id"], decided["id"]],
        "releases": [open_one["releaseId"], decided["releaseId"]],
        "environments": [str(api.production), str(api.staging)],
        "freeze-windows": [freeze.body["id"]],
        "calendars": [calendar.body["id"]],
        "approver-groups": [group["id"] for group in groups.body["data"]],
        "approval-policies": [policy["id"] for policy in policies.body["data"]],
        "scan-reports": [reports.body["data"][0]["id"]],
        "waivers": [waiver.body["id"]],
        "people": [str(api.people["dave"].id)],
        "gate-answers": [str(UUID(int=9))],
    }
    return Served(api.url, api.tokens["all"], known)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    thread = Thread(tmp_path_factory.mktemp("served"))
    thread.start()
    try:
        yield thread.served()
    finally:
        thread.stop()


schema = schemathesis.openapi.from_dict(openapi_document(ENDPOINTS, GateRegistry(built_in_gates())))


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
    deadline=None,
    derandomize=True,
)
def test_the_document_is_kept(case: schemathesis.Case[Any], served: Served) -> None:
    _make_known(case, served.known)
    # Keys are used again by chance, for other requests; test_idempotency has them.
    case.headers.pop("Idempotency-Key", None)
    # What fits the schema may still name a group that is not there, end before it starts, or be no cursor of ours.
    is_free = case.method == "GET" and "/log/proof/" not in case.path and not {"cursor", "page"} & set(case.query or ())
    excluded: list[Any] = [] if is_free else [positive_data_acceptance]
    headers = {"Authorization": f"Bearer {served.token}"}
    case.call_and_validate(base_url=served.url, headers=headers, excluded_checks=excluded)


def _make_known(case: schemathesis.Case[Any], known: dict[str, list[str]]) -> None:
    """Put ids that exist where there is any UUID, so that more than 404 is met."""
    resource = case.path.removeprefix("/api/v1/").partition("/")[0]
    if _is_uuid(case.path_parameters.get("id")):
        case.path_parameters["id"] = known[resource][-1]
    fields = {"releaseId": "releases", "targetEnvironmentId": "environments", "environmentId": "environments"}
    if isinstance(case.body, dict):
        for field, kind in fields.items():
            if _is_uuid(case.body.get(field)):
                case.body[field] = known[kind][0]


def _is_uuid(value: object) -> bool:
    try:
        return isinstance(value, str) and str(UUID(value)) == value.lower()
    except ValueError:
        return False
