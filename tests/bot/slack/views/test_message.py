"""Every view at its extremes: within Slack's limits, said in words as well, and nobody can be pinged through it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest

from bot.slack.ids import ListValue
from bot.slack.views import answers
from bot.slack.views.ahead import lift_modal
from bot.slack.views.card import card
from bot.slack.views.details_modal import Details, details_message, details_modal
from bot.slack.views.drifted import changes_words
from bot.slack.views.help import help_message
from bot.slack.views.home import home, home_refusal
from bot.slack.views.lists import approvals_list, promotions_list
from bot.slack.views.message import Message
from bot.slack.views.notice import notice
from bot.slack.views.outcome import outcome
from bot.slack.views.peace import peace
from bot.slack.views.refusals import dialog_did_not_open, refusal, refusal_modal, unexpected, unknown_person, usage
from bot.slack.views.reject_modal import approve_modal, ask_modal, cancel_modal, reject_modal
from bot.slack.views.request_modal import RequestForm, request_modal
from bot.slack.views.step import AskedStep, step_message
from bot.slack.views.summary import summary
from bot.slack.views.thread import history_entry
from core.app.asking import Reminded
from core.app.evaluating import GatesPreview
from core.app.overview import Overview
from core.app.pages import Page, PageRequest
from core.app.preparing import RequestPreview
from core.app.reading import PromotionView
from core.app.steps import StepKind, WorkflowStep
from core.domain.environment import Environment
from core.domain.events import Action
from core.domain.promotion import Promotion, Status
from core.domain.quiet import Preferences, QuietHours
from core.errors import (
    AlreadyDecidedError,
    AlreadyVotedError,
    CardDriftedError,
    ForbiddenError,
    GatesBlockedError,
    InvalidError,
    NotFoundError,
    PromotionAlreadyOpenError,
    UnavailableError,
)
from tests.bot.slack.makers import (
    ALICE,
    ARABIC,
    BOB,
    EVIL,
    complaints,
    event,
    every_status,
    extreme,
    logged,
    packet,
    pings,
    promotion,
    texts,
    view,
)
from tests.support.clock import MORNING

WICKED = extreme()


def decided(shown: PromotionView, status: Status) -> PromotionView:
    of = replace(shown.promotion, status=status, decided_at=shown.promotion.requested_at, decided_by=ALICE)
    return replace(shown, promotion=of, may_still_approve=())


def request_form(shown: PromotionView) -> dict[str, Any]:
    of = shown.promotion
    target = Environment(of.target.id, of.target.name)
    people = shown.may_still_approve
    preview = RequestPreview(target, of.policies, True, people, shown.release, of.gates, shown.release, MORNING, of)
    return request_modal(RequestForm(shown.release, preview))


def many(of: Promotion, number: int) -> Page[Promotion]:
    return Page((of,) * min(number, 8), PageRequest(1, 8), number)


def evil_history(_: PromotionView) -> Message:
    gates = [{"gateName": EVIL, "message": EVIL}] * 50
    told = history_entry(event(Action.GATES_BLOCKED, {"gates": gates}))
    assert told
    return told


def refused(_: PromotionView) -> Message:
    gates = [{"gateName": EVIL, "message": EVIL, "blocking": True, "passed": False}] * 50
    return refusal(GatesBlockedError(EVIL * 3, hint=EVIL, gates=gates))


def evil_changes() -> str:
    changes = [{"what": "gate", "gateName": EVIL, "from": EVIL, "to": EVIL}] * 50
    return changes_words(CardDriftedError(EVIL, hint=EVIL, changes=changes))


NIGHT = QuietHours(time(22), time(7))


def asked_by_workflow(shown: PromotionView, refusal: str = "") -> AskedStep:
    of = shown.promotion
    step = WorkflowStep(of.id, "T01", "Fx1", StepKind.REQUEST, MORNING, reason=of.reason, refusal=refusal)
    return AskedStep(step, of.release_name, of.target.name)


VIEWS: dict[str, Callable[[PromotionView], Message | dict[str, Any]]] = {
    "card": card,
    "rejected card": lambda shown: card(decided(shown, Status.REJECTED)),
    "deployed card": lambda shown: card(decided(shown, Status.DEPLOYED)),
    "notice": lambda shown: notice(shown, (*shown.may_still_approve, BOB)[0]),
    "notice to a voter": lambda shown: notice(shown, BOB),
    "outcome": lambda shown: outcome(decided(shown, Status.REJECTED)),
    "summary": lambda shown: summary(decided(shown, Status.APPROVED), packet(), logged()),
    "history": evil_history,
    "requested": lambda _: history_entry(event(Action.PROMOTION_REQUESTED, {"reason": EVIL * 5})) or Message("", []),
    "details": lambda shown: details_modal(Details(shown, (event(Action.PROMOTION_REJECTED, {"reason": EVIL}),) * 90)),
    "details message": lambda shown: details_message(Details(shown, (), packet())),
    "promotions": lambda shown: promotions_list(many(shown.promotion, 200), ListValue(page=3, mine=True)),
    "approvals": lambda shown: approvals_list((shown.promotion,) * 200),
    "home": lambda shown: home(Overview((shown.promotion,) * 200, many(shown.promotion, 200))),
    "request form": request_form,
    "rejecting": lambda shown: reject_modal(shown.promotion),
    "approving": lambda shown: approve_modal(shown.promotion),
    "cancelling": lambda shown: cancel_modal(shown.promotion),
    "refusal": refused,
    "not found": lambda _: refusal(NotFoundError(EVIL, kind="release", wanted=EVIL, suggestions=[EVIL] * 3)),
    "invalid": lambda _: refusal(InvalidError(EVIL, hint=EVIL)),
    "unknown person": lambda _: unknown_person(InvalidError(EVIL, hint=EVIL), EVIL, EVIL),
    "unexpected": lambda _: unexpected(EVIL),
    "usage": lambda _: usage(EVIL, (EVIL, EVIL)),
    "requested answer": lambda shown: answers.requested(shown.promotion, EVIL),
    "done": lambda shown: answers.done(shown, "approved"),
    "preview": lambda shown: answers.previewed(EVIL, EVIL, GatesPreview(MORNING, shown.promotion.gates, MORNING)),
    "deferred": lambda shown: answers.deferred(shown.promotion),
    "lifted": lambda shown: answers.lifted(shown.promotion),
    "lifting": lambda shown: lift_modal(shown.promotion, MORNING),
    "evidence": lambda shown: answers.evidence(shown, packet()),
    "help": lambda _: help_message(),
    "approving what has changed": lambda shown: approve_modal(shown.promotion, evil_changes(), EVIL * 5),
    "asking": lambda shown: ask_modal(shown.promotion),
    "asked": lambda shown: answers.asked(shown.promotion),
    "reminded": lambda shown: answers.reminded(
        shown.promotion, Reminded(shown.may_still_approve, shown.may_still_approve)
    ),
    "requested in a modal": lambda shown: answers.requested_modal(shown.promotion, EVIL),
    "already voted": lambda _: refusal(AlreadyVotedError(EVIL, hint=EVIL)),
    "already decided": lambda _: refusal(AlreadyDecidedError(EVIL, status=EVIL, decidedBy=EVIL, decidedAt="then")),
    "decided by": lambda _: refusal(AlreadyDecidedError(EVIL, decidedBy=EVIL * 3, decidedAt=MORNING.isoformat())),
    "already open": lambda shown: refusal(
        PromotionAlreadyOpenError(EVIL, hint=EVIL, promotionId=str(shown.promotion.id))
    ),
    "role missing": lambda _: refusal(ForbiddenError(EVIL, hint=EVIL, missingRole=EVIL)),
    "not reached": lambda _: refusal(UnavailableError(EVIL, hint=EVIL)),
    "refusal in a modal": lambda _: refusal_modal(EVIL, InvalidError(EVIL, hint=EVIL)),
    "no dialog": lambda _: dialog_did_not_open(EVIL),
    "no home": lambda shown: home_refusal(refused(shown)),
    "peace": lambda _: peace(Preferences(BOB.id, EVIL[:100], NIGHT, MORNING + timedelta(days=400)), MORNING),
    "workflow's question": lambda shown: step_message(asked_by_workflow(shown)),
    "workflow's refusal": lambda shown: step_message(asked_by_workflow(shown, refusal=EVIL)),
    "requested by a workflow": lambda shown: step_message(replace(asked_by_workflow(shown), promotion=shown.promotion)),
}


@pytest.mark.parametrize("name", VIEWS)
def test_the_longest_and_most_wicked_input_breaks_no_limit_and_pings_nobody(name: str) -> None:
    shown = VIEWS[name](WICKED)
    assert complaints(shown) == []
    assert pings(shown) == []


@pytest.mark.parametrize("name", VIEWS)
def test_right_to_left_text_stays_fenced_in(name: str) -> None:
    of = promotion(release_name=ARABIC, reason=f"{ARABIC} 1.0", requested_by=replace(ALICE, name=ARABIC))
    shown = VIEWS[name](view(of))
    assert complaints(shown) == []
    for text in texts(shown):
        assert text.count("\u2068") == text.count("\u2069"), text


@pytest.mark.parametrize("of", every_status(), ids=lambda of: of.outcome)
def test_every_status_has_a_look_for_everybody(of: Promotion) -> None:
    for shown in (card(view(of)), notice(view(of), BOB), outcome(view(of)), details_modal(Details(view(of)))):
        assert complaints(shown) == []


def test_a_message_says_in_text_what_its_blocks_show() -> None:
    shown = card(view())
    assert shown.text == "shop-1.4.0 to production: awaiting approval, requested by Alice"
