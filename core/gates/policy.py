"""`policy-gate`: rules in CEL over the release, where it goes, its scan and what was deployed before.

NAMES are the names that a rule may use. Each has a type, so rules are checked when they are saved.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field, model_validator

from core.domain.moment import moment_of, moment_text
from core.errors import InvalidError
from core.gates.cel import LIST_MAX, ExpressionFailedError, check, holds
from core.gates.gate import GateContext, GateSettings, Part, Verdict
from core.gates.known import Deployed
from core.gates.naming import PARTS_MAX, PartName, require_distinct
from core.gates.security_inputs import count_facts
from core.gates.weighing import weighed_findings

DEPLOYMENTS_MAX = 20
_QUARTER = timedelta(minutes=15)
_FORESEEN = timedelta(days=3)
"""How far ahead a forecast tries rules out, quarter by quarter: a weekend is in it, and it takes no long time."""
_TIME = re.compile(r"(?<![\w.])at\b")
_SEVERITIES = ("critical", "high", "medium", "low", "unknown")

NAMES: Mapping[str, str] = {
    "at": "time",
    "release.name": "text",
    "release.component": "text",
    "release.version": "text",
    "release.sourceRef": "text",
    "release.authors": "texts",
    "release.artifactCount": "number",
    "release.ageHours": "number",
    "source.name": "text",
    "source.status": "text",
    "target.name": "text",
    "target.runs": "text",
    "scan.present": "truth",
    "scan.scanner": "text",
    "scan.ageHours": "number",
    **{f"scan.{severity}Count": "number" for severity in _SEVERITIES},
    "deployments": "records",
}
"""What a rule may use: `source.status` is the newest word on the release there (empty for none), `target.runs` the
version of the component that runs in the target (empty for none). `deployments` are the newest of the component to the
target, newest first, each with `release`, `version`, `status` and `at`. The newest reports of all scanners count
together, as in `security-gate`; `scan.ageHours` is the oldest one's. Without a scan the counts are 0, so ask
`scan.present` too."""


def _rule(text: str) -> str:
    try:
        check(text, NAMES)
    except InvalidError as error:
        raise ValueError(f"{error.message}. {error.hint}" if error.hint else error.message) from error
    return text


class Rule(Part):
    """Something that must be true."""

    name: PartName = Field(description="What people read of it.")
    allow: Annotated[str, AfterValidator(_rule)] = Field(description="A CEL expression that says true or false.")


class PolicySettings(GateSettings):
    """The rules, all of which must hold."""

    rules: Annotated[tuple[Rule, ...], Field(strict=False, min_length=1, max_length=PARTS_MAX)]

    @model_validator(mode="after")
    def _each_once(self) -> PolicySettings:
        require_distinct(rule.name for rule in self.rules)
        return self


class PolicyGate:
    """Passes where every rule says yes; one without an answer blocks."""

    name: ClassVar[str] = "policy-gate"
    summary: ClassVar[str] = "Rules written in CEL hold for the release, its scan and what was deployed before"
    settings_model = PolicySettings

    def inputs(self, context: GateContext, settings: PolicySettings) -> Mapping[str, Any]:
        """The facts that rules may use, those that cost something only where a rule names them."""
        named = " ".join(rule.allow for rule in settings.rules)
        known = context.known
        return {
            "at": moment_text(context.at),
            "release": _release(context),
            "source": _source(context) if "source." in named else None,
            "target": {"name": context.target.name, "runs": _runs(context) if "target.runs" in named else None},
            "scan": _scan(context) if "scan." in named else None,
            "deployments": [_deployed(each) for each in known.deployments()[:DEPLOYMENTS_MAX]]
            if "deployments" in named
            else None,
        }

    def judge(self, inputs: Mapping[str, Any], settings: PolicySettings) -> Verdict:
        """Ask every rule."""
        values = _values(inputs)
        rows = [_asked(rule, values) for rule in settings.rules]
        broken = [row for row in rows if not row["holds"]]
        problems = [f"{row['rule']}: {row['problem']}" if row["problem"] else f"{row['rule']}" for row in broken]
        message = f"Not so: {'; '.join(problems)}" if broken else f"Holds: {'; '.join(row['rule'] for row in rows)}"
        return Verdict(not broken, message, {"rules": rows})

    def follows(self, component: str, settings: PolicySettings) -> bool:  # noqa: ARG002 - the protocol has it
        """Whether any rule looks at what runs in the target environment."""
        return any(name in rule.allow for rule in settings.rules for name in ("target.runs", "deployments"))

    def changes_after(self, context: GateContext, settings: PolicySettings) -> datetime | None:
        """When what a rule names is next another: ages by the hour, waivers when they end, the time by quarters."""
        if context.as_of and context.at > context.as_of + _FORESEEN:
            return None
        named = " ".join(rule.allow for rule in settings.rules)
        moments: list[datetime] = []
        if _TIME.search(named):
            moments.append(_next_quarter(context.at))
        if "release.ageHours" in named:
            moments.append(_next_hour(context.release.created_at, context.at))
        if "scan." in named:
            scanned = context.known.scanned()
            moments += [waiver.ends_at for waiver in scanned.waivers()]
            if "scan.ageHours" in named:
                moments += [_next_hour(report.dated, context.at) for report in scanned.reports()]
        return min((moment for moment in moments if moment > context.at), default=None)


def _next_hour(since: datetime, at: datetime) -> datetime:
    """When the next full hour since a moment is over."""
    return since + timedelta(hours=_hours(since, at) + 1)


def _next_quarter(at: datetime) -> datetime:
    """The next quarter of an hour; all time zones of today differ by whole ones, so hours and days begin at these."""
    since = at.replace(minute=0, second=0, microsecond=0)
    return since + _QUARTER * ((at - since) // _QUARTER + 1)


def _asked(rule: Rule, values: Mapping[str, Any]) -> dict[str, Any]:
    try:
        answer, problem = holds(rule.allow, NAMES, values), ""
    except ExpressionFailedError as error:
        answer, problem = False, f"has no answer, {error}"
    return {"rule": rule.name, "holds": answer, "problem": problem}


def _values(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs by the names that rules use. What no rule names is left out."""
    values: dict[str, Any] = {"at": moment_of(inputs["at"])}
    for group in ("release", "source", "target", "scan"):
        for name, value in (inputs[group] or {}).items():
            if value is not None:
                values[f"{group}.{name}"] = value
    if inputs["deployments"] is not None:
        values["deployments"] = inputs["deployments"]
    return values


def _release(context: GateContext) -> dict[str, Any]:
    release = context.release
    return {
        "name": release.name,
        "component": release.component,
        "version": release.version,
        "sourceRef": release.source_ref,
        "authors": list(release.authors[:LIST_MAX]),
        "artifactCount": len(release.artifacts),
        "ageHours": _hours(release.created_at, context.at),
    }


def _source(context: GateContext) -> dict[str, Any]:
    word = context.known.source_deployment()
    name = context.source.name if context.source else ""
    return {"name": name, "status": word.status.value if word else ""}


def _runs(context: GateContext) -> str:
    running = context.known.running(context.release.component)
    return running.version if running else ""


def _scan(context: GateContext) -> dict[str, Any]:
    """What `security-gate` counts: the newest reports together, without what VEX and waivers take out."""
    reports = context.known.scanned().reports()
    counts = count_facts(reports, weighed_findings(context))
    return {
        "present": bool(reports),
        "scanner": ", ".join(sorted(report.scanner for report in reports)),
        "ageHours": max((_hours(report.dated, context.at) for report in reports), default=0),
        **{f"{severity}Count": counts[severity]["all"] for severity in _SEVERITIES},
    }


def _deployed(each: Deployed) -> dict[str, str]:
    word = each.deployment
    return {
        "release": each.release.name,
        "version": each.release.version,
        "status": word.status.value,
        "at": moment_text(word.at),
    }


def _hours(since: datetime, at: datetime) -> int:
    return max(0, int((at - since).total_seconds() // 3600))
