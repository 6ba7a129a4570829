"""Pictures of what stands on a screen, for tests: later changes do not show in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.playground.blockkit import walk_elements
from bot.playground.records import Json, Message, View
from bot.playground.wording import words_of


@dataclass(frozen=True)
class Seen:
    """A message as it was."""

    message: Message

    @property
    def ts(self) -> str:
        """Its time stamp, which names it."""
        return self.message.ts

    @property
    def channel(self) -> str:
        """The id of the conversation it is in."""
        return self.message.channel

    @property
    def user(self) -> str:
        """The id of its author."""
        return self.message.user

    @property
    def text(self) -> str:
        """Its plain text, which notifications show."""
        return self.message.text

    @property
    def blocks(self) -> list[Json]:
        """Its blocks, with the ids Slack added."""
        return self.message.blocks

    @property
    def words(self) -> str:
        """All that a reader sees: the words of its blocks, else its text."""
        return words_of(self.message.blocks) or self.message.text

    @property
    def actions(self) -> list[str]:
        """The action ids of its buttons and menus, in order."""
        return _actions(self.message.blocks)

    @property
    def files(self) -> list[str]:
        """The ids of its files."""
        return self.message.files

    @property
    def thread_ts(self) -> str | None:
        """The thread it is in."""
        return self.message.thread_ts

    @property
    def metadata(self) -> Json:
        """Its metadata, empty where there is none."""
        return self.message.metadata or {}


@dataclass(frozen=True)
class Screen:
    """A modal or App Home as it was."""

    view: View

    @property
    def id(self) -> str:
        """The view's id."""
        return self.view.id

    @property
    def title(self) -> str:
        """The title of a modal."""
        return str((self.view.content.get("title") or {}).get("text", ""))

    @property
    def callback_id(self) -> str:
        """The app's name for the view."""
        return str(self.view.content.get("callback_id") or "")

    @property
    def private_metadata(self) -> str:
        """What the app keeps with the view."""
        return str(self.view.content.get("private_metadata") or "")

    @property
    def blocks(self) -> list[Json]:
        """Its blocks, with the ids Slack added."""
        found: list[Json] = self.view.content["blocks"]
        return found

    @property
    def words(self) -> str:
        """All that a reader sees, the title first."""
        return "\n".join(part for part in (self.title, words_of(self.blocks)) if part)

    @property
    def actions(self) -> list[str]:
        """The action ids of its buttons, menus and fields, in order."""
        return _actions(self.blocks)

    @property
    def values(self) -> dict[str, Any]:
        """What is filled in, by action id: the text, the option's value, or a list of them."""
        plain: dict[str, Any] = {}
        for entries in self.view.state.values():
            for action_id, entry in entries.items():
                plain[action_id] = next((_plain(value) for name, value in entry.items() if name != "type"), None)
        return plain


def _actions(blocks: list[Json]) -> list[str]:
    return [element["action_id"] for _, element in walk_elements(blocks)]


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value["value"] if isinstance(value, dict) else value
