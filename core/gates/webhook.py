"""`webhook-gate`: services outside are asked, and agree.

The gate itself calls nobody: it judges answers that are stored. Asking them is an errand after the commit, and what
comes back, at once or later, has the promotion looked at again. Until then the gate blocks and says for whom it waits.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, ValidationError, model_validator

from core.domain.environment import Environment
from core.domain.gate_question import GateQuestion, Standing
from core.domain.moment import moment_of, moment_text
from core.gates.facts import digest_of
from core.gates.gate import GateContext, GateSettings, Part, Verdict
from core.gates.naming import PARTS_MAX, PartName, require_distinct

_SHOWN = 200
UNASKED = frozenset({Standing.NOT_ASKED, Standing.EXPIRED})
"""Where somebody has to ask."""


def _address(text: str) -> str:
    try:
        parts = urlsplit(text)
        fine = parts.scheme in {"https", "http"} and parts.hostname and parts.port != 0
    except ValueError:
        fine = False
    if not fine or not text.isascii() or not text.isprintable() or " " in text or len(text) > 2000:
        raise ValueError("is no address of a service, such as https://change.example.com/ask")
    if "@" in parts.netloc:
        raise ValueError("holds a user or password; calls are signed, so leave it out")
    return text


class Service(Part):
    """A service to ask. Its answer holds for `max_age_minutes`, null for good."""

    name: PartName = Field(description="What people read of it.")
    url: Annotated[str, AfterValidator(_address)] = Field(description="Where it is asked, by a signed POST.")
    timeout_seconds: int = Field(default=10, ge=1, le=30, description="How long a call may take.")
    max_age_minutes: int | None = Field(
        default=None, ge=1, le=60 * 24 * 90, description="How long an answer holds; null for good."
    )

    @property
    def max_age(self) -> timedelta | None:
        """How long an answer holds."""
        return None if self.max_age_minutes is None else timedelta(minutes=self.max_age_minutes)

    @property
    def address_digest(self) -> str:
        """Stands for where the question goes."""
        return digest_of({"url": self.url})


class WebhookSettings(GateSettings):
    """The services, all of which must agree."""

    services: Annotated[tuple[Service, ...], Field(strict=False, min_length=1, max_length=PARTS_MAX)]

    @model_validator(mode="after")
    def _each_once(self) -> WebhookSettings:
        require_distinct(service.name for service in self.services)
        return self


class WebhookGate:
    """Passes where every service has agreed."""

    name: ClassVar[str] = "webhook-gate"
    summary: ClassVar[str] = "Services outside are asked over HTTPS, and agree"
    settings_model = WebhookSettings

    def inputs(self, context: GateContext, settings: WebhookSettings) -> Mapping[str, Any]:
        """How far each question is, with what was answered."""
        asked = questions_by_service(context.known.questions(), settings)
        return {
            "at": moment_text(context.at),
            "requested": context.promotion_id is not None,
            "services": [_facts(service, asked.get(service.name)) for service in settings.services],
        }

    def judge(self, inputs: Mapping[str, Any], settings: WebhookSettings) -> Verdict:
        """Pass where all have agreed, and the answers still hold."""
        ages = {service.name: service.max_age for service in settings.services}
        rows = [_row(facts, ages[facts["name"]], inputs) for facts in inputs["services"]]
        open_rows = [row for row in rows if row["standing"] != Standing.AGREED]
        said = "; ".join(_words(row, inputs["requested"]) for row in open_rows or rows)
        return Verdict(not open_rows, said, {"services": rows})

    def changes_after(self, context: GateContext, settings: WebhookSettings) -> datetime | None:
        """When the next answer becomes too old."""
        asked = questions_by_service(context.known.questions(), settings)
        ends = (_holds_until(asked.get(service.name), service.max_age) for service in settings.services)
        return min((end for end in ends if end and end > context.at), default=None)


def services_of(environment: Environment) -> tuple[Service, ...]:
    """The services that an environment's promotions are asked about; none where the settings make no sense."""
    try:
        settings = WebhookSettings.model_validate(
            dict(environment.gates[WebhookGate.name]), by_alias=True, by_name=False
        )
    except (KeyError, ValidationError):
        return ()
    return settings.services


def questions_by_service(questions: tuple[GateQuestion, ...], settings: WebhookSettings) -> dict[str, GateQuestion]:
    """The questions that were asked where the settings say, by service."""
    addresses = {service.name: service.address_digest for service in settings.services}
    return {each.service: each for each in questions if addresses.get(each.service) == each.address_digest}


def _holds_until(question: GateQuestion | None, max_age: timedelta | None) -> datetime | None:
    return question.answered_at + max_age if question and question.answered_at and max_age is not None else None


def _facts(service: Service, question: GateQuestion | None) -> dict[str, Any]:
    if question is None:
        return {"name": service.name, "askedAt": None}
    return {
        "name": service.name,
        "questionId": str(question.id),
        "askedAt": moment_text(question.asked_at),
        "takenAt": moment_text(question.taken_at) if question.taken_at else None,
        "answeredAt": moment_text(question.answered_at) if question.answered_at else None,
        "passed": question.passed,
        "message": question.message,
        "problem": question.problem,
    }


def _row(facts: Mapping[str, Any], max_age: timedelta | None, inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "service": facts["name"],
        "standing": _standing(facts, max_age, inputs).value,
        "askedAt": facts["askedAt"],
        "answeredAt": facts.get("answeredAt"),
        "message": facts.get("message") or facts.get("problem") or "",
    }


def _standing(facts: Mapping[str, Any], max_age: timedelta | None, inputs: Mapping[str, Any]) -> Standing:
    if facts["askedAt"] is None:
        return Standing.NOT_ASKED
    if facts["answeredAt"] is None:
        return Standing.FAILING if facts["problem"] and not facts["takenAt"] else Standing.WAITING
    if max_age is not None and moment_of(inputs["at"]) >= moment_of(facts["answeredAt"]) + max_age:
        return Standing.EXPIRED
    return Standing.AGREED if facts["passed"] is True else Standing.REFUSED


def _short(message: str) -> str:
    """Enough for a line among others; the details have all of it."""
    return message if len(message) <= _SHOWN else f"{message[:_SHOWN]}…"


def _words(row: Mapping[str, Any], requested: bool) -> str:
    service, said = row["service"], f": {_short(row['message'])}" if row["message"] else ""
    if row["standing"] == Standing.NOT_ASKED and not requested:
        return f"{service} is asked once this is requested"
    words = {
        Standing.NOT_ASKED: f"{service} is being asked",
        Standing.WAITING: f"Waiting for {service}",
        Standing.FAILING: f"{service} gave no answer{said}; it is asked again",
        Standing.EXPIRED: f"The answer of {service} is too old; it is asked again",
        Standing.AGREED: f"{service} agrees{said}",
        Standing.REFUSED: f"{service} refuses{said}",
    }
    return words[Standing(row["standing"])]
