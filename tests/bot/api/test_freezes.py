"""Freezes that come back, calendars, exemptions and forecasts, through REST."""

from __future__ import annotations

from typing import Any

import pytest

from core.app.drafts import PersonDraft
from core.domain.people import SYSTEM, Right
from tests.bot.api.conftest import NOWHERE, Api

FREEZE = {
    "name": "mornings",
    "environmentIds": ["PRODUCTION"],
    "startsAt": "2026-03-02T07:00:00Z",
    "endsAt": "2026-03-02T11:00:00Z",
    "recurrence": {"rule": "FREQ=DAILY", "timeZone": "Europe/Berlin", "exceptDates": ["2026-03-03"]},
}
ICS = "\r\n".join(
    [
        *("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//EN", "BEGIN:VEVENT", "UID:1", "SUMMARY:Stocktaking"),
        *("DTSTART:20260302T080000Z", "DTEND:20260302T120000Z", "RRULE:FREQ=WEEKLY;BYDAY=MO", "END:VEVENT"),
        *("END:VCALENDAR", ""),
    ]
)


async def freeze(api: Api, **changes: Any) -> Any:
    body = {**FREEZE, "environmentIds": [str(api.production)], **changes}
    return await api.call("root", "POST", "/freeze-windows", body)


async def erin(api: Api) -> None:
    draft = PersonDraft("erin@example.com", "Erin", frozenset({Right.EMERGENCY}))
    await api.countersign.administering.create_person(SYSTEM, draft)
    await api.token("erin", person_email=draft.email)


async def test_a_recurring_window_shows_when_it_holds_next(api: Api) -> None:
    made = await freeze(api, components=["myapp"])
    assert made.status == 201, made.body
    assert made.body["recurrence"] == FREEZE["recurrence"]
    assert made.body["components"] == ["myapp"]
    # The third is left out; on the fourth it is again from 8 to 12 by Berlin's clock.
    assert [each["startsAt"] for each in made.body["nextOccurrences"]] == [
        "2026-03-02T07:00:00Z",
        "2026-03-04T07:00:00Z",
        "2026-03-05T07:00:00Z",
    ]


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"recurrence": {"rule": "FREQ=DAILY;BYHOUR=9"}}, "recurrence.rule", "at position 12"),
        ({"recurrence": {"rule": "FREQ=SECONDLY"}}, "recurrence.rule", "within a day"),
        ({"recurrence": {"rule": "FREQ=DAILY", "timeZone": "Mars/Olympus"}}, "recurrence.timeZone", "time zone"),
        ({"recurrence": {"rule": "FREQ=DAILY", "exceptDates": ["soon"]}}, "recurrence.exceptDates[0]", "a date"),
        ({"recurrence": {"rule": "FREQ=WEEKLY;BYDAY=FR"}}, "startsAt", "must start on a date"),
        ({"recurrence": {"rule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}}, "startsAt", "must start on a date"),
        ({"recurrence": {}}, "recurrence.rule", ""),
        ({"components": [""]}, "components[0]", ""),
        ({"endsAt": "2028-03-02T11:00:00Z"}, "endsAt", "366 days"),
    ],
)
async def test_what_is_wrong_with_a_window_is_named(api: Api, changes: Any, field: str, words: str) -> None:
    reply = await freeze(api, **changes)
    assert (reply.status, reply.body["field"]) == (400, field)
    assert words in reply.body["detail"]


async def test_a_preview_says_when_gates_will_pass(api: Api) -> None:
    await freeze(api)
    body: dict[str, Any] = {"releaseId": str(await api.release()), "targetEnvironmentId": str(api.production)}
    now = await api.call("dave", "POST", "/promotions/preview-gates", body)
    assert (now.body["wouldPass"], now.body["earliestPassingAt"]) == (False, "2026-03-02T11:00:00Z")
    then = await api.call("dave", "POST", "/promotions/preview-gates", {**body, "at": "2026-03-04T08:00:00+01:00"})
    assert (then.body["at"], then.body["wouldPass"]) == ("2026-03-04T07:00:00Z", False)
    assert then.body["earliestPassingAt"] == "2026-03-04T11:00:00Z"
    for at in ("2026-03-01T00:00:00Z", "2027-03-05T00:00:00Z"):
        refused = await api.call("dave", "POST", "/promotions/preview-gates", {**body, "at": at})
        assert (refused.status, refused.body["field"]) == (400, "at")


async def test_an_imported_calendar_freezes(api: Api) -> None:
    body = {"name": "company", "environmentIds": [str(api.production)], "content": ICS}
    made = await api.call("root", "POST", "/calendars", body)
    assert made.status == 201, made.body
    assert (made.body["eventCount"], made.body["isStale"], made.body["url"]) == (1, False, "")
    assert made.body["events"][0]["recurrence"]["rule"] == "FREQ=WEEKLY;BYDAY=MO"
    promotion = await api.asked()
    assert promotion["status"] == "pending"
    assert promotion["earliestPassingAt"] == "2026-03-02T12:00:00Z"
    assert "Freeze window Stocktaking (calendar company)" in promotion["gates"][1]["message"]
    where = f"/calendars/{made.body['id']}"
    assert (await api.call("dave", "GET", where)).body == made.body
    assert (await api.call("dave", "GET", "/calendars")).body["data"] == [made.body]
    assert (await api.call("root", "DELETE", where)).status == 204
    assert (await api.call("dave", "GET", where)).status == 404


async def test_a_subscribed_calendar_says_that_it_was_not_read_yet(api: Api) -> None:
    made = await api.call("root", "POST", "/calendars", {"name": "c", "url": "https://example.com/c.ics"})
    assert (made.status, made.body["readAt"], made.body["isStale"]) == (201, None, True)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"content": "hello"}, "content"),
        ({"content": ICS.replace("DTSTART:2026", "DTSTART:zzzz")}, "content"),
        ({"url": "ftp://example.com/a.ics"}, "url"),
        ({"url": "https://example.com/a.ics", "content": ICS}, "content"),
        ({}, "url"),
        ({"content": ICS, "environmentIds": [NOWHERE]}, "environmentIds"),
        ({"content": ICS, "whenStale": "perhaps"}, "whenStale"),
        ({"content": ICS, "refreshMinutes": 1}, "refreshMinutes"),
        ({"content": ICS, "timeZone": "Mars/Olympus"}, "timeZone"),
    ],
)
async def test_what_is_wrong_with_a_calendar_is_named(api: Api, changes: Any, field: str) -> None:
    reply = await api.call("root", "POST", "/calendars", {"name": "company", **changes})
    assert (reply.status, reply.body["field"]) == (400, field), reply.body


async def test_a_person_with_the_role_lifts_a_freeze(api: Api) -> None:
    await erin(api)
    await freeze(api)
    promotion = await api.asked()
    path = f"/promotions/{promotion['id']}/freeze-exemption"
    body = {"reason": "The shop is down", "until": "2026-03-02T10:00:00Z"}
    for who in ("root", "bob", "ci"):
        refused = await api.call(who, "POST", path, body)
        assert (refused.status, refused.code) in {(403, "forbidden"), (403, "may_not_vote")}, who
    lifted = await api.call("erin", "POST", path, body)
    assert lifted.status == 200, lifted.body
    assert lifted.body["status"] == "awaiting_approval"
    shown = lifted.body["freezeExemption"]
    assert (shown["reason"], shown["until"], shown["grantedBy"]["name"]) == (body["reason"], body["until"], "Erin")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"reason": "x" * 2001}, "reason"),
        ({"until": "2026-03-02T08:00:00Z"}, "until"),
        ({"until": "2026-04-02T08:00:00Z"}, "until"),
        ({"until": "tomorrow"}, "until"),
    ],
)
async def test_an_exemption_that_makes_no_sense_is_refused(api: Api, changes: Any, field: str) -> None:
    await erin(api)
    await freeze(api)
    body = {"reason": "The shop is down", "until": "2026-03-02T10:00:00Z", **changes}
    reply = await api.call("erin", "POST", f"/promotions/{(await api.asked())['id']}/freeze-exemption", body)
    assert (reply.status, reply.body["field"]) == (400, field)


async def test_a_promotion_is_put_off_until_its_gates_pass(api: Api) -> None:
    await freeze(api)
    promotion = await api.asked()
    deferred = await api.call("alice", "POST", f"/promotions/{promotion['id']}/defer")
    assert (deferred.status, deferred.body["deferredUntil"]) == (200, "2026-03-02T11:00:00Z")
    assert deferred.body["expiresAt"] == "2026-03-03T11:00:00Z"
    assert (await api.call("bob", "POST", f"/promotions/{promotion['id']}/defer")).status == 403


async def test_what_passes_is_not_put_off(api: Api) -> None:
    reply = await api.call("alice", "POST", f"/promotions/{(await api.asked())['id']}/defer")
    assert (reply.status, reply.code) == (409, "transition_not_allowed")
