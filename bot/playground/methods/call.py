"""One call of a Web API method: its arguments, read as Slack reads them."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.playground.errors import SlackError
from bot.playground.playground import Playground
from bot.playground.records import Conversation, Json, Person
from bot.playground.workspace import Workspace

PAGE = 100
LARGEST_PAGE = 1000


@dataclass(frozen=True)
class Call:
    """The arguments of a call; forms carry everything as strings, so each reader accepts both."""

    ground: Playground
    arguments: Mapping[str, Any]

    @property
    def workspace(self) -> Workspace:
        """The workspace the token belongs to."""
        return self.ground.workspace

    @property
    def bot(self) -> str:
        """The user id of the bot that calls."""
        return self.ground.seed.bot_user_id

    def text(self, name: str, default: str = "") -> str:
        """A string, `default` where it is missing."""
        value = self.arguments.get(name)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise SlackError("invalid_arguments", f"[ERROR] must be a string [json-pointer:/{name}]")
        return str(value)

    def needed(self, name: str) -> str:
        """A string that must be there."""
        value = self.text(name)
        if not value:
            raise SlackError("invalid_arguments", f"[ERROR] missing required field: {name} [json-pointer:/{name}]")
        return value

    def flag(self, name: str) -> bool:
        """True, "true" or "1"."""
        return self.arguments.get(name) in (True, "true", "True", "1", 1)

    def integer(self, name: str, default: int) -> int:
        """A whole number."""
        try:
            return int(self.text(name) or default)
        except ValueError:
            raise SlackError("invalid_arguments", f"[ERROR] must be a number [json-pointer:/{name}]") from None

    def structured(self, name: str) -> Any:
        """A JSON value, which forms carry as a string."""
        value = self.arguments.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except (ValueError, RecursionError):
            raise SlackError("invalid_arguments", f"[ERROR] must be valid JSON [json-pointer:/{name}]") from None

    def names(self, name: str) -> list[str]:
        """Several ids, as a list or separated by commas."""
        value = self.arguments.get(name)
        listed = value if isinstance(value, list) else self.text(name).split(",")
        return [str(one).strip() for one in listed if str(one).strip()]

    def person(self, name: str = "user", missing: str = "user_not_found") -> Person:
        """The person with the id in that argument."""
        found = self.workspace.people.get(self.needed(name))
        if found is None:
            raise SlackError(missing)
        return found

    def conversation(self, name: str = "channel") -> Conversation:
        """The conversation in that argument; private ones exist only for members."""
        place = self.workspace.conversation(self.text(name))
        hidden = place.is_private or place.is_im or place.is_mpim
        if hidden and self.bot not in place.members:
            raise SlackError("channel_not_found")
        return place

    def page(self, items: Sequence[Json], default: int = PAGE) -> tuple[list[Json], Json]:
        """One page of `items` and the `response_metadata` that leads to the next."""
        limit = self.integer("limit", default)
        if not 1 <= limit <= LARGEST_PAGE:
            raise SlackError("invalid_limit")
        start = _offset(self.text("cursor"))
        following = start + limit
        cursor = base64.b64encode(f"offset:{following}".encode()).decode() if following < len(items) else ""
        return list(items[start:following]), {"next_cursor": cursor}


def _offset(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        word, _, number = base64.b64decode(cursor, validate=True).decode().partition(":")
        offset = int(number)
    except (ValueError, binascii.Error):
        raise SlackError("invalid_cursor") from None
    if word != "offset" or offset < 0:
        raise SlackError("invalid_cursor")
    return offset


@dataclass(frozen=True)
class Method:
    """A method and the scopes of which the token needs one."""

    answer: Callable[[Call], Json]
    scopes: tuple[str, ...] = ()
