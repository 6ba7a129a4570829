"""Nobody makes a voter of themself, or another person of their own account: a second administrator does.

Who administers could otherwise ask for a promotion, join the approvers, and decide it; or hand the own Slack account
to a person made up for it, and approve the own request as that one. A service account's token and the command line are
not a person's: what they change stands in the audit log, under their names.
"""

from __future__ import annotations

from uuid import UUID

from core.app.drafts import PersonDraft
from core.domain.people import Actor, Person
from core.domain.policy import ApproverGroup
from core.errors import SeparationOfDutiesError

_HINT = "Ask another administrator, or change it where the configuration is kept (`countersign apply`)."


def require_not_oneself_joining(actor: Actor, before: ApproverGroup | None, after: ApproverGroup) -> None:
    """Raise SeparationOfDutiesError where a person puts themself into an approver group, or may do so by Slack.

    Who is in a Slack user group is read later, and whoever names one may be in it, or come in.
    """
    if not actor.is_person:
        return
    members, usergroup = (before.member_ids, before.slack_usergroup) if before else (frozenset[UUID](), "")
    if actor.ref.id in after.member_ids - members:
        raise SeparationOfDutiesError("You cannot make yourself an approver (separation of duties)", hint=_HINT)
    if after.slack_usergroup and after.slack_usergroup != usergroup:
        raise SeparationOfDutiesError(
            "A person cannot hand an approver group over to a Slack user group (separation of duties)", hint=_HINT
        )


def require_not_oneself_changed(actor: Actor, before: Person, after: PersonDraft) -> None:
    """Raise SeparationOfDutiesError where a person changes who they are, or gives themself a role.

    Who one is are the e-mail address and the Slack accounts; giving a role or an account up is refused for accounts
    only, because somebody else could take it.
    """
    if not actor.is_person or actor.ref.id != before.id:
        return
    taken = sorted(after.roles - before.roles)
    if taken:
        raise SeparationOfDutiesError(
            f"You cannot give yourself the role {taken[0]} (separation of duties)", hint=_HINT
        )
    was = {(account.team, account.user) for account in before.slack}
    if after.email.strip().lower() != before.email or {(each.team, each.user) for each in after.slack} != was:
        raise SeparationOfDutiesError(
            "You cannot change your own e-mail address or Slack accounts (separation of duties)", hint=_HINT
        )
