"""Freezes lifted for one promotion."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from bot.api.schemas.base import Body, Moment, RequiredText, Shown, ShownActor, example, shown_actor
from core.domain.exemption import FreezeExemption

_TERMS = {"reason": "The checkout is down and this repairs it", "until": "2026-12-24T18:00:00Z"}


class FreezeExemptionBody(Body):
    """Why freezes are lifted, and until when."""

    model_config = example("FreezeExemptionDraft", **_TERMS)

    reason: Annotated[RequiredText, Field(max_length=2000)] = Field(
        description="Why; it stands on the card and in the signed record."
    )
    until: Moment = Field(description="When freezes hold again; within a week.")


class FreezeExemptionShown(Shown):
    """How freezes were lifted for a promotion."""

    model_config = example(
        "FreezeExemption",
        **_TERMS,
        grantedBy={"kind": "person", "id": "e4f7d8b1-94a3-4be7-8d53-2b6f1c0a9e04", "name": "Erin"},
        grantedAt="2026-12-24T12:00:00Z",
    )

    reason: str
    until: datetime
    granted_by: ShownActor
    granted_at: datetime


def exemption_of(exemption: FreezeExemption | None) -> FreezeExemptionShown | None:
    if exemption is None:
        return None
    by = shown_actor(exemption.by)
    return FreezeExemptionShown(reason=exemption.reason, until=exemption.until, granted_by=by, granted_at=exemption.at)
