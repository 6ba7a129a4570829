"""chat.*: posting, changing and deleting messages."""

from __future__ import annotations

from typing import Any

from bot.playground.answers import UPDATED_TEXT, checked
from bot.playground.errors import SlackError
from bot.playground.methods.call import Call, Method
from bot.playground.records import Conversation, Json, Message
from bot.playground.shapes import message_shape

METADATA_BYTES = 16_384


def _writable(call: Call) -> Conversation:
    """Where the bot may write: a person's id stands for the direct message with them."""
    workspace, channel = call.workspace, call.text("channel")
    if channel in workspace.people:
        return workspace.direct(call.bot, channel)
    place = call.conversation()
    if place.is_archived:
        raise SlackError("is_archived")
    scopes = call.ground.seed.scopes
    public_anywhere = not place.is_private and "chat:write.public" in (scopes or ())
    if call.bot not in place.members and not public_anywhere:
        raise SlackError("not_in_channel")
    return place


def _thread(call: Call, place: Conversation) -> str | None:
    thread_ts = call.text("thread_ts")
    if not thread_ts:
        return None
    try:
        parent = call.workspace.find(place.id, thread_ts)
    except SlackError:
        raise SlackError("thread_not_found") from None
    return parent.thread_ts or parent.ts


def _metadata(call: Call) -> Json | None:
    metadata = call.structured("metadata")
    if metadata is None:
        return None
    right = (
        isinstance(metadata, dict)
        and isinstance(metadata.get("event_type"), str)
        and isinstance(metadata.get("event_payload"), dict)
    )
    if not right:
        raise SlackError("invalid_metadata_format")
    if len(str(metadata)) > METADATA_BYTES:
        raise SlackError("metadata_too_large")
    return dict(metadata)


def _post_message(call: Call) -> Json:
    place = _writable(call)
    content = checked(call.workspace, call.arguments.get("text"), call.structured("blocks"))
    message = call.workspace.post(
        place.id,
        call.bot,
        content.text,
        blocks=content.blocks,
        thread_ts=_thread(call, place),
        also_in_channel=call.flag("reply_broadcast"),
        metadata=_metadata(call),
    )
    shape = message_shape(call.workspace, message, call.ground.url, with_metadata=True)
    return {"channel": place.id, "ts": message.ts, "message": shape}


def _post_ephemeral(call: Call) -> Json:
    place = call.conversation()
    if place.is_archived:
        raise SlackError("is_archived")
    if call.bot not in place.members:
        raise SlackError("not_in_channel")
    user = call.person().id
    if user not in place.members:
        raise SlackError("user_not_in_channel")
    content = checked(call.workspace, call.arguments.get("text"), call.structured("blocks"))
    message = call.workspace.post(
        place.id, call.bot, content.text, blocks=content.blocks, thread_ts=_thread(call, place), ephemeral_to=user
    )
    return {"message_ts": message.ts}


def _own_message(call: Call, refusal: str) -> Message:
    place = call.conversation()
    message = call.workspace.find(place.id, call.needed("ts"))
    if message.ephemeral_to is not None:
        raise SlackError("message_not_found")
    if message.user != call.bot:
        raise SlackError(refusal)
    if place.is_archived:
        raise SlackError("is_archived")
    return message


def _update(call: Call) -> Json:
    message = _own_message(call, "cant_update_message")
    text, blocks = call.arguments.get("text"), call.structured("blocks")
    content = checked(call.workspace, text, blocks, UPDATED_TEXT, has_files=bool(message.files))
    changes: dict[str, Any] = {"text": content.text, "blocks": content.blocks, "edited_ts": call.workspace.new_ts()}
    if "metadata" in call.arguments:
        changes["metadata"] = _metadata(call)
    call.workspace.edit(message, **changes)
    shape = message_shape(call.workspace, message, call.ground.url, with_metadata=True)
    return {"channel": message.channel, "ts": message.ts, "text": message.text, "message": shape}


def _delete(call: Call) -> Json:
    message = _own_message(call, "cant_delete_message")
    call.workspace.remove(message)
    return {"channel": message.channel, "ts": message.ts}


def _permalink(call: Call) -> Json:
    place = call.conversation()
    message = call.workspace.find(place.id, call.needed("message_ts"))
    link = f"{call.ground.url}/archives/{place.id}/p{message.ts.replace('.', '')}"
    if message.thread_ts:
        link += f"?thread_ts={message.thread_ts}&cid={place.id}"
    return {"channel": place.id, "permalink": link}


METHODS = {
    "chat.postMessage": Method(_post_message, ("chat:write",)),
    "chat.postEphemeral": Method(_post_ephemeral, ("chat:write",)),
    "chat.update": Method(_update, ("chat:write",)),
    "chat.delete": Method(_delete, ("chat:write",)),
    "chat.getPermalink": Method(_permalink),
}
