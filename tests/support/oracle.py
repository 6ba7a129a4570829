"""Who may vote and what it leads to, said a second time in plain sets, from the design's words and not from the code.

People, groups and roles are names. A policy is how many people it asks for, and the groups they must be in; the
fallback of an environment without policies names roles instead, which here are groups as well. Nothing is shared with
`core`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

OPEN = ("pending", "awaiting_approval")


@dataclass
class Oracle:
    """One promotion, and the people around it. Commands answer the code of the refusal, empty where there is none."""

    policies: list[tuple[int, set[str]]]
    requester: str | None
    separated: bool
    active: set[str]
    members: dict[str, set[str]]
    status: str = "pending"
    gates_pass: bool = True
    approved: set[str] = field(default_factory=set)
    rejected: set[str] = field(default_factory=set)

    def electors(self, groups: set[str]) -> set[str]:
        return {person for group in groups for person in self.members.get(group, set())} & self.active

    def barred(self) -> set[str]:
        return {self.requester} if self.separated and self.requester else set()

    def counts(self, also: frozenset[str] = frozenset()) -> list[int]:
        """How many approvals count for each policy now."""
        return [len(self.electors(groups) & (self.approved | also) - self.barred()) for _, groups in self.policies]

    def met(self, also: frozenset[str] = frozenset()) -> bool:
        return all(count >= asked for count, (asked, _) in zip(self.counts(also), self.policies, strict=True))

    def refusal(self, person: str, *, approving: bool) -> str:
        if person not in self.active:
            return "may_not_vote"
        if self.status not in OPEN:
            return "already_decided"
        if person in self.approved | self.rejected:
            return "already_voted"
        if approving and person in self.barred():
            return "separation_of_duties"
        return "" if any(person in self.electors(groups) for _, groups in self.policies) else "not_in_approver_list"

    def approve(self, person: str) -> str:
        if code := self.refusal(person, approving=True):
            return code
        decides = self.met(also=frozenset({person}))
        if (decides or self.status == "pending") and not self.gates_pass:
            return "gates_blocked"
        self.approved.add(person)
        self.status = "approved" if decides else "awaiting_approval"
        return ""

    def reject(self, person: str) -> str:
        if code := self.refusal(person, approving=False):
            return code
        self.rejected.add(person)
        self.status = "rejected"
        return ""

    def evaluate(self) -> str:
        if self.status == "pending" and self.gates_pass:
            gates_alone = all(asked == 0 for asked, _ in self.policies)
            self.status = "approved" if gates_alone else "awaiting_approval"
        return ""

    def asked(self) -> set[str]:
        """Whose approval is waited for: it would count where something is missing, or decide where nothing is."""
        if self.status != "awaiting_approval":
            return set()
        missing = [
            groups
            for count, (asked, groups) in zip(self.counts(), self.policies, strict=True)
            if count < asked or (self.met() and asked)
        ]
        return {person for groups in missing for person in self.electors(groups)} - self.approved - self.barred()
