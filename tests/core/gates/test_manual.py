from __future__ import annotations

import pytest
from pydantic import ValidationError

from core.domain.checklist import Tick
from core.gates.gate import Verdict
from core.gates.manual import ChecklistItem, ManualGate, ManualSettings, items_of
from tests.core.gates.samples import a_context, judged
from tests.support.clock import MORNING, nth_id

SETTINGS = ManualSettings(
    items=(ChecklistItem(name="Runbook updated", group="sre"), ChecklistItem(name="Support told", group="desk"))
)
SAM, DORA = nth_id(11), nth_id(12)
RUNBOOK = Tick(nth_id(1), "Runbook updated", SAM, "Sam", MORNING, "slack")
SUPPORT = Tick(nth_id(1), "Support told", DORA, "Dora", MORNING, "rest")
GROUPS = {"sre": frozenset({SAM}), "desk": frozenset({DORA})}


def verdict(*ticks: Tick, groups: dict[str, frozenset[object]] | None = None) -> Verdict:
    context = a_context(ticked=ticks, groups=GROUPS if groups is None else groups)
    return judged(ManualGate(), context, SETTINGS)


def test_what_is_not_ticked_blocks_and_says_what_and_whose_it_is() -> None:
    found = verdict(RUNBOOK)

    assert (found.passed, found.message) == (False, "1 of 2 ticked; missing: Support told (desk)")


def test_when_all_is_ticked_it_passes_with_the_names() -> None:
    found = verdict(RUNBOOK, SUPPORT)

    assert (found.passed, found.message) == (True, "All ticked: Runbook updated (Sam), Support told (Dora)")
    assert found.details["items"][0] == {
        "name": "Runbook updated",
        "group": "sre",
        "groupKnown": True,
        "tickedBy": "Sam",
        "tickedById": str(SAM),
        "tickedAt": "2026-03-02T09:00:00Z",
        "counts": True,
    }


def test_the_tick_of_somebody_who_has_left_the_group_does_not_count() -> None:
    found = verdict(RUNBOOK, SUPPORT, groups={**GROUPS, "desk": frozenset()})

    assert found.message == "1 of 2 ticked; missing: Support told (Dora is no longer in desk)"


def test_a_group_that_is_gone_ticks_nothing() -> None:
    found = verdict(RUNBOOK, SUPPORT, groups={"sre": frozenset({SAM})})

    assert found.message == "1 of 2 ticked; missing: Support told (there is no group desk)"


def test_a_tick_of_an_item_that_is_no_longer_on_the_list_counts_for_nothing() -> None:
    other = Tick(nth_id(1), "Something else", SAM, "Sam", MORNING, "slack")
    assert not verdict(RUNBOOK, other).passed


@pytest.mark.parametrize(
    "items",
    [
        [],
        [{"name": "a", "group": "g"}, {"name": " A ", "group": "h"}],
        [{"name": "a"}],
        [{"name": "", "group": "g"}],
        [{"name": "a", "group": "g", "more": 1}],
        [{"name": f"item {n}", "group": "g"} for n in range(21)],
    ],
)
def test_a_checklist_that_makes_no_sense_is_refused(items: object) -> None:
    with pytest.raises(ValidationError):
        ManualSettings.model_validate({"items": items})


def test_the_checklist_of_an_environment_is_what_its_settings_say() -> None:
    stored = {"manual-gate": {"items": [{"name": "a", "group": "g"}]}}
    assert [item.name for item in items_of(a_context(stored).target)] == ["a"]
    assert items_of(a_context({}).target) == ()
    assert items_of(a_context({"manual-gate": {"items": "nonsense"}}).target) == ()
