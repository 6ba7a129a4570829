"""Cursors as words, and every list walked by them through REST."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.api.cursors import LONGEST, PATTERN, cursor_of, mark_of
from core.app.pages import Mark
from core.errors import InvalidError
from tests.bot.api.conftest import Api

MARKS = st.builds(
    Mark,
    st.sampled_from(["promotions", "releases", "people"]),
    st.one_of(
        st.datetimes(timezones=st.just(UTC)),
        st.integers(0, 2**53 - 1),
        st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=100),
    ),
    st.one_of(st.none(), st.uuids(), st.integers(0, 2**53 - 1)),
)


@given(MARKS)
def test_a_cursor_leads_back_to_its_mark(mark: Mark) -> None:
    assert mark_of(cursor_of(mark)) == mark
    assert len(cursor_of(mark)) <= LONGEST
    assert set(cursor_of(mark)) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"), PATTERN


def word(*parts: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts, separators=(",", ":")).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "0",
        "é",
        "=",
        "A" * (LONGEST + 1),
        word(),
        word("promotions"),
        word("promotions", "t"),
        word("promotions", "t", "yesterday"),
        word("promotions", "t", "2026-01-01T00:00:00"),
        word("promotions", "t", "2026-01-01T00:00:00Z"),
        word("promotions", "n", 2**63),
        word("promotions", "n", True),
        word("promotions", "n", -1),
        word("promotions", "n", 1.5),
        word("promotions", "s", "a\0"),
        word("promotions", "s", "\ud800"),
        word("promotions", "u", 7),
        word("promotions", "z", 7),
        word(7, "n", 7),
        word("promotions", "n", 1, "n", 2, "n", 3),
        base64.urlsafe_b64encode(b'["promotions", "n", 7]').decode().rstrip("="),
        base64.urlsafe_b64encode(b'{"of":"promotions"}').decode().rstrip("="),
        base64.urlsafe_b64encode(b"[" * 900).decode().rstrip("="),
    ],
)
def test_what_was_not_made_here_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidError) as caught:
        mark_of(cursor)
    assert caught.value.field == "cursor"


LISTS = (
    "promotions",
    "releases",
    "environments",
    "approval-policies",
    "approver-groups",
    "people",
    "freeze-windows",
    "waivers",
    "audit-log",
)


async def some_of_all(api: Api) -> None:
    """At least two of everything that is listed."""
    admin = "root"
    for number in (1, 2):
        await api.asked()
        environment = {"name": f"More {number}"}
        made = await api.call(admin, "POST", "/environments", environment)
        policy = {"name": f"more {number}", "environmentId": made.body["id"], "requiredApprovals": 0}
        window = {"name": f"w{number}", "environmentIds": [made.body["id"]]}
        times = {"startsAt": "2026-12-20T00:00:00Z", "endsAt": "2027-01-03T00:00:00Z"}
        waived = {"vulnerabilityId": f"CVE-2024-000{number}", "component": "myapp", "environmentId": made.body["id"]}
        why = {"reason": "Not reachable", "endsAt": "2026-05-01T00:00:00Z"}
        for path, body in (
            ("/approval-policies", policy | {"approverGroups": [], "requireSeparationOfDuties": False}),
            ("/freeze-windows", window | times),
            ("/waivers", waived | why),
            ("/approver-groups", {"name": f"more {number}"}),
        ):
            reply = await api.call(admin, "POST", path, body)
            assert reply.status == 201, (path, reply.body)


async def walked(api: Api, path: str) -> list[Any]:
    reply = await api.call("root", "GET", f"{path}?pageSize=1")
    found = list(reply.body["data"])
    while cursor := reply.body["meta"]["nextCursor"]:
        reply = await api.call("root", "GET", f"{path}?pageSize=1&cursor={cursor}")
        assert reply.status == 200, reply.body
        found += reply.body["data"]
    return found


async def test_every_list_is_walked_by_cursor_and_takes_no_cursor_of_another(api: Api) -> None:
    await some_of_all(api)
    release = (await api.call("root", "GET", "/releases")).body["data"][0]["id"]
    counts = {"scanner": "grype", "criticalCount": 0, "highCount": 1}
    assert (await api.call("ci", "POST", f"/releases/{release}/scan-reports", counts)).status == 201
    cursors = {}
    for path in (*(f"/{name}" for name in LISTS), f"/releases/{release}/scan-reports"):
        whole = (await api.call("root", "GET", f"{path}?pageSize=100")).body
        assert len(whole["data"]) > 1, path
        assert await walked(api, path) == whole["data"], path
        cursors[path] = (await api.call("root", "GET", f"{path}?pageSize=1")).body["meta"]["nextCursor"]
    for path in cursors:
        for other, cursor in cursors.items():
            reply = await api.call("root", "GET", f"{path}?cursor={cursor}")
            assert (reply.status, reply.body.get("field")) == ((200, None) if other == path else (400, "cursor"))


async def test_forged_marks_never_reach_the_database(api: Api) -> None:
    for mark in (
        Mark("promotions", 7),
        Mark("promotions", "name", UUID(int=1)),
        Mark("promotions", datetime(2026, 1, 1, tzinfo=UTC)),
        Mark("promotions", datetime(2026, 1, 1, tzinfo=UTC), 5),
    ):
        reply = await api.call("root", "GET", f"/promotions?cursor={cursor_of(mark)}")
        assert (reply.status, reply.body["field"]) == (400, "cursor")


async def test_a_page_and_a_cursor_are_not_taken_together_and_far_pages_not_at_all(api: Api) -> None:
    await some_of_all(api)
    cursor = (await api.call("root", "GET", "/promotions?pageSize=1")).body["meta"]["nextCursor"]
    both = await api.call("root", "GET", f"/promotions?page=1&cursor={cursor}")
    assert (both.status, both.body["field"]) == (400, "page")
    last = await api.call("root", "GET", "/promotions?page=100&pageSize=100")
    assert (last.status, last.body["data"]) == (200, [])
    far = await api.call("root", "GET", "/promotions?page=101&pageSize=100")
    assert (far.status, far.body["field"]) == (400, "page")
    assert "cursor" in far.body["hint"]


async def test_what_is_added_meanwhile_moves_nothing(api: Api) -> None:
    first_asked = [(await api.asked())["id"] for _ in range(3)]
    first = (await api.call("dave", "GET", "/promotions?pageSize=2")).body
    await api.asked()
    second = (await api.call("dave", "GET", f"/promotions?pageSize=2&cursor={first['meta']['nextCursor']}")).body
    assert sorted(each["id"] for each in (*first["data"], *second["data"])) == sorted(first_asked)
