"""How messages and views look in Slack's answers and payloads."""

from __future__ import annotations

from bot.playground.records import Json, Message, View
from bot.playground.workspace import Workspace


def bot_profile(workspace: Workspace) -> Json:
    """The bot as messages carry it."""
    seed = workspace.seed
    return {
        "id": seed.bot_id,
        "app_id": seed.app_id,
        "user_id": seed.bot_user_id,
        "name": seed.bot_display_name,
        "deleted": False,
        "updated": 0,
        "icons": {},
        "team_id": seed.team_id,
    }


def message_shape(workspace: Workspace, message: Message, url: str, *, with_metadata: bool = False) -> Json:
    """Slack's message object; `metadata` only where asked for."""
    seed = workspace.seed
    shape: Json = {
        "type": "message",
        "user": message.user,
        "text": message.text,
        "ts": message.ts,
        "team": seed.team_id,
    }
    if message.from_bot:
        shape |= {"bot_id": seed.bot_id, "app_id": seed.app_id, "bot_profile": bot_profile(workspace)}
    if message.blocks:
        shape["blocks"] = message.blocks
    if message.edited_ts:
        shape["edited"] = {"user": message.user, "ts": message.edited_ts}
    if message.files:
        shape["files"] = [workspace.files[one].shape(url, seed.team_id) for one in message.files]
        shape["upload"] = False
    if message.metadata and with_metadata:
        shape["metadata"] = message.metadata
    if message.ephemeral_to:
        shape |= {"subtype": "ephemeral", "is_ephemeral": True}
    return shape | _threading(workspace, message)


def _threading(workspace: Workspace, message: Message) -> Json:
    if message.thread_ts and message.thread_ts != message.ts:
        shape: Json = {"thread_ts": message.thread_ts}
        parents = [one for one in workspace.messages[message.channel] if one.ts == message.thread_ts]
        if parents:
            shape["parent_user_id"] = parents[0].user
        if message.also_in_channel:
            shape["subtype"] = "thread_broadcast"
        return shape
    replies = workspace.replies(message.channel, message.ts)
    if not replies:
        return {}
    writers = list(dict.fromkeys(one.user for one in replies))
    return {
        "thread_ts": message.ts,
        "reply_count": len(replies),
        "reply_users": writers[:5],
        "reply_users_count": len(writers),
        "latest_reply": replies[-1].ts,
        "is_locked": False,
        "subscribed": True,
    }


def view_shape(workspace: Workspace, view: View) -> Json:
    """Slack's view object, with what the person has entered so far."""
    seed, content = workspace.seed, view.content
    return {
        "id": view.id,
        "team_id": seed.team_id,
        "type": content["type"],
        "blocks": content["blocks"],
        "private_metadata": content.get("private_metadata") or "",
        "callback_id": content.get("callback_id") or "",
        "state": {"values": view.state},
        "hash": view.hash,
        "title": content.get("title") or {"type": "plain_text", "text": "View Title", "emoji": True},
        "clear_on_close": bool(content.get("clear_on_close")),
        "notify_on_close": bool(content.get("notify_on_close")),
        "close": content.get("close"),
        "submit": content.get("submit"),
        "previous_view_id": view.previous_id,
        "root_view_id": view.root_id,
        "app_id": seed.app_id,
        "external_id": view.external_id,
        "app_installed_team_id": seed.team_id,
        "bot_id": seed.bot_id,
    }
