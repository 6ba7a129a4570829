from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from pydantic import ValidationError

from core.domain.gate_question import GateQuestion
from core.gates.gate import Verdict
from core.gates.webhook import Service, WebhookGate, WebhookSettings, services_of
from tests.core.gates.samples import a_context, judged
from tests.support.clock import MORNING, nth_id

URL = "https://change.example.com/ask"
BOARD = Service(name="change-board", url=URL, max_age_minutes=60)
ASKED = GateQuestion(nth_id(7), nth_id(1), "change-board", BOARD.address_digest, MORNING)


def verdict(*asked: GateQuestion, after: int = 0, requested: bool = True) -> Verdict:
    at = MORNING + timedelta(minutes=after)
    context = a_context(at=at, asked=asked, promotion_id=nth_id(1) if requested else None)
    return judged(WebhookGate(), context, WebhookSettings(services=(BOARD,)))


@pytest.mark.parametrize(
    ("question", "standing", "message"),
    [
        (ASKED, "waiting", "Waiting for change-board"),
        (ASKED.taken(MORNING), "waiting", "Waiting for change-board"),
        (
            ASKED.failed("it answered 500"),
            "failing",
            "change-board gave no answer: it answered 500; it is asked again",
        ),
        (ASKED.answered(False, "No CHG", MORNING), "refused", "change-board refuses: No CHG"),
    ],
)
def test_anything_but_a_yes_blocks_and_says_how_it_stands(question: GateQuestion, standing: str, message: str) -> None:
    found = verdict(question)

    assert (found.passed, found.message) == (False, message)
    assert found.details["services"][0]["standing"] == standing


def test_a_service_that_agrees_passes_with_its_words() -> None:
    found = verdict(ASKED.answered(True, "CHG-7 approved", MORNING))

    assert (found.passed, found.message) == (True, "change-board agrees: CHG-7 approved")


@pytest.mark.parametrize(("after", "passed"), [(59, True), (60, False), (61, False)])
def test_an_answer_holds_as_long_as_the_settings_say(after: int, passed: bool) -> None:
    found = verdict(ASKED.answered(True, "", MORNING), after=after)

    assert found.passed is passed
    if not passed:
        assert found.message == "The answer of change-board is too old; it is asked again"


def test_nobody_is_asked_in_a_dry_run_and_that_is_said() -> None:
    assert verdict(requested=False).message == "change-board is asked once this is requested"
    assert verdict().message == "change-board is being asked"


def test_an_answer_from_another_address_is_no_answer() -> None:
    moved = replace(ASKED.answered(True, "", MORNING), address_digest="sha256:other")
    assert verdict(moved).details["services"][0]["standing"] == "not_asked"


@pytest.mark.parametrize(
    "change",
    [
        {"url": "change.example.com"},
        {"url": "ftp://change.example.com/"},
        {"url": "https://user:pw@change.example.com/"},
        {"url": "https:///ask"},
        {"url": "https://[::1/"},
        {"url": "https://a b/"},
        {"url": "https://exämple.com/"},
        {"timeoutSeconds": 0},
        {"timeoutSeconds": 31},
        {"maxAgeMinutes": 0},
        {"secret": "x"},
    ],
)
def test_a_service_that_makes_no_sense_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        WebhookSettings.model_validate({"services": [{"name": "a", "url": URL, **change}]})


def test_the_services_of_an_environment_are_what_its_settings_say() -> None:
    stored = {"webhook-gate": {"services": [{"name": "a", "url": URL}]}}
    assert [service.name for service in services_of(a_context(stored).target)] == ["a"]
    assert services_of(a_context({}).target) == ()
    assert services_of(a_context({"webhook-gate": {}}).target) == ()


def test_it_is_looked_at_again_when_the_answer_becomes_too_old() -> None:
    settings = WebhookSettings(services=(BOARD, Service(name="other", url=URL)))

    def changes(question: GateQuestion, at: datetime = MORNING) -> datetime | None:
        return WebhookGate().changes_after(a_context(asked=(question,), at=at), settings)

    answered = ASKED.answered(True, "", MORNING)
    assert changes(answered) == MORNING + timedelta(hours=1)
    assert changes(answered, MORNING + timedelta(hours=1)) is None
    assert changes(ASKED) is None
