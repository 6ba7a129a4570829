"""`countersign freeze`: calendars whose events freeze environments, and what is frozen next."""

from __future__ import annotations

import sys
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.console import listed, moment, moment_json, out, print_json, printable, symbol, table
from bot.cli.failures import CommandError
from bot.cli.lesson import lesson
from bot.cli.room import inside
from core.app.calendars import CalendarDraft
from core.app.pages import MAX_PAGE_SIZE, PageRequest
from core.calendars.ics import MAX_BYTES, read_events
from core.calendars.occurrences import Occurrence, ahead
from core.domain.calendar import Calendar, events_of
from core.domain.environment import Environment, FreezeWindow
from core.domain.people import Actor
from core.domain.text import name_key
from core.errors import NotFoundError

if TYPE_CHECKING:
    from bot.bootstrap import Core

app = typer.Typer(no_args_is_help=True, help="Import calendars whose events freeze environments; show what is next.")

_JSON = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]
_SHOWN = 10


@app.command(
    name="import",
    help=lesson(
        """
Take the events of an .ics file (iCalendar, RFC 5545) as freezes of environments. Importing under the same name again
puts the new events in place of the old ones. Without --environment the calendar serves as a list of holidays, for the
schedule-gate. All of the file is taken, or nothing: an event that cannot be understood is named.
""",
        ("countersign freeze import freezes.ics --environment production", "freeze production while an event goes on"),
        ("countersign freeze import holidays.ics --time-zone Europe/Berlin", "holidays, whole days by Berlin's clock"),
        ("countersign freeze import freezes.ics --dry-run", "show the events, and change nothing"),
    ),
)
def import_calendar(  # noqa: PLR0917 - options of a command
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="The .ics file; - for standard input.", show_default=False)
    ],
    name: Annotated[str, typer.Option("--name", help="What it is called; else as the file.")] = "",
    environment: Annotated[
        list[str] | None, typer.Option("--environment", metavar="NAME", help="What it freezes; several times for more.")
    ] = None,
    component: Annotated[
        list[str] | None, typer.Option("--component", metavar="NAME", help="Whose releases alone; else of all.")
    ] = None,
    time_zone: Annotated[
        str, typer.Option("--time-zone", metavar="ZONE", help="For times that name none; else the file's own.")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what was read, and store nothing.")] = False,
    as_json: _JSON = False,
) -> None:
    """Run `freeze import`."""
    content = _content(file)
    called = name or file.stem.strip("-") or "imported"

    async def work(core: Core, actor: Actor) -> tuple[Calendar, list[tuple[str, Occurrence]]]:
        countersign = core.countersign
        now = countersign.ports.clock()
        environments = await countersign.reading.all_environments(actor)
        ids = tuple(_named(environments, each).id for each in environment or ())
        draft = CalendarDraft(called, ids, tuple(component or ()), content=content, time_zone=time_zone)
        if dry_run:
            shown = Calendar(countersign.ports.new_id(), called, ids, events=read_events(content, now, time_zone))
        else:
            shown = await _stored(core, actor, draft)
        return shown, _next(events_of(shown), now)

    calendar, upcoming = inside(work)
    if as_json:
        print_json(
            {"dryRun": dry_run, "name": calendar.name, "eventCount": len(calendar.events), "next": _json(upcoming)}
        )
        return
    verb = "would import" if dry_run else "imported"
    sign = symbol(out(), "skipped" if dry_run else "ok")
    out().print(f"{sign} {verb} {len(calendar.events)} events as {printable(calendar.name)}", soft_wrap=True)
    _print(upcoming)


@app.command(
    name="next",
    help=lesson(
        "Show the next freezes of all environments, from freeze windows and calendars alike.",
        ("countersign freeze next", "the next ten"),
    ),
)
def next_freezes(as_json: _JSON = False) -> None:
    """Run `freeze next`."""

    async def work(core: Core, actor: Actor) -> list[tuple[str, Occurrence]]:
        countersign = core.countersign
        page = PageRequest(size=MAX_PAGE_SIZE)
        windows = (await countersign.reading.freeze_windows(actor, page)).items
        calendars = (await countersign.calendars.page(actor, page)).items
        frozen = (window for calendar in calendars for window in calendar.windows())
        return _next((*windows, *frozen), countersign.ports.clock())

    upcoming = inside(work)
    if as_json:
        print_json(_json(upcoming))
    else:
        _print(upcoming)


async def _stored(core: Core, actor: Actor, draft: CalendarDraft) -> Calendar:
    calendars = core.countersign.calendars
    page = await calendars.page(actor, PageRequest(size=MAX_PAGE_SIZE))
    known = next((each for each in page.items if name_key(each.name) == name_key(draft.name)), None)
    return await calendars.update(actor, known.id, draft) if known else await calendars.create(actor, draft)


def _named(environments: tuple[Environment, ...], name: str) -> Environment:
    found = next((each for each in environments if name_key(each.name) == name_key(name)), None)
    if found is None:
        known = listed(each.name for each in environments)
        raise NotFoundError(f"There is no environment {name!r}", hint=f"Environments are {known}.")
    return found


def _content(file: Path) -> str:
    try:
        raw = sys.stdin.buffer.read(MAX_BYTES + 1) if str(file) == "-" else file.read_bytes()
        return raw.decode("utf-8-sig")
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{file} is no calendar file: it is not UTF-8") from error


def _next(windows: tuple[FreezeWindow, ...], now: Any) -> list[tuple[str, Occurrence]]:
    """The next occurrences of all of them together, by start."""
    found = [(window.name, each) for window in windows for each in islice(ahead(window, now), _SHOWN)]
    return sorted(found, key=lambda pair: pair[1].starts_at)[:_SHOWN]


def _print(upcoming: list[tuple[str, Occurrence]]) -> None:
    rows = table("Freeze", "From", "Until")
    for name, each in upcoming:
        rows.add_row(printable(name), moment(each.starts_at), moment(each.ends_at))
    out().print(rows if upcoming else "Nothing is frozen ahead.")


def _json(upcoming: list[tuple[str, Occurrence]]) -> list[dict[str, Any]]:
    return [
        {"name": name, "startsAt": moment_json(each.starts_at), "endsAt": moment_json(each.ends_at)}
        for name, each in upcoming
    ]
