from __future__ import annotations

import pytest

from core.app.drafts import ReleaseDraft, ScanDraft
from core.app.outbox import Errand
from core.domain.events import Action
from core.domain.people import Actor, Right
from core.errors import ForbiddenError, InvalidError, NameTakenError, NotFoundError
from tests.core.app.room import Room
from tests.support.clock import nth_id


async def test_a_release_without_a_name_is_called_by_component_and_version(room: Room) -> None:
    release = await room.countersign.releasing.register(room.ci, ReleaseDraft(" cart ", " 2.0 "))

    assert (release.name, release.component, release.version) == ("cart-2.0", "cart", "2.0")
    assert release.created_at == room.clock.now
    assert room.actions(release.id) == [Action.RELEASE_REGISTERED]


async def test_two_releases_never_share_a_name(room: Room) -> None:
    with pytest.raises(NameTakenError):
        await room.countersign.releasing.register(room.ci, ReleaseDraft("SHOP", "1.4.0"))


@pytest.mark.parametrize(("component", "version", "field"), [("", "1", "component"), ("cart", "", "version")])
async def test_a_release_has_a_component_and_a_version(room: Room, component: str, version: str, field: str) -> None:
    with pytest.raises(InvalidError) as caught:
        await room.countersign.releasing.register(room.ci, ReleaseDraft(component, version))

    assert caught.value.field == field


@pytest.mark.parametrize("who", ["alice", "bob", "olga"])
async def test_people_do_not_publish_unless_they_administrate(room: Room, who: str) -> None:
    releasing = room.countersign.releasing

    with pytest.raises(ForbiddenError):
        await releasing.register(room.actor(who), ReleaseDraft("cart", "2.0"))
    with pytest.raises(ForbiddenError):
        await releasing.submit_scan(room.actor(who), ScanDraft(room.release.id, "trivy"))
    await releasing.register(room.actor("ann"), ReleaseDraft("cart", "2.0"))


async def test_a_program_needs_the_scope_to_publish(room: Room) -> None:
    deployer = Actor(room.ci.ref, "rest", frozenset({Right.DEPLOYER, Right.REQUESTER}))

    with pytest.raises(ForbiddenError, match="lacks the scope publisher"):
        await room.countersign.releasing.submit_scan(deployer, ScanDraft(room.release.id, "trivy"))


async def test_a_scan_report_has_the_gates_of_the_releases_open_promotions_look_again(room: Room) -> None:
    waiting = await room.awaiting()
    other = await room.awaiting(release=await room.a_release_with_scan("1.5.0"))
    room.run_errands()

    report = await room.countersign.releasing.submit_scan(
        room.ci, ScanDraft(room.release.id, "trivy", critical=3, high=2, medium=1)
    )

    assert room.errands() == {(Errand.EVALUATE, waiting.id)}
    assert (Errand.EVALUATE, other.id) not in room.errands()
    assert (report.critical, report.submitted_at) == (3, room.clock.now)
    entry = room.memory.tables.audit[-1]
    assert entry.details.items() >= {"scanner": "trivy", "criticalCount": 3, "highCount": 2, "mediumCount": 1}.items()
    assert entry.details["reportId"] == str(report.id)


async def test_a_report_about_no_release_is_refused(room: Room) -> None:
    with pytest.raises(NotFoundError):
        await room.countersign.releasing.submit_scan(room.ci, ScanDraft(nth_id(7), "trivy"))


async def test_a_report_with_negative_findings_is_refused(room: Room) -> None:
    with pytest.raises(InvalidError):
        await room.scan(room.release, critical=-1)
