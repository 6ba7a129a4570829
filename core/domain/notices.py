"""Who is told what, and when: pure decisions, given the promotion, who may vote, and the time.

1. Somebody is told only while the promotion awaits approval and the person's approval would count: never whoever
   has voted, may not vote, or asked for it under separation of duties.
2. A policy's approvers are asked first, but for those who are only in the group of its escalation. Those are asked
   when their time has come, or at once where there is nobody else.
3. Each person is asked once and reminded once for one promotion, and again whenever somebody asks for a reminder.
4. What comes in quiet hours waits for their end. What waited, and what comes in a burst, goes out as one digest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from core.domain.notify import Via
from core.domain.policy import ApprovalPolicy, Electorate
from core.domain.promotion import Promotion, Status

BURST = 3
"""So many messages within MINUTE stay messages of their own."""
MINUTE = timedelta(minutes=1)


class Call(StrEnum):
    """What somebody is told about one promotion."""

    ASK = "ask"
    ESCALATE = "escalate"
    """Asked too, but later, because nobody else has acted."""
    REMIND = "remind"
    NUDGE = "nudge"
    """Reminded because somebody asked for it."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One call to one person by direct message.

    `due_at` is when to look at it again while it is held back. `told_in` is the key of the message that it goes out
    in, once that is settled; `told_at` is when it went out.
    """

    promotion_id: UUID
    person_id: UUID
    call: Call
    wanted_at: datetime
    due_at: datetime
    told_in: str = ""
    told_at: datetime | None = None

    @property
    def key(self) -> tuple[UUID, UUID, Call]:
        """What one notice is told apart from others by."""
        return self.promotion_id, self.person_id, self.call

    @property
    def was_held(self) -> bool:
        """Whether it had to wait."""
        return self.due_at > self.wanted_at


@dataclass(frozen=True, slots=True)
class Calls:
    """What has to have been said by now: to whom directly, which groups mentioned, and whether the channel reminded.

    `able` are those whose approval would count: a nudge reaches them and nobody else.
    """

    direct: frozenset[tuple[UUID, Call]] = frozenset()
    mentioned: frozenset[UUID] = frozenset()
    channel_reminded: bool = False
    able: frozenset[UUID] = frozenset()

    def of(self, person_id: UUID) -> frozenset[Call]:
        """What one person may be told."""
        own = frozenset(call for who, call in self.direct if who == person_id)
        return own | {Call.NUDGE} if person_id in self.able else own


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What Slack offers: the approver groups that it knows as user groups, and whether there is a channel to ask in."""

    mentionable: Set[UUID] = frozenset()
    has_channel: bool = True


def calls(promotion: Promotion, electorate: Electorate, around: Surroundings, now: datetime) -> Calls:
    """What has to have been said by `now`."""
    if promotion.status is not Status.AWAITING_APPROVAL or promotion.expired_at(now):
        return Calls()
    direct: set[tuple[UUID, Call]] = set()
    mentioned: set[UUID] = set()
    channel_reminded = False
    for policy in _asking(promotion, electorate):
        first, fallback = _audience(promotion, policy, electorate)
        reminding = _is_past(remind_at(promotion, policy), now)
        via = policy.notify.via if around.has_channel else Via.DM
        named = _mentioned(policy, around) if via is Via.USERGROUP else frozenset()
        reached = frozenset().union(*(electorate.by_group.get(group, frozenset()) for group in named))
        asked = frozenset() if via is Via.CHANNEL else first - reached
        direct |= {(person, Call.ASK) for person in asked}
        if reminding:
            direct |= {(person, Call.REMIND) for person in asked}
        if _is_past(escalate_at(promotion, policy), now):
            direct |= {(person, Call.ESCALATE) for person in fallback}
        mentioned |= named
        channel_reminded |= reminding and via is not Via.DM
    able = promotion.may_still_approve(electorate)
    return Calls(frozenset(_once(direct)), frozenset(mentioned), channel_reminded, able)


def remind_at(promotion: Promotion, policy: ApprovalPolicy) -> datetime | None:
    """When a policy's approvers are reminded; None for never."""
    return _part(promotion, policy.notify.remind_at_percent)


def escalate_at(promotion: Promotion, policy: ApprovalPolicy) -> datetime | None:
    """When a policy's fallback group is asked too; None for never."""
    return _part(promotion, policy.notify.escalate_at_percent)


def moments(promotion: Promotion) -> frozenset[datetime]:
    """When time alone brings something to be said."""
    found = [moment(promotion, policy) for policy in promotion.policies for moment in (remind_at, escalate_at)]
    return frozenset(each for each in found if each is not None)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do with what waits for a person: hold it all until a moment, or send it, as one digest or each alone."""

    hold_until: datetime | None = None
    as_digest: bool = False


def plan(waiting: Sequence[Notice], told_lately: Iterable[datetime], quiet: datetime | None, now: datetime) -> Plan:
    """Decide about a person's waiting notices. `told_lately` are the times of messages, `quiet` the end of the peace.

    A burst is held until a minute after the last message, and by then it is one digest.
    """
    if quiet is not None:
        return Plan(hold_until=quiet)
    promotions = len({notice.promotion_id for notice in waiting})
    lately = [at for at in told_lately if now - MINUTE < at]
    held = any(notice.was_held for notice in waiting)
    if promotions + len(lately) > BURST and lately:
        return Plan(hold_until=max(lately) + MINUTE)
    return Plan(as_digest=promotions > 1 and (held or promotions > BURST))


def _asking(promotion: Promotion, electorate: Electorate) -> Iterator[ApprovalPolicy]:
    """The policies that still want approvals; as in `Promotion.may_still_approve`, all where none of them does."""
    reached = promotion.quorum(electorate)
    for step in reached.policies:
        if step.policy.required_approvals and (reached.met or not step.satisfied):
            yield step.policy


def _audience(
    promotion: Promotion, policy: ApprovalPolicy, electorate: Electorate
) -> tuple[frozenset[UUID], frozenset[UUID]]:
    """Whom to ask first, and whom only when nobody else acts."""
    everybody = electorate.of(policy) & promotion.may_still_approve(electorate)
    if policy.notify.escalate_to_group is None:
        return everybody, frozenset()
    others = [group.id for group in policy.approver_groups if group.id != policy.notify.escalate_to_group]
    first = everybody & frozenset().union(*(electorate.by_group.get(group, frozenset()) for group in others))
    return (first, everybody - first) if first else (everybody, frozenset())


def _mentioned(policy: ApprovalPolicy, around: Surroundings) -> frozenset[UUID]:
    spared = {policy.notify.escalate_to_group}
    return frozenset(group.id for group in policy.approver_groups if group.id not in spared) & around.mentionable


def _part(promotion: Promotion, percent: int | None) -> datetime | None:
    if percent is None or promotion.expires_at is None:
        return None
    return promotion.requested_at + (promotion.expires_at - promotion.requested_at) * percent / 100


def _is_past(moment: datetime | None, now: datetime) -> bool:
    return moment is not None and moment <= now


def _once(direct: set[tuple[UUID, Call]]) -> Iterator[tuple[UUID, Call]]:
    """Whoever is asked anyway is not asked a second time by an escalation."""
    for person, call in direct:
        if call is not Call.ESCALATE or (person, Call.ASK) not in direct:
            yield person, call
