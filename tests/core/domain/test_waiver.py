from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from core.domain.findings import Finding, Severity
from core.domain.people import ActorKind, ActorRef
from core.domain.waiver import LONGEST_WAIVER, Waiver
from core.errors import ConflictError, InvalidError
from tests.support.clock import MORNING, nth_id

WENDY = ActorRef(ActorKind.PERSON, nth_id(1), "Wendy")
HOUR = timedelta(hours=1)


def a_waiver(**changes: Any) -> Waiver:
    given: dict[str, Any] = {
        "id": nth_id(2),
        "vulnerability": "CVE-2024-0001",
        "package": "",
        "component": "shop",
        "environment_id": nth_id(3),
        "reason": "Not reachable",
        "ends_at": MORNING + HOUR,
        "created_by": WENDY,
        "created_at": MORNING,
    }
    return Waiver(**(given | changes))


def test_it_holds_from_its_making_until_just_before_its_end() -> None:
    moments = [MORNING - HOUR, MORNING, MORNING + HOUR / 2, MORNING + HOUR]

    assert [a_waiver().holds_at(at) for at in moments] == [False, True, True, False]


def test_a_revoked_one_holds_no_more_and_cannot_be_revoked_again() -> None:
    half = MORNING + HOUR / 2
    revoked = a_waiver().revoke(WENDY, half, " Exploited ")

    assert (revoked.holds_at(MORNING), revoked.holds_at(half)) == (True, False)
    assert (revoked.revoked_by, revoked.revoked_because) == (WENDY, "Exploited")
    with pytest.raises(ConflictError, match="was revoked already"):
        revoked.revoke(WENDY, half, "")
    with pytest.raises(ConflictError, match="has ended already"):
        a_waiver().revoke(WENDY, MORNING + HOUR, "")


@pytest.mark.parametrize(
    ("package", "finding", "covered"),
    [
        ("", ("CVE-2024-0001", "zlib"), True),
        ("", ("cve-2024-0001", "zlib"), True),
        ("zlib", ("CVE-2024-0001", "zlib"), True),
        ("zlib", ("CVE-2024-0001", "zlib-ng"), False),
        ("", ("CVE-2024-00012", "zlib"), False),
    ],
)
def test_it_covers_one_vulnerability_and_perhaps_one_package(
    package: str, finding: tuple[str, str], covered: bool
) -> None:
    id, name = finding

    assert a_waiver(package=package).covers(Finding(id, Severity.HIGH, name, "1")) is covered


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"ends_at": MORNING}, "endsAt"),
        ({"ends_at": MORNING + LONGEST_WAIVER + HOUR}, "endsAt"),
        ({"ends_at": datetime(2026, 1, 20)}, "endsAt"),  # noqa: DTZ001 - that is the fault
        ({"reason": " "}, "reason"),
        ({"vulnerability": ""}, "vulnerabilityId"),
        ({"component": "\u200b"}, "component"),
    ],
)
def test_what_makes_no_sense_is_refused(change: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidError) as caught:
        a_waiver(**change)

    assert caught.value.field == field
