"""What one person sees: the page's JSON, and nothing of what that person may not see."""

from __future__ import annotations

import dataclasses
from typing import Any
from urllib.parse import urlsplit

from bot.playground.errors import SlackError
from bot.playground.playground import Playground
from bot.playground.records import Conversation, Json, Message, Person
from bot.playground.shapes import message_shape, view_shape
from bot.playground.workflow_seeds import WorkflowSeed


class Sight:
    """The workspace through one person's eyes."""

    def __init__(self, ground: Playground, viewer: str) -> None:
        self._ground = ground
        self._workspace = ground.workspace
        self.viewer = ground.workspace.person(viewer)

    def everything(self) -> Json:
        """What the page needs at its start and after changes to people or places."""
        seed, workspace = self._ground.seed, self._workspace
        home = workspace.direct(self.viewer.id, seed.bot_user_id)
        return {
            "me": self.viewer.id,
            "team": {"id": seed.team_id, "name": seed.team_name},
            "workspaces": [self._workspace_of(each) for each in self._ground.town],
            "app": {
                "id": seed.app_id,
                "user": seed.bot_user_id,
                "name": seed.bot_display_name,
                "description": seed.bot_description,
                "channel": home.id,
            },
            "people": {one.id: self._person(one, seat) for seat, one in enumerate(workspace.people.values())},
            "usergroups": {one.id: {"handle": one.handle, "name": one.name} for one in workspace.usergroups.values()},
            "places": [self._place(one) for one in self._places()],
            "commands": [
                {"name": one.name, "description": one.description, "usage": one.usage_hint} for one in seed.commands
            ],
            "shortcuts": [
                {"id": one.callback_id, "name": one.name, "kind": one.kind, "description": one.description}
                for one in seed.shortcuts
            ],
            "workflows": [self._workflow(one) for one in seed.workflows],
            "waiting": self.waiting(),
            "weather": {"outage": self._ground.weather.is_out, "limits": self._ground.weather.left()},
        }

    def _workspace_of(self, ground: Playground) -> Json:
        """A workspace to go to, and who the viewer is there: the person with the same handle, if there is one."""
        people = ground.workspace.people.values()
        same = next((one for one in people if one.name == self.viewer.name and one.example and not one.deleted), None)
        waiting = Sight(ground, same.id).waiting()[same.id] if same and ground is not self._ground else 0
        return {
            "id": ground.seed.team_id,
            "name": ground.seed.team_name,
            "path": urlsplit(ground.url).path + "/",
            "here": ground is self._ground,
            "me": same.id if same else "",
            "waiting": waiting,
        }

    def _workflow(self, workflow: WorkflowSeed) -> Json:
        mine = [one for one in self._ground.workflows.of(self.viewer.id) if one.workflow.id == workflow.id]
        return {
            "id": workflow.id,
            "name": workflow.name,
            "description": workflow.description,
            "form": [dataclasses.asdict(one) for one in workflow.form],
            "running": sum(one.state == "running" for one in mine),
        }

    def runs(self) -> list[Json]:
        """The workflows that the person has started, newest first."""
        return [one.shape() for one in self._ground.workflows.of(self.viewer.id)]

    def _person(self, person: Person, seat: int) -> Json:
        return {
            "id": person.id,
            "seat": seat,
            "name": person.name,
            "realName": person.real_name,
            "role": person.role,
            "tz": person.tz,
            "isBot": person.is_bot,
            "isGuest": person.is_restricted,
            "isStranger": person.is_stranger,
            "deleted": person.deleted,
            "example": person.example and not person.deleted,
        }

    def _places(self) -> list[Conversation]:
        return [one for one in self._workspace.conversations.values() if self.viewer.id in one.members]

    def _place(self, place: Conversation) -> Json:
        unread = self._workspace.unread(self.viewer.id, place.id)
        others = sorted(place.members - {self.viewer.id})
        direct = place.is_im or place.is_mpim
        return {
            "id": place.id,
            "kind": "direct" if direct else "private" if place.is_private else "channel",
            "name": place.name,
            "topic": place.topic,
            "archived": place.is_archived,
            "others": others if direct else [],
            "members": len(place.members),
            "unread": len(unread),
            "calls": len(unread) if direct else sum(self._is_for_me(one, self.viewer) for one in unread),
            "started": bool(self._workspace.messages[place.id]),
        }

    def waiting(self) -> dict[str, int]:
        """How many direct messages and mentions wait for each example person."""
        counts: dict[str, int] = {}
        for person in self._workspace.people.values():
            if person.example and not person.deleted:
                counts[person.id] = sum(
                    1
                    for place in self._workspace.conversations.values()
                    if person.id in place.members
                    for one in self._workspace.unread(person.id, place.id)
                    if place.is_im or place.is_mpim or self._is_for_me(one, person)
                )
        return counts

    @staticmethod
    def _is_for_me(message: Message, person: Person) -> bool:
        return f"<@{person.id}>" in message.text or "<!channel>" in message.text or "<!here>" in message.text

    def messages(self, channel: str) -> list[Json]:
        """All messages of a conversation, replies among them."""
        place = self.place(channel)
        return [self._message(one) for one in self._workspace.seen_by(self.viewer.id, place.id)]

    def place(self, channel: str) -> Conversation:
        """A conversation the person is in."""
        place = self._workspace.conversation(channel)
        if self.viewer.id not in place.members:
            raise SlackError("channel_not_found")
        return place

    def message(self, channel: str, ts: str) -> Message:
        """A message the person sees."""
        found = self._workspace.find(self.place(channel).id, ts)
        if found.ephemeral_to not in (None, self.viewer.id):
            raise SlackError("message_not_found")
        return found

    def _message(self, message: Message) -> Json:
        shape = message_shape(self._workspace, message, self._ground.url)
        typed = self._ground.screens.typed.get((self.viewer.id, message.ts))
        return shape | {"ephemeral": message.ephemeral_to is not None, "typed": typed or {}}

    def screen(self) -> Json:
        """The person's modals, from the bottom up, and App Home."""
        home = self._ground.screens.home(self.viewer.id)
        modals: list[Any] = [view_shape(self._workspace, one) for one in self._ground.screens.modals(self.viewer.id)]
        return {"modals": modals, "home": view_shape(self._workspace, home) if home else None}
