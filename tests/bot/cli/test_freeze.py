from __future__ import annotations

import json

from tests.bot.cli.conftest import Terminal

ICS = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//x//EN
BEGIN:VEVENT
UID:1
SUMMARY:Stocktaking
DTSTART;VALUE=DATE:20991224
RRULE:FREQ=YEARLY
END:VEVENT
END:VCALENDAR
"""


def test_a_file_is_imported_and_imported_again_in_its_place(configured: Terminal) -> None:
    configured.write("company.ics", ICS)
    dry = configured.run("freeze", "import", "company.ics", "--environment", "production", "--dry-run")
    assert "would import 1 events as company" in dry.stdout
    assert configured.json("freeze", "next")[-1]["name"] != "Stocktaking"
    done = configured.run("freeze", "import", "company.ics", "--environment", "Production")
    assert done.exit_code == 0
    assert "imported 1 events as company" in done.stdout
    assert "2099-12-24 00:00 UTC" in done.stdout
    assert "Stocktaking" in {each["name"] for each in configured.json("freeze", "next")}
    configured.write("company.ics", ICS.replace("Stocktaking", "Inventory"))
    again = configured.json("freeze", "import", "company.ics", "--environment", "production")
    assert again["next"][0]["name"] == "Inventory"
    assert "Stocktaking" not in {each["name"] for each in configured.json("freeze", "next")}


def test_standard_input_and_a_zone_for_whole_days(configured: Terminal) -> None:
    result = configured.run("freeze", "import", "-", "--name", "h", "--time-zone", "Asia/Tokyo", "--json", typed=ICS)
    assert json.loads(result.stdout)["next"][0]["startsAt"] == "2099-12-23T15:00:00Z"


def test_what_is_wrong_is_said_and_nothing_is_stored(configured: Terminal) -> None:
    configured.write("bad.ics", ICS.replace("DTSTART;VALUE=DATE:20991224", "DTSTART:garbage"))
    bad = configured.run("freeze", "import", "bad.ics", "--environment", "production")
    assert bad.exit_code == 1
    assert "Event 1 (Stocktaking) is malformed" in bad.stderr
    configured.write("company.ics", ICS)
    unknown = configured.run("freeze", "import", "company.ics", "--environment", "moon")
    assert (unknown.exit_code, "no environment 'moon'" in unknown.stderr) == (1, True)
    missing = configured.run("freeze", "import", "nowhere.ics")
    assert (missing.exit_code, "cannot be read" in missing.stderr) == (2, True)
    (configured.folder / "binary.ics").write_bytes(b"\xff\xfe\x00")
    assert "not UTF-8" in configured.run("freeze", "import", "binary.ics").stderr


def test_without_anything_ahead_it_says_so(installed: Terminal) -> None:
    assert "Nothing is frozen ahead." in installed.run("freeze", "next").stdout
