"""A message as the Web API takes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Message:
    """`text` says it all for notifications and screen readers; `blocks` are what is seen."""

    text: str
    blocks: list[dict[str, Any]]
