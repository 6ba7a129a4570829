"""Opening the App Home, shortcuts, and what happens to people: joining, leaving, changing groups."""

from __future__ import annotations

import dataclasses
from typing import Any

from bot.playground.deeds.outcome import Outcome
from bot.playground.errors import NoSuchControlError
from bot.playground.playground import Playground
from bot.playground.records import Json, Message, Person
from bot.playground.seed import PersonSeed, UsergroupSeed
from bot.playground.shapes import view_shape


def uninstall(ground: Playground) -> None:
    """The app is removed from the workspace (`app_uninstalled`): its tokens end, and what it posted stays."""
    ground.grants.revoke()
    ground.delivery.event(ground.payloads.event({"type": "app_uninstalled"}))


def open_home(ground: Playground, user: str, tab: str = "home") -> None:
    """Look at the app's Home (or Messages) tab."""
    person = ground.workspace.person(user)
    channel = ground.workspace.direct(person.id, ground.seed.bot_user_id)
    event: Json = {
        "type": "app_home_opened",
        "user": person.id,
        "channel": channel.id,
        "tab": tab,
        "event_ts": ground.workspace.new_ts(),
    }
    home = ground.screens.home(person.id)
    if home is not None:
        event["view"] = view_shape(ground.workspace, home)
    announce(ground, event)


async def shortcut(ground: Playground, user: str, callback_id: str) -> Outcome:
    """Choose one of the app's global shortcuts."""
    person = ground.workspace.person(user)
    _offered(ground, callback_id, "global")
    payload = ground.payloads.shortcut(person, callback_id, ground.triggers.issue(person.id))
    return Outcome((await ground.delivery.interaction(payload)).error)


async def message_shortcut(ground: Playground, user: str, message: Message, callback_id: str) -> Outcome:
    """Choose one of the app's shortcuts in a message's menu."""
    person = ground.workspace.person(user)
    _offered(ground, callback_id, "message")
    path = ground.response_urls.issue(person.id, message.channel, message.ts)
    payload = ground.payloads.message_action(
        person,
        message,
        callback_id,
        trigger_id=ground.triggers.issue(person.id),
        response_url=ground.url + path,
    )
    return Outcome((await ground.delivery.interaction(payload)).error)


def _offered(ground: Playground, callback_id: str, kind: str) -> None:
    if not any(one.callback_id == callback_id and one.kind == kind for one in ground.seed.shortcuts):
        raise NoSuchControlError(f"the app has no {kind} shortcut {callback_id!r}")


def join(ground: Playground, newcomer: PersonSeed) -> Person:
    """Somebody joins the workspace and its public channels."""
    person = ground.workspace.welcome(newcomer)
    announce(ground, {"type": "team_join", "user": person.shape(), "event_ts": ground.workspace.new_ts()})
    return person


def change_person(ground: Playground, user: str, **changes: Any) -> Person:
    """An administrator changes somebody: `deleted=True`, `is_restricted=True`, `email=...`."""
    person = ground.workspace.alter_person(user, **changes)
    ts = ground.workspace.new_ts()
    announce(ground, {"type": "user_change", "user": person.shape(), "cache_ts": int(float(ts)), "event_ts": ts})
    return person


def change_usergroup(ground: Playground, ref: str, members: tuple[str, ...]) -> UsergroupSeed:
    """Somebody changes who is in a user group."""
    before = set(ground.workspace.usergroup(ref).members)
    group = ground.workspace.set_usergroup(ref, members)
    ts = ground.workspace.new_ts()
    announce(ground, {"type": "subteam_updated", "subteam": usergroup_shape(ground, group), "event_ts": ts})
    announce(
        ground,
        {
            "type": "subteam_members_changed",
            "subteam_id": group.id,
            "team_id": ground.seed.team_id,
            "added_users": sorted(set(group.members) - before),
            "removed_users": sorted(before - set(group.members)),
            "event_ts": ts,
        },
    )
    return group


def usergroup_shape(ground: Playground, group: UsergroupSeed, *, with_users: bool = True) -> Json:
    """Slack's user group object."""
    fields = dataclasses.asdict(group)
    shape: Json = {
        "id": group.id,
        "team_id": ground.seed.team_id,
        "is_usergroup": True,
        "is_subteam": True,
        "name": fields["name"],
        "handle": group.handle,
        "description": "",
        "is_external": False,
        "date_delete": 0,
        "user_count": len(group.members),
    }
    return shape | {"users": list(group.members)} if with_users else shape


def announce(ground: Playground, event: Json) -> None:
    """Deliver an event if the app subscribes to its type."""
    if event["type"] in ground.seed.events:
        ground.delivery.event(ground.payloads.event(event))
