from __future__ import annotations

import pytest

from bot.cli.configuration.yaml_tree import FlawedFileError
from bot.db.database import Database
from core.app.ports import Ports
from tests.bot.cli.room import applied, fields, verbs
from tests.support.wired import ports_on

WEEKENDS = """
environments: [{name: e}]
freezeWindows:
  - name: weekends
    environments: [e]
    components: [shop]
    startsAt: 2026-01-02T16:00:00+01:00
    endsAt: 2026-01-05T08:00:00+01:00
    recurrence: {rule: RULE, timeZone: Europe/Berlin, exceptDates: [2026-12-25]}
"""
COMPANY = "environments: [{name: e}]\ncalendars: [{name: company, environments: [e], url: URL%s}]"


@pytest.fixture
def ports(sqlite_database: Database) -> Ports:
    return ports_on(sqlite_database)


async def test_a_recurring_window_is_applied_and_then_unchanged(ports: Ports) -> None:
    file = WEEKENDS.replace("RULE", "FREQ=WEEKLY;BYDAY=FR")
    changes = await applied(ports, file)
    assert fields(changes["freezeWindows weekends"])["recurrence.rule"] == (None, "FREQ=WEEKLY;BYDAY=FR")
    assert set(verbs(await applied(ports, file)).values()) == {"unchanged"}
    once = file.partition("    recurrence:")[0] + "    recurrence: null\n"
    assert fields((await applied(ports, once))["freezeWindows weekends"])["recurrence.rule"][1] is None


@pytest.mark.parametrize(
    ("rule", "path", "words"),
    [
        ("FREQ=HOURLY", "freezeWindows[0].recurrence.rule", "within a day"),
        ("FREQ=WEEKLY;BYDAY=SA", "freezeWindows[0].startsAt", "must start on a date"),
    ],
)
async def test_a_rule_that_makes_no_sense_is_refused_at_its_place(
    ports: Ports, rule: str, path: str, words: str
) -> None:
    with pytest.raises(FlawedFileError) as refused:
        await applied(ports, WEEKENDS.replace("RULE", rule))
    (flaw,) = refused.value.flaws
    assert flaw.path == path
    assert words in flaw.message


async def test_a_calendar_is_applied_changed_and_pruned(ports: Ports) -> None:
    file = COMPANY.replace("URL", "https://example.com/a.ics")
    await applied(ports, file % "")
    changes = await applied(ports, file % ", whenStale: open, refreshMinutes: 30")
    assert fields(changes["calendars company"]) == {"refreshMinutes": (60, 30), "whenStale": ("closed", "open")}
    assert set(verbs(await applied(ports, file % "")).values()) == {"unchanged"}
    gone = await applied(ports, "calendars: []", prune=True)
    assert verbs(gone) == {"calendars company": "delete"}


async def test_a_calendar_without_an_https_address_is_refused(ports: Ports) -> None:
    with pytest.raises(FlawedFileError) as refused:
        await applied(ports, COMPANY.replace("URL", "ftp://example.com/a.ics") % "")
    assert refused.value.flaws[0].path == "calendars[0].url"
