"""Parts of what Slack sends that all kinds of payload have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Id = Annotated[str, Field(min_length=1, max_length=64)]
Pass = Annotated[str, Field(max_length=2000)]


class Part(BaseModel):
    """Some of the fields of an object; the others are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Named(Part):
    """Something with an id."""

    id: Id


@dataclass(frozen=True, slots=True)
class Asker:
    """A Slack user in a workspace; `home` is the workspace that the user belongs to, where Slack says so.

    `enterprise` is the Enterprise Grid organisation of the workspace, empty for none.
    """

    team: str
    user: str
    home: str = ""
    enterprise: str = ""
