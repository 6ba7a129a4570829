"""How `security-gate` judges its inputs: what speaks against a release, in words, and what it counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from core.domain.findings import SEVERITIES
from core.domain.moment import moment_of
from core.gates.security_settings import SecuritySettings

_NAMED = 3
"""How many findings a message names."""

Facts = Mapping[str, Any]


def counts_of(inputs: Facts, settings: SecuritySettings) -> dict[str, int | None]:
    """What counts against the thresholds, by severity; None where nobody has looked."""
    if not inputs["reports"]:
        return {severity.value: None for severity in SEVERITIES}
    kind = "fixable" if settings.only_fixable else "all"
    return {severity.value: inputs["counts"][severity.value][kind] for severity in SEVERITIES}


def objections(inputs: Facts, settings: SecuritySettings) -> list[str]:
    """Everything that speaks against the release, each in one sentence."""
    if not inputs["reports"]:
        return [f"No scan report for {inputs['releaseName']}; submit one for this release"]
    return [
        *_exceeded(counts_of(inputs, settings), settings),
        *_outdated(inputs, settings),
        *_untold(inputs, settings),
        *_denied(inputs),
        *_exploited(inputs),
        *_new(inputs),
    ]


def approval(inputs: Facts, settings: SecuritySettings) -> str:
    """What was found, where nothing speaks against it."""
    counts, limits = counts_of(inputs, settings), settings.limits
    shown = [name for name in limits if name in {"critical", "high"} or limits[name] is not None]
    found = ", ".join(f"{counts[name]} {name}{_maximum(limits[name])}" for name in shown)
    fixable = " that can be fixed" if settings.only_fixable else ""
    return f"Within thresholds: {found}{fixable}{taken_out(inputs)}"


def taken_out(inputs: Facts) -> str:
    """How many findings do not count and why, and how many do though the requester waived them."""
    out = inputs["takenOut"]
    words = (
        ("waived", "{} waived"),
        ("vex", "{} not affected or fixed (VEX)"),
        ("waivedByRequester", "{} waived by the requester, which does not count"),
    )
    return "".join(f"; {text.format(out[name]['count'])}" for name, text in words if out[name]["count"])


def _exceeded(counts: Mapping[str, int | None], settings: SecuritySettings) -> Iterator[str]:
    for severity, limit in settings.limits.items():
        if limit is not None and (count := counts[severity] or 0) > limit:
            yield f"{_vulnerabilities(count, severity)} threshold (max: {limit})"


def _outdated(inputs: Facts, settings: SecuritySettings) -> Iterator[str]:
    if settings.max_age_hours is None:
        return
    at = moment_of(inputs["at"])
    for report in inputs["reports"]:
        age = at - moment_of(report["scannedAt"])
        if age >= timedelta(hours=settings.max_age_hours):
            # Not how old it is: what people read would change, and be news, every hour.
            looked = moment_of(report["scannedAt"]).strftime("%Y-%m-%d %H:%M UTC")
            yield f"The scan by {report['scanner']} of {looked} is older than {_span(settings.max_age_hours)}"


def _untold(inputs: Facts, settings: SecuritySettings) -> Iterator[str]:
    """What cannot be told, because a report counts without naming; and it must not pass for good news."""
    asks = settings.denied_ids or settings.known_exploited or settings.no_worse_than_target is not False
    bare = [r["scanner"] for r in inputs["reports"] if not r["hasFindings"] and any(r["counts"].values())]
    if asks and bare:
        yield f"The report by {bare[0]} has counts and names no findings; submit the scanner's own file"


def _denied(inputs: Facts) -> Iterator[str]:
    denied = inputs.get("denied")
    if denied and denied["count"]:
        yield f"{_names(denied)} {'is' if denied['count'] == 1 else 'are'} on the deny list"


def _exploited(inputs: Facts) -> Iterator[str]:
    exploited = inputs.get("exploited")
    if exploited is None:
        return
    if exploited["catalogue"] is None:
        yield "Known exploited vulnerabilities cannot be looked up: import CISA's catalogue first"
    elif exploited["count"]:
        yield f"{_names(exploited)} {'is' if exploited['count'] == 1 else 'are'} known to be exploited"


def _new(inputs: Facts) -> Iterator[str]:
    new = inputs.get("new")
    if not new or new["comparedWith"] is None:
        return
    name, target = new["comparedWith"]["releaseName"], inputs["targetName"]
    if not new["comparedWith"]["hasFindings"]:
        yield f"{name} runs in {target} and has no findings to compare with; submit its scan report"
    elif new["count"]:
        what = "1 finding is" if new["count"] == 1 else f"{new['count']} findings are"
        yield f"{what} new against {name}, which runs in {target}: {_names(new)}"


def _names(found: Facts) -> str:
    """The first findings by name, with where they are."""
    named: Iterable[str] = (
        f"{each['id']} in {each['package'] or 'the release'}" for each in found["findings"][:_NAMED]
    )
    more = found["count"] - min(found["count"], _NAMED)
    return ", ".join(named) + (f" and {more} more" if more else "")


def _vulnerabilities(count: int, severity: str) -> str:
    if count == 1:
        return f"1 {severity} vulnerability exceeds"
    return f"{count} {severity} vulnerabilities exceed"


def _maximum(limit: int | None) -> str:
    return "" if limit is None else f" (max: {limit})"


def _span(hours: int) -> str:
    if hours >= 48 and hours % 24 == 0:
        return f"{hours // 24} days"
    return "1 hour" if hours == 1 else f"{hours} hours"
