"""conversations.*: finding, opening and reading channels and direct messages."""

from __future__ import annotations

from bot.playground.errors import SlackError
from bot.playground.methods.call import Call, Method
from bot.playground.records import Conversation, Json, Message
from bot.playground.shapes import message_shape

READ = ("channels:read", "groups:read", "im:read", "mpim:read")
HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")


def _kind(place: Conversation) -> str:
    if place.is_im:
        return "im"
    if place.is_mpim:
        return "mpim"
    return "private_channel" if place.is_private else "public_channel"


def _shape(call: Call, place: Conversation) -> Json:
    return place.shape(call.bot, call.ground.seed.team_id)


def _open(call: Call) -> Json:
    users = call.names("users")
    if call.text("channel"):
        return {"channel": _shape(call, call.conversation())}
    if not users:
        raise SlackError("users_list_not_supplied")
    people = [call.workspace.people.get(one) for one in users]
    if any(one is None for one in people):
        raise SlackError("user_not_found")
    if any(one.deleted for one in people if one):
        raise SlackError("user_disabled")
    if any(one.is_bot for one in people if one):
        raise SlackError("cannot_dm_bot")
    place = call.workspace.direct(call.bot, *users)
    return {"channel": _shape(call, place) if call.flag("return_im") else {"id": place.id}}


def _info(call: Call) -> Json:
    return {"channel": _shape(call, call.conversation())}


def _list(call: Call) -> Json:
    kinds = call.names("types") or ["public_channel"]
    visible = [
        _shape(call, place)
        for place in call.workspace.conversations.values()
        if _kind(place) in kinds
        and (_kind(place) == "public_channel" or call.bot in place.members)
        and not (call.flag("exclude_archived") and place.is_archived)
    ]
    page, metadata = call.page(visible)
    return {"channels": page, "response_metadata": metadata}


def _members(call: Call) -> Json:
    page, metadata = call.page([{"id": one} for one in sorted(call.conversation().members)])
    return {"members": [one["id"] for one in page], "response_metadata": metadata}


def _join(call: Call) -> Json:
    place = call.conversation()
    if place.is_im or place.is_mpim or place.is_private:
        raise SlackError("method_not_supported_for_channel_type")
    if place.is_archived:
        raise SlackError("is_archived")
    call.workspace.alter_conversation(place.id, members=place.members | {call.bot})
    return {"channel": _shape(call, call.workspace.conversation(place.id))}


def _readable(call: Call) -> Conversation:
    place = call.conversation()
    if call.bot not in place.members:
        raise SlackError("not_in_channel")
    return place


def _asked_for(call: Call, messages: list[Message]) -> list[Message]:
    oldest, latest, inclusive = call.text("oldest", "0"), call.text("latest"), call.flag("inclusive")
    try:
        low, high = float(oldest), float(latest) if latest else float("inf")
    except ValueError:
        raise SlackError("invalid_ts_oldest") from None
    return [
        one
        for one in messages
        if low < float(one.ts) < high or (inclusive and float(one.ts) in (low, high))
    ]  # fmt: skip


def _pageful(call: Call, messages: list[Message]) -> Json:
    with_metadata = call.flag("include_all_metadata")
    shapes = [
        message_shape(call.workspace, one, call.ground.url, with_metadata=with_metadata)
        for one in _asked_for(call, messages)
    ]
    page, metadata = call.page(shapes)
    return {"messages": page, "has_more": bool(metadata["next_cursor"]), "response_metadata": metadata}


def _history(call: Call) -> Json:
    place = _readable(call)
    lasting = [one for one in call.workspace.messages[place.id] if one.ephemeral_to is None]
    top = [one for one in lasting if one.thread_ts in (None, one.ts) or one.also_in_channel]
    return _pageful(call, top[::-1]) | {"pin_count": 0}


def _replies(call: Call) -> Json:
    place = _readable(call)
    try:
        message = call.workspace.find(place.id, call.needed("ts"))
    except SlackError:
        raise SlackError("thread_not_found") from None
    parent = call.workspace.find(place.id, message.thread_ts) if message.thread_ts else message
    return _pageful(call, [parent, *call.workspace.replies(place.id, parent.ts)])


METHODS = {
    "conversations.open": Method(_open, ("im:write", "mpim:write")),
    "conversations.info": Method(_info, READ),
    "conversations.list": Method(_list, READ),
    "conversations.members": Method(_members, READ),
    "conversations.join": Method(_join, ("channels:join",)),
    "conversations.history": Method(_history, HISTORY),
    "conversations.replies": Method(_replies, HISTORY),
}
