"""Section 3 of the design, "Who may decide", as plain sets. Written from its words alone and to be read beside them.

`tests/support/oracle.py` says what each command answers, in the product's order of checks. Here no order is known: a
refusal is right where it names any of the reasons that hold, and an act is accepted where none does.
"""

from __future__ import annotations

from dataclasses import dataclass, field

OPEN = {"pending", "awaiting_approval"}


@dataclass
class Law:
    """One promotion. `policies` are how many approvals each asks for, of whom; `accounts` which of them may vote."""

    policies: list[tuple[int, set[str]]]
    requester: str | None
    separated: bool
    accounts: dict[str, dict[str, bool]]
    groups: dict[str, set[str]]
    active: set[str]
    gate_blocks: bool = False
    lifters: set[str] = field(default_factory=set)
    status: str = "pending"
    approved: set[str] = field(default_factory=set)
    rejected: set[str] = field(default_factory=set)

    def voters(self) -> set[str]:
        """Active humans; who is known to Slack is so by one account at least that is no guest's, bot's, stranger's."""
        return {who for who in self.active if not self.accounts[who] or any(self.accounts[who].values())}

    def eligible(self, names: set[str]) -> set[str]:
        return set().union(*(self.groups[name] for name in names)) & self.voters()

    def apart(self) -> set[str]:
        return self.lifters | ({self.requester} if self.separated and self.requester else set())

    def counted(self, approved: set[str]) -> list[int]:
        return [len((approved & self.eligible(names)) - self.apart()) for _, names in self.policies]

    def satisfied(self, approved: set[str]) -> bool:
        asked = [required for required, _ in self.policies]
        return all(count >= required for count, required in zip(self.counted(approved), asked, strict=True))

    def against(self, who: str, approves: bool, account: str = "") -> set[str]:
        """Every reason there is against a vote: of nobody we know, a program, an account that may not, and so on."""
        if who not in self.accounts:
            return {"403"}
        reasons = set() if any(who in self.eligible(names) for _, names in self.policies) else {"403"}
        reasons |= {"403"} if account and not self.accounts[who][account] else set()
        reasons |= {"separation_of_duties"} if approves and who in self.apart() else set()
        reasons |= {"already_voted"} if who in self.approved | self.rejected else set()
        reasons |= set() if self.status in OPEN else {"already_decided"}
        moves = self.status == "pending" or self.satisfied(self.approved | {who})
        return reasons | ({"422"} if approves and self.gate_blocks and moves else set())

    def vote(self, who: str, approves: bool) -> None:
        """A vote against which nothing speaks."""
        (self.approved if approves else self.rejected).add(who)
        decided = "approved" if approves and self.satisfied(self.approved) else "awaiting_approval"
        self.status = decided if approves else "rejected"

    def look_again(self) -> None:
        """Gates are evaluated: what does not block goes on by itself, all the way where nobody is asked."""
        if self.status == "pending" and not self.gate_blocks:
            self.status = "awaiting_approval" if any(required for required, _ in self.policies) else "approved"
