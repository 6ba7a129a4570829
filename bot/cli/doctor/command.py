"""The command: all checks in order, each going as far as the ones before it allow."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from bot.cli.console import Exit, err, out, print_json, printable, symbol
from bot.cli.doctor.finding import Finding, Outcome, failed, ok, skipped
from bot.cli.doctor.membership import check_usergroups
from bot.cli.doctor.signing import check_key, check_registry
from bot.cli.doctor.stored import check_calendars, check_clock, check_log, check_outbox, check_policies, check_troubles
from bot.cli.failures import CommandError
from bot.cli.lesson import lesson
from bot.cli.masking import without_password
from bot.cli.room import quiet_logging
from bot.cli.verify.memory import Memory, default_folder
from bot.settings import Settings, SettingsError, load_settings
from core.app.installations import Installation
from core.app.ports import Store
from core.domain.environment import Environment
from core.errors import DomainError
from core.evidence.log.examination import KnownCheckpoint
from core.evidence.public_key import PublicKeyRecord

HELP = lesson(
    """
Check settings, database, signing key, Slack (token, scopes, clock, channels) and what waits to be delivered. Each check
says ok, warning or failed, and what to do. Nothing is changed. Exit code 1 if anything failed.
""",
    ("countersign doctor", "a list for people"),
    ("countersign doctor --json | jq '.checks[] | select(.outcome == \"failed\")'", "what failed, for a script"),
)

_STYLES = {
    Outcome.OK: ("ok", "green"),
    Outcome.WARNING: ("warning", "bold yellow"),
    Outcome.FAILED: ("failed", "bold red"),
    Outcome.SKIPPED: ("skipped", "dim"),
}


def doctor(as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False) -> None:
    """Run the command."""
    with err().status("Looking ..."):
        findings = asyncio.run(_all_findings())
    healthy = all(finding.outcome is not Outcome.FAILED for finding in findings)
    if as_json:
        print_json({"ok": healthy, "checks": [finding.as_json() for finding in findings]})
    else:
        _tell(out(), findings)
    if not healthy:
        raise typer.Exit(Exit.REFUSED)


async def _all_findings() -> list[Finding]:
    try:
        settings = load_settings()
    except SettingsError as error:
        return [failed("settings", str(error), error.fix)]
    quiet_logging(settings)
    return [ok("settings", "all make sense"), *[finding async for finding in examine(settings, datetime.now(UTC))]]


async def examine(settings: Settings, now: datetime) -> AsyncIterator[Finding]:
    """Everything that can be found out under these settings."""
    from bot.cli.doctor.slack import check_slack  # the network's and the database's libraries: not for `--help`
    from bot.cli.doctor.workspaces import channels_by_workspace, check_installed
    from bot.upkeep import looking_in

    signer, finding = check_key(settings)
    yield finding
    seen: tuple[KnownCheckpoint, ...] = ()
    try:
        seen = Memory(default_folder()).checkpoints()
    except CommandError as error:
        yield failed("log as it was seen", error.message, error.hint)
    environments: tuple[Environment, ...] = ()
    installations: tuple[Installation, ...] = ()
    try:
        async with looking_in(settings) as transactions:
            yield ok("database", f"{without_password(settings.database_url)} answers, its schema is up to date")
            if signer is not None:
                yield check_registry(signer, await transactions.read(_keys), now)
            for stored in await transactions.read(lambda store: _stored(store, now, seen)):
                yield stored
            max_age = timedelta(minutes=settings.usergroup_max_age)
            for stored in await transactions.read(lambda store: [*check_usergroups(store, now, max_age)]):
                yield stored
            environments, installations = await transactions.read(
                lambda store: (store.environments.all(), store.installations.all())
            )
    except DomainError as error:
        yield failed("database", error.message, error.hint)
        yield skipped("key registry, outbox, policies, channels", "the database says nothing about them")
    channels = channels_by_workspace(environments, installations)
    async for finding in check_slack(settings, channels[""], now):
        yield finding
    async for finding in check_installed(settings, installations, channels, now):
        yield finding


def _stored(store: Store, now: datetime, seen: Iterable[KnownCheckpoint]) -> list[Finding]:
    calendars = check_calendars(store, now)
    policies = check_policies(store)
    return [
        check_outbox(store, now),
        *check_troubles(store),
        *calendars,
        *policies,
        check_clock(store, now),
        check_log(store, seen),
    ]


def _keys(store: Store) -> tuple[PublicKeyRecord, ...]:
    return store.evidence.keys()


def _tell(console: Console, findings: list[Finding]) -> None:
    width = max(len(finding.name) for finding in findings)
    for finding in findings:
        sign, style = _STYLES[finding.outcome]
        line = Text.assemble(
            (symbol(console, sign), style), f" {finding.name.ljust(width)}  ", printable(finding.message)
        )
        console.print(line, soft_wrap=True)
        if finding.fix:
            console.print(Text.assemble(" " * (width + 4), ("Fix: ", "bold"), printable(finding.fix)), soft_wrap=True)
    failures = sum(finding.outcome is Outcome.FAILED for finding in findings)
    warnings = sum(finding.outcome is Outcome.WARNING for finding in findings)
    console.print(f"\n{failures} failed, {warnings} to mend, {len(findings)} looked at.", style="bold")
