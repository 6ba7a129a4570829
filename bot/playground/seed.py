"""What a playground starts with: plain values, given by the caller.

Nothing here knows what the bot is for. The demo command and each test describe their own workspace.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.playground.workflow_seeds import FunctionSeed, WorkflowSeed


@dataclass(frozen=True)
class PersonSeed:
    """Somebody in the workspace.

    `name` is the handle without `@`; `role` is the caption in the page's switcher. `team_id` differs from the
    workspace's only for a Slack Connect stranger. Guests are `is_restricted`, and `is_ultra_restricted` too where one
    channel is all they see. People with `example=False` exist but are not in the switcher.
    """

    id: str
    name: str
    real_name: str
    email: str = ""
    role: str = ""
    tz: str = "Europe/Amsterdam"
    team_id: str = ""
    is_admin: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    is_bot: bool = False
    deleted: bool = False
    example: bool = True


@dataclass(frozen=True)
class ChannelSeed:
    """A channel; `members` are user ids, an empty tuple of a public channel means everybody."""

    id: str
    name: str
    members: tuple[str, ...] = ()
    topic: str = ""
    is_private: bool = False
    is_archived: bool = False
    bot_is_member: bool = True


@dataclass(frozen=True)
class UsergroupSeed:
    """A user group (`@handle`) and the user ids in it."""

    id: str
    handle: str
    name: str
    members: tuple[str, ...] = ()


@dataclass(frozen=True)
class SlashCommandSeed:
    """A slash command as an app's manifest declares it; `name` begins with `/`."""

    name: str
    description: str = ""
    usage_hint: str = ""


@dataclass(frozen=True)
class ShortcutSeed:
    """A shortcut as an app's manifest declares it: in the composer (global) or on a message."""

    callback_id: str
    name: str
    kind: Literal["global", "message"] = "global"
    description: str = ""


@dataclass(frozen=True)
class WorkspaceSeed:
    """A whole workspace with one app in it.

    `events` are the bot events that the app subscribes to (`app_home_opened`, `message.im`, ...); nothing else is
    sent to it. `scopes` are enforced with `missing_scope`; None grants everything.
    """

    people: tuple[PersonSeed, ...]
    channels: tuple[ChannelSeed, ...]
    team_id: str = "T00000001"
    team_name: str = "Playground"
    team_domain: str = "playground"
    bot_name: str = "bot"
    bot_display_name: str = "Bot"
    bot_description: str = ""
    bot_user_id: str = "U0BOT0001"
    bot_id: str = "B0BOT0001"
    app_id: str = "A0APP0001"
    commands: tuple[SlashCommandSeed, ...] = ()
    shortcuts: tuple[ShortcutSeed, ...] = ()
    usergroups: tuple[UsergroupSeed, ...] = ()
    functions: tuple[FunctionSeed, ...] = ()
    workflows: tuple[WorkflowSeed, ...] = ()
    events: tuple[str, ...] = ("app_home_opened", "message.im", "team_join", "user_change")
    scopes: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        for what, ids in (
            ("person", [p.id for p in self.people]),
            ("handle", [p.name for p in self.people]),
            ("channel", [c.id for c in self.channels]),
            ("channel name", [c.name for c in self.channels]),
            ("slash command", [c.name for c in self.commands]),
        ):
            twice = {one for one in ids if ids.count(one) > 1}
            if twice:
                raise ValueError(f"{what} {sorted(twice)[0]!r} is in the seed twice")
        known = {p.id for p in self.people} | {self.bot_user_id}
        for place, members in [(c.name, c.members) for c in self.channels] + [
            (g.handle, g.members) for g in self.usergroups
        ]:
            for member in members:
                if member not in known:
                    raise ValueError(f"{member!r} in {place!r} is nobody in the seed")
