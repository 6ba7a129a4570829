"""`manual-gate`: a checklist, each item to be ticked by somebody of a named group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field, ValidationError, model_validator

from core.domain.checklist import Tick
from core.domain.environment import Environment
from core.domain.moment import moment_text
from core.gates.gate import GateContext, GateSettings, Part, Verdict
from core.gates.naming import PARTS_MAX, PartName, require_distinct


class ChecklistItem(Part):
    """Something to be done, and the approver group whose members may say that it is."""

    name: PartName = Field(description="What is to be done.")
    group: PartName = Field(description="The approver group whose members tick it.")


class ManualSettings(GateSettings):
    """The checklist."""

    items: Annotated[tuple[ChecklistItem, ...], Field(strict=False, min_length=1, max_length=PARTS_MAX)]

    @model_validator(mode="after")
    def _each_once(self) -> ManualSettings:
        require_distinct(item.name for item in self.items)
        return self


class ManualGate:
    """Passes where every item is ticked by somebody who is still in its group."""

    name: ClassVar[str] = "manual-gate"
    summary: ClassVar[str] = "Every item of a checklist is ticked by somebody of its group"
    settings_model = ManualSettings

    def inputs(self, context: GateContext, settings: ManualSettings) -> Mapping[str, Any]:
        """Who ticked each item and when, and whether that person may still do so."""
        ticks = {tick.item: tick for tick in context.known.ticks()}
        return {"items": [_item(item, ticks.get(item.name), context) for item in settings.items]}

    def judge(self, inputs: Mapping[str, Any], settings: ManualSettings) -> Verdict:  # noqa: ARG002 - the protocol has it
        """Count what is ticked by whom it counts of."""
        items = inputs["items"]
        missing = [item for item in items if not item["counts"]]
        if missing:
            done = f"{len(items) - len(missing)} of {len(items)} ticked"
            return Verdict(False, f"{done}; missing: {'; '.join(map(_missing, missing))}", {"items": items})
        who = ", ".join(f"{item['name']} ({item['tickedBy']})" for item in items)
        return Verdict(True, f"All ticked: {who}", {"items": items})

    def groups(self, settings: ManualSettings) -> Iterable[str]:
        """The approver groups that the settings name."""
        return (item.group for item in settings.items)


def items_of(environment: Environment) -> tuple[ChecklistItem, ...]:
    """The checklist of an environment's promotions; empty where the settings make no sense."""
    try:
        stored = dict(environment.gates[ManualGate.name])
        return ManualSettings.model_validate(stored, by_alias=True, by_name=False).items
    except (KeyError, ValidationError):
        return ()


def _item(item: ChecklistItem, tick: Tick | None, context: GateContext) -> dict[str, Any]:
    members = context.known.members(item.group)
    return {
        "name": item.name,
        "group": item.group,
        "groupKnown": members is not None,
        "tickedBy": tick.person_name if tick else None,
        "tickedById": str(tick.person_id) if tick else None,
        "tickedAt": moment_text(tick.at) if tick else None,
        "counts": tick is not None and tick.person_id in (members or ()),
    }


def _missing(item: Mapping[str, Any]) -> str:
    if not item["groupKnown"]:
        return f"{item['name']} (there is no group {item['group']})"
    if item["tickedBy"]:
        return f"{item['name']} ({item['tickedBy']} is no longer in {item['group']})"
    return f"{item['name']} ({item['group']})"
