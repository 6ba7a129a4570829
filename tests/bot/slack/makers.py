"""Promotions in any shape for views, usual and extreme, and what Slack would say against a view."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.playground.blockkit.blocks import message_problems
from bot.playground.blockkit.views import view_problems
from bot.slack.views.message import Message
from core.app.proving import Inclusion
from core.app.reading import PromotionView
from core.domain.environment import EnvironmentRef
from core.domain.events import Action, Event
from core.domain.gate_result import GateResult
from core.domain.people import ActorKind, ActorRef, Person
from core.domain.policy import ApprovalPolicy, GroupRef, PolicyProgress, Quorum
from core.domain.promotion import CloseReason, Promotion, Status, Vote, VoteChoice
from core.domain.release import Artifact, Release
from core.evidence.envelope import EvidencePacket
from tests.support.clock import MORNING, nth_id

ALICE = ActorRef(ActorKind.PERSON, nth_id(1), "Alice")
EVIL = "<!channel> <@U02> <https://evil.example|click> &amp; \u202eneerg \u200b<!date^1^x|y> " * 30
ARABIC = "إصدار المتجر"
PASSED = GateResult("freeze-window-gate", True, False, "No active freeze window", {"activeFreezeWindow": None})
BLOCKED = GateResult(
    "security-gate", False, True, "3 critical vulnerabilities exceed threshold (max: 0)", {"criticalCount": 3}
)
ADVISORY = GateResult("sequence-gate", False, False, "shop-1.4.0 is not deployed in staging", {})


def person(number: int, name: str = "") -> Person:
    return Person(nth_id(number), f"p{number}@example.com", name or f"Person {number}")


BOB, CAROL = person(2, "Bob"), person(3, "Carol")


def vote(who: Person, choice: VoteChoice = VoteChoice.APPROVED, comment: str = "") -> Vote:
    return Vote(who.id, who.name, choice, comment, MORNING + timedelta(minutes=5), "slack")


def policy(name: str = "production-policy", required: int = 2, *groups: str) -> ApprovalPolicy:
    named = groups or ("release-managers", "sre-team")
    refs = tuple(GroupRef(nth_id(100 + place), group) for place, group in enumerate(named))
    return ApprovalPolicy(nth_id(50), name, nth_id(61), required, refs)


def promotion(status: Status = Status.AWAITING_APPROVAL, **changes: Any) -> Promotion:
    decided: dict[str, Any] = (
        {} if status in {Status.PENDING, Status.AWAITING_APPROVAL} else {"decided_at": MORNING, "decided_by": ALICE}
    )
    usual = Promotion(
        id=nth_id(10),
        release_id=nth_id(11),
        release_name="shop-1.4.0",
        component="shop",
        source=EnvironmentRef(nth_id(60), "staging"),
        target=EnvironmentRef(nth_id(61), "production"),
        reason="Fixes the checkout",
        requested_by=ALICE,
        requested_at=MORNING,
        policies=(policy(),),
        separation_of_duties=True,
        expires_at=MORNING + timedelta(hours=24),
        status=status,
        gates=(PASSED,),
        evaluated_at=MORNING,
    )
    return replace(usual, **(decided | changes))


def release(**changes: Any) -> Release:
    usual = Release(nth_id(11), "shop-1.4.0", "shop", "1.4.0", MORNING, (Artifact("shop", "sha256:" + "a" * 64),))
    return replace(usual, **changes)


def view(of: Promotion | None = None, *, may: tuple[Person, ...] = (BOB, CAROL), given: int = 0) -> PromotionView:
    shown = of or promotion()
    counted = Quorum(tuple(PolicyProgress(each, given) for each in shown.policies))
    return PromotionView(shown, release(), counted, may if shown.is_open else ())


def logged() -> Inclusion:
    """A packet's place in the log."""
    return Inclusion(4, b"{}", 9, b"\7" * 32, (), None)


def packet() -> EvidencePacket:
    return EvidencePacket(
        id=nth_id(20),
        promotion_id=nth_id(10),
        canonical=b"{}",
        content_hash="sha256:" + "b" * 64,
        signature="MEUCIQ==",
        signer_key_ref="p256-abcdefgh",
        generated_at=MORNING,
    )


def event(action: Action, details: dict[str, Any] | None = None, door: str = "slack", who: ActorRef = ALICE) -> Event:
    return Event(action, MORNING, who, door, nth_id(10), details or {}, sequence=1)


def extreme() -> PromotionView:
    """Everything as long, as many and as wicked as the domain allows."""
    name = ("<!here>&" * 20)[:100]
    gates = tuple(
        GateResult(f"gate-{n}-" + "x" * 80, n % 3 == 0, n % 3 == 1, EVIL, {f"key{k}": EVIL for k in range(20)})
        for n in range(50)
    )
    groups = [(f"{n}<@U1>" + "g" * 100)[:100] for n in range(50)]
    policies = tuple(policy((f"{n}<!channel>" + "p" * 100)[:100], 100, *groups) for n in range(20))
    people = tuple(person(1000 + n, (f"{n}<@U02>" + "n" * 100)[:100]) for n in range(500))
    wicked = promotion(
        release_name=name,
        source=EnvironmentRef(nth_id(60), name),
        target=EnvironmentRef(nth_id(61), name),
        reason=(EVIL + "\n") * 20,
        requested_by=replace(ALICE, name=name),
        policies=policies,
        gates=gates,
        votes=tuple(vote(each, comment=EVIL) for each in people[:100]),
        close_comment=(EVIL * 5)[:10_000],
        external_url="https://ci.example/" + "?a=1&b" * 300,
        deployment_message=EVIL * 4,
    )
    artifacts = tuple(Artifact(f"{n}" + "a" * 400, "sha256:" + "a" * 64) for n in range(200))
    shown = release(name=name, component=name, version=name, source_ref=EVIL[:500], artifacts=artifacts)
    return replace(view(wicked, may=people), release=shown)


def every_status() -> list[Promotion]:
    """A promotion in each state that a card shows."""
    votes = (vote(BOB, comment="looks good"), vote(CAROL))
    closed = {reason: promotion(Status.CANCELLED, close_reason=reason) for reason in CloseReason}
    rejected = promotion(
        Status.REJECTED, votes=(vote(CAROL, VoteChoice.REJECTED, "not on a Friday"),), close_comment="not on a Friday"
    )
    deployed = [
        promotion(status, votes=votes, external_url="https://ci.example/7", deployment_message="step 3 of 4")
        for status in (Status.DEPLOYING, Status.DEPLOYED, Status.FAILED, Status.ROLLED_BACK)
    ]
    return [
        promotion(Status.PENDING, gates=(), evaluated_at=None),
        promotion(Status.PENDING, gates=(BLOCKED, ADVISORY, PASSED)),
        promotion(),
        promotion(gates=(BLOCKED,)),
        promotion(Status.APPROVED, votes=votes),
        rejected,
        *closed.values(),
        *deployed,
    ]


def texts(blocks: Any) -> list[str]:
    """All words in blocks, a modal or a message, wherever they stand."""
    if isinstance(blocks, Message):
        return [blocks.text, *texts(blocks.blocks)]
    if isinstance(blocks, dict):
        return [
            word
            for key, value in blocks.items()
            for word in ([value] if key == "text" and isinstance(value, str) else texts(value))
        ]
    return [word for each in blocks for word in texts(each)] if isinstance(blocks, list | tuple) else []


def said(shown: Any) -> str:
    return "\n".join(texts(shown))


def action_ids(blocks: Any) -> list[str]:
    """The action ids of all controls, in their order."""
    if isinstance(blocks, Message):
        return action_ids(blocks.blocks)
    if isinstance(blocks, dict):
        own = [blocks["action_id"]] if "action_id" in blocks else []
        return own + [each for value in blocks.values() for each in action_ids(value)]
    return [each for value in blocks for each in action_ids(value)] if isinstance(blocks, list | tuple) else []


def complaints(shown: Message | dict[str, Any]) -> list[str]:
    """What Slack would say against it; empty when all is well."""
    if isinstance(shown, Message):
        return message_problems(shown.blocks) + ([] if 0 < len(shown.text) <= 4000 else ["text"])
    return view_problems(shown, shown["type"])


def pings(shown: Any) -> list[str]:
    """What in it would mention somebody, lead somewhere else or turn our words around; plain text never does."""
    suspicious = ("<!channel", "<!here", "<!everyone", "<@", "<https://evil", "\u202e")
    return [word for word in formatted(shown) if any(each in word for each in suspicious)]


def formatted(blocks: Any) -> list[str]:
    """The words in which Slack looks for mentions."""
    if isinstance(blocks, Message):
        return [blocks.text, *formatted(blocks.blocks)]
    if isinstance(blocks, dict):
        own = [blocks["text"]] if blocks.get("type") == "mrkdwn" else []
        return own + [word for value in blocks.values() for word in formatted(value)]
    return [word for each in blocks for word in formatted(each)] if isinstance(blocks, list | tuple) else []
