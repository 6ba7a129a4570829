"""Separation of duties and eligibility: may this person cast this vote on this promotion now?

A refusal is a value: a vote raises it, and whoever only asks what somebody may do takes it as an answer.
"""

from __future__ import annotations

from core.domain.people import Actor, Person
from core.domain.policy import Electorate
from core.domain.promotion import Promotion, VoteChoice
from core.errors import AlreadyVotedError, DomainError, NotAVoterError, NotEligibleError, SeparationOfDutiesError

_FLAGS = {
    "deleted": ("is deactivated", "A workspace administrator can activate it again."),
    "is_bot": ("is a bot", "Votes are for people: vote with your own account."),
    "is_restricted": ("is a guest", "Ask one of the approvers to decide; only full members vote."),
    "is_stranger": ("belongs to another organisation", "Ask somebody of this workspace to decide."),
}
_UNKNOWN_FLAG = ("may not vote here", "Ask one of the approvers to decide.")


def refusal_to_act_as_voter(actor: Actor, person: Person | None) -> DomainError | None:
    """Why this actor can vote on nothing at all: only active people do, through an account that may."""
    if not actor.is_person or person is None:
        hint = "Ask one of the approvers to vote, in Slack or with a token of their own."
        return NotAVoterError(f"{actor.ref.name} is not a person; only people vote", hint=hint)
    if not person.active:
        hint = "If that is a mistake, an administrator of Countersign can activate you again."
        return NotAVoterError(f"{person.name} is deactivated and may not vote", hint=hint)
    if actor.account is not None and actor.account.blocked_by:
        flag = actor.account.blocked_by
        why, hint = _FLAGS.get(flag, _UNKNOWN_FLAG)
        return NotAVoterError(f"This Slack account {why} and may not vote", hint=hint, flag=flag)
    if not person.may_vote:
        message = f"No Slack account of {person.name} may vote, so no other door is open either"
        return NotAVoterError(message, hint="A full member's account opens them: ask a workspace administrator.")
    return None


def refusal_to_vote(
    promotion: Promotion, person: Person, choice: VoteChoice, electorate: Electorate
) -> DomainError | None:
    """Why `person` may not cast this vote on an open promotion; None where nothing speaks against it."""
    if vote := promotion.vote_of(person.id):
        return AlreadyVotedError(
            f"{person.name} has already {vote.choice.value} this promotion", votedAt=vote.at.isoformat()
        )
    is_requester = promotion.requested_by.id == person.id
    if is_requester and promotion.separation_of_duties and choice is VoteChoice.APPROVED:
        return SeparationOfDutiesError(
            "You requested this promotion, so somebody else must approve it (separation of duties)",
            hint="You can still cancel it.",
        )
    lifted = promotion.exemption
    if lifted and person.id in lifted.lifters and choice is VoteChoice.APPROVED:
        return SeparationOfDutiesError(
            "You lifted a freeze for this promotion, so somebody else must approve it (separation of duties)",
            hint="You can still reject it.",
        )
    if any(person.id in electorate.of(policy) for policy in promotion.policies):
        return None
    groups = sorted({group.name for policy in promotion.policies for group in policy.approver_groups})
    wanted = f"the approver groups {', '.join(groups)}" if groups else "the approvers"
    return NotEligibleError(
        f"{person.name} is not in {wanted} for {promotion.target.name}",
        hint="Ask one of the approvers, or an administrator to add you.",
        approverGroups=groups,
    )


def refusal_to_exempt(promotion: Promotion, person: Person) -> DomainError | None:
    """Why `person`, who holds the right, may not lift freezes for this promotion; None where nothing speaks against."""
    if promotion.requested_by.id == person.id:
        return SeparationOfDutiesError(
            "You requested this promotion, so somebody else must lift the freeze for it (separation of duties)",
            hint="Ask another person with the role emergency.",
        )
    if promotion.vote_of(person.id):
        return SeparationOfDutiesError(
            "You have voted on this promotion, so somebody else must lift the freeze for it (separation of duties)",
            hint="Ask another person with the role emergency.",
        )
    return None
