"""What several messages say about a promotion, in the same words each time."""

from __future__ import annotations

from bot.slack.views.text import CONTEXT, counted, deadline, in_line, listed, moment, plain, rows_within, safe
from core.app.reading import PromotionView
from core.domain.gate_result import GateResult, blocking
from core.domain.policy import ApprovalPolicy, PolicyProgress
from core.domain.promotion import CloseReason, Promotion, Status, Vote, VoteChoice

NAMES_SHOWN = 8
POLICIES_SHOWN = 8
GROUPS_SHOWN = 6
_VOTES = 1500
_GATES = 2800

_ICONS = {
    Status.PENDING: "mag",
    Status.AWAITING_APPROVAL: "hourglass_flowing_sand",
    Status.APPROVED: "white_check_mark",
    Status.REJECTED: "x",
    Status.CANCELLED: "white_circle",
    Status.DEPLOYING: "rocket",
    Status.DEPLOYED: "white_check_mark",
    Status.FAILED: "warning",
    Status.ROLLED_BACK: "leftwards_arrow_with_hook",
}

_STANDS = {
    Status.PENDING: "Checking the gates",
    Status.AWAITING_APPROVAL: "Awaiting approval",
    Status.APPROVED: "Approved",
    Status.REJECTED: "Rejected",
    Status.CANCELLED: "Cancelled",
    Status.DEPLOYING: "Approved, deploying",
    Status.DEPLOYED: "Deployed",
    Status.FAILED: "Deployment failed",
    Status.ROLLED_BACK: "Rolled back",
}

_CLOSED = {
    CloseReason.EXPIRED: ("alarm_clock", "Expired"),
    CloseReason.SUPERSEDED: ("arrow_up", "Superseded"),
}


def heading(promotion: Promotion) -> str:
    """What goes where, for headings and notifications: plain text."""
    return plain(f"{promotion.release_name} → {promotion.target.name}", 150)


def subject(promotion: Promotion) -> str:
    """What goes where, inside of a sentence: mrkdwn."""
    return f"*{in_line(promotion.release_name)}* to *{in_line(promotion.target.name)}*"


def status_words(promotion: Promotion) -> str:
    """Where it stands, in two words or three."""
    if promotion.close_reason in _CLOSED:
        return _CLOSED[promotion.close_reason][1]
    blocked = blocking(promotion.gates)
    if promotion.is_open and blocked:
        by = blocked[0].gate_name if len(blocked) == 1 else f"{len(blocked)} gates"
        waiting = "Awaiting approval, blocked" if promotion.status is Status.AWAITING_APPROVAL else "Blocked"
        return f"{waiting} by {by}"
    return _STANDS[promotion.status]


def status_line(promotion: Promotion) -> str:
    """Where it stands, to be seen from afar: a sign, the words, who and when."""
    line = f":{_icon(promotion)}: *{in_line(status_words(promotion))}*"
    return line + _afterwards(promotion)


def _icon(promotion: Promotion) -> str:
    if promotion.close_reason in _CLOSED:
        return _CLOSED[promotion.close_reason][0]
    return "no_entry" if promotion.is_open and blocking(promotion.gates) else _ICONS[promotion.status]


def _afterwards(promotion: Promotion) -> str:
    """Who decided and when, or until when it is open."""
    if promotion.is_open:
        return f"\nOpen until {deadline(promotion.expires_at)}" if promotion.expires_at else ""
    if promotion.decided_at is None:
        return ""
    at = moment(promotion.decided_at)
    if promotion.close_reason in _CLOSED:
        return f", {at}"
    if promotion.status in {Status.REJECTED, Status.CANCELLED, Status.APPROVED}:
        return f" by {by_whom(promotion)}, {at}"
    return f"\nApproved by {by_whom(promotion)}, {at}"


def decided_words(promotion: Promotion) -> str:
    """How it was decided, as one sentence."""
    if promotion.close_reason is CloseReason.EXPIRED:
        return "It expired before it was decided."
    if promotion.close_reason is CloseReason.SUPERSEDED:
        return "It was superseded by a newer release."
    return f"Decided: {verdict(promotion)} by {by_whom(promotion)}."


def verdict(promotion: Promotion) -> str:
    """What was decided, in one word, whatever a deployment did afterwards."""
    if promotion.close_reason in _CLOSED:
        return _CLOSED[promotion.close_reason][1].lower()
    return (promotion.status if promotion.status in {Status.REJECTED, Status.CANCELLED} else Status.APPROVED).value


def by_whom(promotion: Promotion) -> str:
    """Who decided: all who approved, or the one who rejected or cancelled; gates where nobody was asked."""
    if promotion.status not in {Status.REJECTED, Status.CANCELLED}:
        approvers = [vote.person_name for vote in promotion.votes if vote.choice is VoteChoice.APPROVED]
        return listed((in_line(name) for name in approvers), NAMES_SHOWN) or "its gates alone"
    return in_line(promotion.decided_by.name) if promotion.decided_by else "nobody"


def asked_by(promotion: Promotion) -> str:
    """Who asked and when, and where the release comes from."""
    source = f"\n*From* {in_line(promotion.source.name)}" if promotion.source else ""
    return f"*Requested by* {in_line(promotion.requested_by.name)}, {moment(promotion.requested_at)}{source}"


def gate_rows(gates: tuple[GateResult, ...], limit: int = _GATES) -> str:
    """Each gate with its result and its words, what blocks first."""
    ordered = sorted(gates, key=lambda gate: (not gate.blocking, gate.passed))
    return rows_within((_gate_row(gate) for gate in ordered), limit, "gates")


def _gate_row(gate: GateResult) -> str:
    icon, word = (
        ("no_entry", "blocks")
        if gate.blocking
        else ("white_check_mark", "passed")
        if gate.passed
        else ("warning", "advises against it")
    )
    return f":{icon}: *{in_line(gate.gate_name, 120)}* {word}: {in_line(gate.message)}"


def vote_rows(votes: tuple[Vote, ...], limit: int = _VOTES, *, dated: bool = True) -> str:
    """Each vote with its comment. The reason of a rejection stands above, as why it was closed."""
    return rows_within((_vote_row(vote, dated=dated) for vote in votes), limit, "votes")


def _vote_row(vote: Vote, *, dated: bool) -> str:
    approved = vote.choice is VoteChoice.APPROVED
    icon = "white_check_mark" if approved else "x"
    when = f", {moment(vote.at)}" if dated else ""
    comment = f": “{in_line(vote.comment, 200)}”" if vote.comment and approved else ""
    return f":{icon}: {in_line(vote.person_name)} {vote.choice.value}{when}{comment}"


def progress(view: PromotionView) -> str:
    """How many approvals there are and which are missing, for each policy where there are several."""
    quorum = view.quorum
    if not quorum.required:
        return "*Approvals*: none needed, gates alone decide"
    line = f"*Approvals: {quorum.approvals} of {quorum.required}*"
    if len(quorum.policies) == 1:
        return f"{line}, from {groups(quorum.policies[0].policy)}"
    ordered = sorted(quorum.policies, key=lambda each: each.satisfied)
    rows = [_policy_row(each) for each in ordered[:POLICIES_SHOWN]]
    if len(ordered) > POLICIES_SHOWN:
        rows.append(f"… and {counted(len(ordered) - POLICIES_SHOWN, 'more policy', 'more policies')}")
    return "\n".join([line, *rows])


def _policy_row(each: PolicyProgress) -> str:
    policy = each.policy
    if not policy.required_approvals:
        return f"• {in_line(policy.name)}: asks for nobody"
    given = min(each.approvals, policy.required_approvals)
    done = "complete" if each.satisfied else f"from {groups(policy, 3)}"
    return f"• {in_line(policy.name)}: {given} of {policy.required_approvals}, {done}"


def groups(policy: ApprovalPolicy, most: int = GROUPS_SHOWN) -> str:
    """The groups that approve under a policy; roles for the fallback policy."""
    names = [group.name for group in policy.approver_groups]
    if not names:
        return f"anybody with the role {listed(sorted(role.value for role in policy.approver_roles), 5)}"
    return listed((in_line(name) for name in names), most)


def who_may(view: PromotionView) -> str:
    """Who may still approve, by name; says so where nobody can."""
    if view.may_still_approve:
        return f"*May still approve*: {listed((in_line(p.name) for p in view.may_still_approve), NAMES_SHOWN)}"
    return "*Nobody can approve this now.* Ask an administrator to add people to the approver groups."


def deployment(promotion: Promotion) -> str:
    """What the pipeline said last; empty where it said nothing."""
    rows = []
    if promotion.external_url:
        rows.append(f"<{safe(promotion.external_url)}|Open the deployment>")
    if promotion.deployment_message:
        rows.append(in_line(promotion.deployment_message, CONTEXT // 4))
    return "\n".join(rows)


def sentence(promotion: Promotion) -> str:
    """Everything in one line, for notifications and screen readers."""
    what = f"{in_line(promotion.release_name)} to {in_line(promotion.target.name)}"
    return f"{what}: {in_line(status_words(promotion)).lower()}, requested by {in_line(promotion.requested_by.name)}"
