"""The workspace in memory: people, conversations and messages, and what may be done with them.

Rules that belong to a door (tokens, scopes, argument names) are not here. Whatever cannot be done raises `SlackError`
with Slack's own code.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

from bot.playground.errors import SlackError
from bot.playground.hub import Hub
from bot.playground.passes import Clock
from bot.playground.records import Conversation, File, Message, Person
from bot.playground.seed import PersonSeed, UsergroupSeed, WorkspaceSeed

SLACKBOT = "USLACKBOT"


class Workspace:
    """Everything that is said and known in one Slack team."""

    def __init__(self, seed: WorkspaceSeed, clock: Clock, hub: Hub) -> None:
        self.seed = seed
        self.hub = hub
        self._clock = clock
        self._last_tick = 0
        # Ids of events and the like are unique in all of Slack.
        self._made = int.from_bytes(seed.team_id.encode()[-2:]) * 1000
        self.people: dict[str, Person] = {}
        self.conversations: dict[str, Conversation] = {}
        self.messages: dict[str, list[Message]] = {}
        self.files: dict[str, File] = {}
        self.usergroups: dict[str, UsergroupSeed] = {group.id: group for group in seed.usergroups}
        self._read_up_to: dict[tuple[str, str], str] = {}
        self._settle_in(seed)

    def _settle_in(self, seed: WorkspaceSeed) -> None:
        app = PersonSeed(
            seed.bot_user_id, seed.bot_name, seed.bot_display_name, tz="Etc/UTC", is_bot=True, example=False
        )
        # Slack itself says of Slackbot that it is not a bot.
        slackbot = PersonSeed(SLACKBOT, "slackbot", "Slackbot", tz="Etc/UTC", example=False)
        for one in (*seed.people, app, slackbot):
            self._enrol(one)
        everybody = {one.id for one in seed.people if not one.deleted and not one.is_stranger}
        for channel in seed.channels:
            members = set(channel.members) or (set() if channel.is_private else set(everybody))
            if channel.bot_is_member:
                members.add(seed.bot_user_id)
            self._add(
                Conversation(
                    channel.id,
                    channel.name,
                    members,
                    self.now(),
                    channel.topic,
                    channel.is_private,
                    channel.is_archived,
                )
            )

    def _enrol(self, newcomer: PersonSeed) -> Person:
        fields = dataclasses.asdict(newcomer) | {"team_id": newcomer.team_id or self.seed.team_id}
        person = Person(**fields, updated=self.now())
        self.people[person.id] = person
        return person

    def _add(self, conversation: Conversation) -> None:
        self.conversations[conversation.id] = conversation
        self.messages[conversation.id] = []

    def now(self) -> int:
        """The time in whole Unix seconds."""
        return int(self._clock())

    def new_ts(self) -> str:
        """A time stamp that no other message has, later than all before."""
        self._last_tick = max(self._last_tick + 1, int(self._clock() * 1_000_000))
        return f"{self._last_tick // 1_000_000}.{self._last_tick % 1_000_000:06d}"

    def new_id(self, prefix: str) -> str:
        """An id that nothing else in this workspace has."""
        self._made += 1
        return f"{prefix}{self._made:07d}" if prefix else f"pg{self._made:03d}"

    # People

    def person(self, ref: str, missing: str = "user_not_found") -> Person:
        """A person by id or handle; `missing` is the code raised where there is none."""
        found = self.people.get(ref)
        if found is None:
            handle = ref.removeprefix("@")
            found = next((one for one in self.people.values() if one.name == handle), None)
        if found is None:
            raise SlackError(missing)
        return found

    def welcome(self, newcomer: PersonSeed) -> Person:
        """Somebody new, who joins the public channels unless a guest."""
        person = self._enrol(newcomer)
        if not (person.is_restricted or person.is_stranger):
            for place in self.conversations.values():
                if not place.is_private and not place.is_im:
                    place.members.add(person.id)
        self.hub.publish("people")
        return person

    def alter_person(self, user: str, **changes: Any) -> Person:
        """Change fields of a person, as an administrator of the workspace would."""
        person = dataclasses.replace(self.person(user), **changes, updated=self.now())
        self.people[person.id] = person
        if person.deleted:
            for conversation in self.conversations.values():
                if not conversation.is_im:
                    conversation.members.discard(person.id)
        self.hub.publish("people")
        return person

    # Conversations

    def conversation(self, ref: str) -> Conversation:
        """A conversation by id, or a channel by name with or without `#`."""
        found = self.conversations.get(ref)
        if found is None and ref:
            name = ref.removeprefix("#")
            found = next((one for one in self.conversations.values() if one.name == name), None)
        if found is None:
            raise SlackError("channel_not_found")
        return found

    def direct(self, *users: str) -> Conversation:
        """The direct message between these people, opened where there is none."""
        members = {self.person(user).id for user in users}
        for one in self.conversations.values():
            if (one.is_im or one.is_mpim) and one.members == members:
                return one
        several = len(members) > 2
        conversation = Conversation(
            self.new_id("G" if several else "D"),
            "mpdm-" + "--".join(sorted(self.people[user].name for user in members)) if several else "",
            members,
            self.now(),
            is_private=several,
            is_im=not several,
            is_mpim=several,
        )
        self._add(conversation)
        self.hub.publish("conversations")
        return conversation

    def alter_conversation(self, channel: str, **changes: Any) -> Conversation:
        """Archive, rename or otherwise change a conversation."""
        conversation = dataclasses.replace(self.conversation(channel), **changes)
        self.conversations[conversation.id] = conversation
        self.hub.publish("conversations")
        return conversation

    # Messages

    def post(self, channel: str, user: str, text: str, **rest: Any) -> Message:
        """Add a message; `rest` are further fields of `Message`."""
        message = Message(
            self.new_ts(), channel, user, text, from_bot=rest.pop("from_bot", user == self.seed.bot_user_id), **rest
        )
        self.messages[channel].append(message)
        if message.ephemeral_to is None and not message.from_bot:
            self._read_up_to[user, channel] = message.ts
        self.hub.publish("message", channel=channel, ts=message.ts, to=message.ephemeral_to)
        return message

    def find(self, channel: str, ts: str) -> Message:
        """The message in a channel by its time stamp."""
        for message in self.messages.get(channel, []):
            if message.ts == ts:
                return message
        raise SlackError("message_not_found")

    def find_anywhere(self, ts: str) -> Message:
        """A message by its time stamp alone, which is unique here."""
        for listed in self.messages.values():
            for message in listed:
                if message.ts == ts:
                    return message
        raise SlackError("message_not_found")

    def edit(self, message: Message, **changes: Any) -> None:
        """Change a message where it stands; `edited` is marked by the caller's `edited_ts`."""
        for name, value in changes.items():
            setattr(message, name, value)
        self.hub.publish("message", channel=message.channel, ts=message.ts, to=message.ephemeral_to)

    def remove(self, message: Message) -> None:
        """Take a message away."""
        self.messages[message.channel].remove(message)
        self.hub.publish("message", channel=message.channel, ts=message.ts, to=message.ephemeral_to)

    def seen_by(self, viewer: str, channel: str) -> list[Message]:
        """The messages of a channel that one person sees, oldest first, replies and ephemeral ones among them."""
        return [one for one in self.messages[channel] if one.ephemeral_to in (None, viewer)]

    def replies(self, channel: str, ts: str) -> list[Message]:
        """The lasting replies in a thread, oldest first."""
        return [
            one
            for one in self.messages[channel]
            if one.thread_ts == ts and one.ts != ts and one.ephemeral_to is None
        ]  # fmt: skip

    # Reading

    def mark_read(self, viewer: str, channel: str) -> None:
        """The person has seen all there is in the channel."""
        listed = self.seen_by(viewer, channel)
        if listed and self._read_up_to.get((viewer, channel)) != listed[-1].ts:
            self._read_up_to[viewer, channel] = listed[-1].ts
            self.hub.publish("read", channel=channel, user=viewer)

    def unread(self, viewer: str, channel: str) -> list[Message]:
        """What has been said since the person last looked, own words not counted."""
        since = self._read_up_to.get((viewer, channel), "")
        return [one for one in self.seen_by(viewer, channel) if one.ts > since and one.user != viewer]

    # Files and user groups

    def share(self, file: File, channel: str, ts: str) -> None:
        """Note that a file can be seen in a channel, by the message `ts`."""
        file.shares.setdefault(channel, []).append(ts)

    def may_see_file(self, viewer: str, file: File) -> bool:
        """Whether the file has been shared where the person is."""
        places: Iterable[str] = file.shares
        return any(viewer in self.conversations[place].members for place in places)

    def usergroup(self, ref: str) -> UsergroupSeed:
        """A user group by id or handle."""
        for group in self.usergroups.values():
            if ref in (group.id, group.handle):
                return group
        raise SlackError("no_such_subteam")

    def set_usergroup(self, ref: str, members: tuple[str, ...]) -> UsergroupSeed:
        """Give a user group other members."""
        group = dataclasses.replace(self.usergroup(ref), members=tuple(self.person(one).id for one in members))
        self.usergroups[group.id] = group
        self.hub.publish("people")
        return group
