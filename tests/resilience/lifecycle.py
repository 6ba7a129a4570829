"""A promotion's life as section 2 of the design tells it, beside `tests.support.law`, which says who decides."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.support.law import OPEN, Law

DEPLOYING = {
    "approved": {"deploying"},
    "deploying": {"deployed", "failed", "rolled_back"},
    "deployed": {"rolled_back"},
    "failed": {"rolled_back"},
}
COMPONENTS = {"shop-1.4.0": "shop", "shop-1.5.0": "shop", "cart-1.0.0": "cart"}


@dataclass
class Asked:
    """One promotion: the law it stands under, and what section 2 adds."""

    law: Law
    release: str
    at: datetime
    ends: datetime | None
    closed: str = ""

    @property
    def is_open(self) -> bool:
        return self.law.status in OPEN

    def run_out(self, now: datetime) -> bool:
        return self.is_open and self.ends is not None and self.ends <= now

    def close(self, reason: str) -> None:
        self.law.status, self.closed = "cancelled", reason


@dataclass
class Model:
    """Everything that the design makes a promotion's status depend on. `scans` are critical findings by release."""

    groups: dict[str, set[str]]
    active: set[str]
    accounts: dict[str, dict[str, bool]]
    required: int
    names: set[str]
    hours: int | None = 24
    scans: dict[str, int] = field(default_factory=dict)
    frozen: bool = False
    asked: list[Asked] = field(default_factory=list)

    def request(self, who: str, release: str, now: datetime) -> set[str]:
        open_one = next((each for each in self.asked if each.release == release and each.is_open), None)
        if who not in self.active:
            return {"403"}
        if open_one and not open_one.run_out(now):
            return {"promotion_already_open"}
        ends = now + timedelta(hours=self.hours) if self.hours else None
        law = Law([(self.required, set(self.names))], who, True, self.accounts, self.groups, self.active)
        if open_one:
            open_one.close("expired")
        self.asked.append(Asked(law, release, now, ends))
        return set()

    def vote(self, one: Asked, who: str, approves: bool, now: datetime) -> set[str]:
        if one.run_out(now) and who in self.active:
            one.close("expired")
        one.law.gate_blocks = self.blocks(one)
        against = one.law.against(who, approves)
        if not against:
            one.law.vote(who, approves)
            self._supersede(one, now)
        return against

    def cancel(self, one: Asked, who: str, now: datetime) -> set[str]:
        if one.run_out(now) and who in self.active:
            one.close("expired")
        against = set() if one.is_open else {"already_decided"}
        if who not in self.active or who not in {one.law.requester, "ann"}:
            against.add("403")
        if not against:
            one.close("cancelled_by_requester" if who == one.law.requester else "cancelled_by_admin")
        return against

    def report(self, one: Asked, status: str) -> set[str]:
        if status not in DEPLOYING.get(one.law.status, set()):
            return {"transition_not_allowed"}
        one.law.status = status
        return set()

    def settle(self, now: datetime) -> None:
        """What time and changed gates bring about by themselves."""
        for one in self.asked:
            if one.run_out(now):
                one.close("expired")
        for one in self.asked:
            one.law.gate_blocks = self.blocks(one)
            if one.law.status == "pending":
                one.law.look_again()
                self._supersede(one, now)

    def blocks(self, one: Asked) -> bool:
        """A freeze blocks, and so does a release without a scan report, or with a critical finding in the newest."""
        return self.frozen or self.scans.get(one.release, 1) > 0

    def _supersede(self, one: Asked, now: datetime) -> None:
        """An approval closes what was asked for earlier of the same component."""
        if one.law.status != "approved":
            return
        for other in self.asked:
            is_older = other.at < one.at and COMPONENTS[other.release] == COMPONENTS[one.release]
            if other is not one and other.is_open and is_older:
                other.close("expired" if other.run_out(now) else "superseded")
