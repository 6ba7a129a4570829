"""The sections of the page that are about who: who approved, for whom, who could have, and what was changed."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cli.audit import charts, computed
from bot.cli.audit.markup import Html, Part, joined, tag
from bot.cli.audit.parts import beside, how, listed, section, table, time
from bot.cli.audit.words import party
from core.app.reviewing import LoggedChange
from core.domain.moment import moment_of
from core.domain.people import Person
from core.domain.policy import ApproverGroup
from core.evidence.audit.figures import Figures, Voter
from core.evidence.canonical import canonical

SHOWN = 50
"""How many rows a table of people has; the tables of the export have all."""
_LONGEST_DETAILS = 300


def people(figures: Figures, groups: Sequence[tuple[ApproverGroup, tuple[Person, ...]]], as_of: str) -> Html:
    """Who approved how often and for whom, and who could approve."""
    voters = [voter for voter in figures.voters if voter.approved or voter.rejected]
    bars = [(voter.party.name, voter.approved, str(voter.approved)) for voter in voters if voter.approved]
    columns = ("Person", "Approved", "Rejected", "In under 10 s", "Requested")
    return section(
        "people",
        "People",
        how(computed.PEOPLE),
        beside(
            charts.bars("people-chart", "Approvals by person", bars),
            _first("Votes by person", columns, [_voter_row(voter) for voter in voters], 4, "nobody voted"),
        ),
        tag("h3", "Who approves whom"),
        how(computed.PAIRS),
        _first("Requester and approver", _PAIR, _pair_rows(figures), 2, "no person's request was approved by another"),
        tag("h3", "Who could approve"),
        how(computed.RULES),
        _rules(figures),
        tag("h3", f"Members of approver groups as of {as_of}"),
        how(computed.MEMBERS),
        _groups(groups),
    )


_PAIR = ("A", "B", "A approved for B", "B approved for A")
_CHANGES = ("Leaf", "At (UTC)", "What", "By", "Details")


def changes(made: Sequence[LoggedChange], count: int) -> Html:
    """What was changed of the rules themselves, as far as the log has it."""
    rows = [_change_row(change) for change in made]
    more = tag("p", f"And {count - len(rows)} more: changes.csv has all of them.") if count > len(rows) else None
    nothing = tag("p", "None of these was changed in the period.")
    return section(
        "changes",
        "Changes of policies, keys and waivers",
        how(computed.CHANGES),
        joined(table("Logged changes", _CHANGES, rows), more) if rows else nothing,
    )


def _voter_row(voter: Voter) -> tuple[Part, ...]:
    return (party(voter.party), voter.approved, voter.rejected, voter.quick, voter.requested)


def _pair_rows(figures: Figures) -> list[Sequence[Part]]:
    return [(pair.one.name, pair.other.name, pair.one_approved, pair.other_approved) for pair in figures.pairs]


def _first(caption: str, columns: Sequence[str], rows: Sequence[Sequence[Part]], numbers: int, nothing: str) -> Html:
    """A table of the first rows, and how many others there are."""
    if not rows:
        return tag("p", f"In this period, {nothing}.")
    more = tag("p", f"And {len(rows) - SHOWN} more.") if len(rows) > SHOWN else None
    return joined(tag("div", table(caption, columns, rows[:SHOWN], numbers=numbers), more, class_="scroll"))


def _rules(figures: Figures) -> Html:
    rows = [
        (
            f"{rule.environment}: {rule.policy}",
            rule.required,
            ", ".join(rule.groups + tuple(f"role {role}" for role in rule.roles)) or "nobody: gates alone",
            "yes" if rule.separation else "no",
            tag("code", rule.digest.removeprefix("sha256:")[:12]),
            count,
        )
        for rule, count in sorted(figures.rules.items())
    ]
    columns = ("Environment and policy", "Approvals", "By groups", "Separation", "Digest", "Decisions")
    return _first("Policies that decisions were made under", columns, rows, 1, "nothing was decided")


def _groups(groups: Sequence[tuple[ApproverGroup, tuple[Person, ...]]]) -> Html:
    rows = [(group.name, listed(map(_member, members)) or "nobody: it approves nothing") for group, members in groups]
    return (
        table("Members of approver groups now", ("Group", "Members"), rows)
        if rows
        else tag("p", "There are no groups.")
    )


def _member(person: Person) -> Part:
    return person.name if person.may_vote else f"{person.name} (may not vote)"


def _change_row(change: LoggedChange) -> tuple[Part, ...]:
    content = change.leaf.content
    details = canonical(content["details"]).decode()
    shown = details if len(details) <= _LONGEST_DETAILS else f"{details[:_LONGEST_DETAILS]}…"
    link = tag("a", change.leaf.index, href=f"proofs/leaf-{change.leaf.index}.tlog-proof")
    at = time(moment_of(content["at"]))
    return (link, at, content["action"], content["actor"]["name"], tag("code", shown))
