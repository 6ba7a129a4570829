"""What the database holds: is anything stuck, and can what is asked for be decided at all?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from bot.cli.console import moment
from bot.cli.doctor.finding import Finding, failed, ok, warning
from core.app.ports import Store
from core.app.proving import begins_with
from core.app.timekeeping import behind
from core.domain.events import Action
from core.domain.policy import ApprovalPolicy
from core.evidence.log.examination import KnownCheckpoint

LATE = timedelta(minutes=5)
LATELY = timedelta(days=7)


def check_outbox(store: Store, now: datetime) -> Finding:
    """How much waits to be told, and what failed last."""
    name = "outbox"
    depth = store.outbox.depth()
    if depth.failing:
        failures = store.outbox.failures(1)
        last = f"; last: {failures[0][0].errand}: {failures[0][1]}" if failures else ""
        fix = "Mend what the error names (the checks of Slack may say more); deliveries are tried again by themselves."
        return warning(name, f"{depth.failing} of {depth.waiting} deliveries fail{last}", fix)
    if depth.oldest is not None and now - depth.oldest > LATE:
        minutes = int((now - depth.oldest).total_seconds() // 60)
        return warning(name, f"{depth.waiting} deliveries wait, the oldest for {minutes} min", "Is `serve` running?")
    return ok(name, f"{depth.waiting} deliveries wait")


def check_troubles(store: Store) -> Iterator[Finding]:
    """Channels that could not be posted in when the server last tried."""
    for trouble in store.troubles.all():
        environment = store.environments.get(trouble.environment_id)
        if environment is not None and trouble.solved_at is None:
            yield warning(
                f"cards of {environment.name}",
                f"{trouble.channel} cannot be posted in since {moment(trouble.since)}: {trouble.problem}",
                "Unarchive the channel or invite the bot; what is missing is posted by itself.",
            )


def check_calendars(store: Store, now: datetime) -> Iterator[Finding]:
    """Calendars whose addresses could not be read when the server last tried."""
    for calendar in store.calendars.all():
        if calendar.problem or calendar.is_stale_at(now):
            last = moment(calendar.read_at, "never")
            holds = f"; what it freezes is {calendar.when_stale.value} now" if calendar.is_stale_at(now) else ""
            yield warning(
                f"calendar {calendar.name}",
                f"{calendar.problem or 'The calendar was not read lately'} (last read: {last}){holds}",
                "Open its address yourself, and see that it answers with an .ics file; it is read again by itself.",
            )


def check_policies(store: Store) -> Iterator[Finding]:
    """Policies that ask for more approvals than there are people who may give them."""
    policies = store.policies.all()
    electorate = store.people.electorate(policies)
    short = [(policy, len(electorate.of(policy))) for policy in policies]
    short = [(policy, voters) for policy, voters in short if voters < policy.required_approvals]
    for policy, voters in short:
        yield warning(
            f"policy {policy.name}",
            f"asks for {_asked(policy)}, and {voters} active people are in its groups",
            "Add people to its groups, with `countersign apply`.",
        )
    if not short:
        yield ok("approval policies", f"{len(policies)}, each with enough people to satisfy it")


def check_clock(store: Store, now: datetime) -> Finding:
    """Whether times can be relied on: the clock is not behind what was written, and was not moved lately."""
    name = "times"
    if missing := behind(store, now):
        seconds = round(missing.total_seconds())
        fix = "Set this machine's clock right, by NTP: it or a replica's is wrong. Evidence bears the wrong time."
        return warning(name, f"the clock here is {seconds} s behind the newest audit entry", fix)
    moves = [event for event in store.audit.of_actions({Action.CLOCK_MOVED}) if now - event.at < LATELY]
    if moves:
        last = moves[-1]
        seconds = int(last.details["seconds"])
        how = f"{'back' if seconds < 0 else 'forward'} by {abs(seconds)} s"
        fix = "Keep the servers' time by NTP; the audit log says which times to compare with care (clock:moved)."
        return warning(name, f"this week a server's clock was moved ({len(moves)} x), last {how}", fix)
    return ok(name, "the clock agrees with what was written, and was not moved lately")


def check_log(store: Store, seen: Iterable[KnownCheckpoint] = ()) -> Finding:
    """Whether the transparency log is still what was signed, and what was `seen` of it on this machine before."""
    name, state, latest = "transparency log", store.log.state(), store.log.checkpoint()
    if latest is not None and not begins_with(store, state, latest):
        return failed(
            name,
            f"the {state.size} entries in the database do not begin with the {latest.size} that were signed",
            "Nothing is signed from it. Compare the database with a backup and with checkpoints that others have.",
        )
    for each in seen:
        if each.checkpoint.origin == state.origin and not begins_with(store, state, each.checkpoint):
            return failed(
                name,
                f"the {state.size} entries do not begin with the {each.checkpoint.size} of {each.source}",
                "Was an older backup restored? What was decided since is in Slack and with those who keep evidence. "
                "Whoever accepts the loss removes that file.",
            )
    signed = latest.size if latest else 0
    return ok(name, f"{state.origin or 'no name yet'}: {state.size} entries, {signed} of them signed")


def _asked(policy: ApprovalPolicy) -> str:
    return "1 approval" if policy.required_approvals == 1 else f"{policy.required_approvals} approvals"
