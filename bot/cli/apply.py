"""`countersign apply`: configuration from a file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.configuration.changes import Change, counted
from bot.cli.configuration.yaml_tree import FlawedFileError
from bot.cli.console import Exit, err, out, print_json
from bot.cli.diff import print_diff
from bot.cli.failures import CommandError, complain
from bot.cli.lesson import lesson
from bot.cli.room import inside
from core.domain.people import Actor

if TYPE_CHECKING:
    from bot.bootstrap import Core

HELP = lesson(
    """
Bring environments, people, approver groups, approval policies, freeze windows and calendars in line with a YAML file.

All of the file is applied, or nothing. Applying it again changes nothing. A key that is left out stays as it is; what
the file does not name is left alone, unless --prune is given: then it goes from the sections that the file has (people
are deactivated).

  environments:
    - {name: staging}
    - name: production
      promotesFrom: staging
      requireSod: true
      slackChannel: "#releases-production"
      gates:
        security-gate: {maxCritical: 0, maxHigh: 5}
        freeze-window-gate: {}
        sequence-gate: {}
  people:
    - {email: alice@example.com, name: Alice, roles: [requester],
       slack: [{team: T01, user: U01}]}
    - {email: bob@example.com, name: Bob}
  approverGroups:
    - {name: release-managers, members: [bob@example.com]}
    - {name: sre-team, slackUsergroup: S01}
  approvalPolicies:
    - name: production-policy
      environment: production
      requiredApprovals: 2
      approverGroups: [release-managers, sre-team]
      requireSeparationOfDuties: true
      autoExpireHours: 24
  freezeWindows:
    - {name: year-end, environments: [production],
       startsAt: 2026-12-20T00:00:00Z, endsAt: 2027-01-03T00:00:00Z}
    - name: weekends
      environments: [production]
      components: [shop]
      startsAt: 2026-01-02T16:00:00+01:00
      endsAt: 2026-01-05T08:00:00+01:00
      recurrence: {rule: FREQ=WEEKLY;BYDAY=FR, timeZone: Europe/Berlin, exceptDates: [2026-12-25]}
  calendars:
    - {name: company, environments: [production], url: https://calendar.example.com/freezes.ics,
       whenStale: closed, staleAfterHours: 24}
""",
    ("countersign apply countersign.yaml --dry-run", "show what would change, and change nothing"),
    ("countersign apply countersign.yaml", "show what changes, and change it"),
    ("generate-config | countersign apply - --json", "read standard input, answer in JSON"),
)


def apply(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="The YAML file; - for standard input.", show_default=False)
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check and show everything, change nothing.")] = False,
    prune: Annotated[bool, typer.Option("--prune", help="Also remove what the file's sections do not name.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Run the command."""
    # What configuration files may hold takes megabytes to describe, and no other command reads any.
    from bot.cli.configuration.applying import apply_configuration
    from bot.cli.configuration.reading import read_configuration

    source = _source(file)
    try:
        wanted = read_configuration(source)

        async def work(core: Core, actor: Actor) -> tuple[Change, ...]:
            ports = core.countersign.ports
            return await apply_configuration(ports, actor, wanted, prune=prune, dry_run=dry_run)

        with err().status("Applying ..."):
            changes = inside(work)
    except FlawedFileError as flawed:
        _explain(file, flawed)
        raise typer.Exit(Exit.REFUSED) from flawed
    if as_json:
        print_json({"dryRun": dry_run, "counts": counted(changes), "changes": [change.as_json() for change in changes]})
    else:
        print_diff(out(), changes, dry_run=dry_run)


def _source(file: Path) -> bytes:
    if str(file) == "-":
        return sys.stdin.buffer.read()
    try:
        return file.read_bytes()
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}") from error


def _explain(file: Path, flawed: FlawedFileError) -> None:
    name = "standard input" if str(file) == "-" else str(file)
    for flaw in flawed.flaws:
        place = f"{name}:{flaw.line}" if flaw.line else name
        complain(f"{place}: {flaw.path + ': ' if flaw.path else ''}{flaw.message}", flaw.hint)
