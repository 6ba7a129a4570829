"""What an app says in a message: checked content, and answers to a command or through a response URL."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from bot.playground.blockkit import completed, message_problems
from bot.playground.errors import SlackError
from bot.playground.passes import ResponseUrl
from bot.playground.playground import Playground
from bot.playground.records import Json, Message
from bot.playground.workspace import Workspace

POSTED_TEXT = 40_000
UPDATED_TEXT = 4_000


@dataclass(frozen=True)
class Content:
    """Text and blocks that Slack accepts."""

    text: str
    blocks: list[Json]


def checked(
    workspace: Workspace, text: Any, blocks: Any, limit: int = POSTED_TEXT, *, has_files: bool = False
) -> Content:
    """The content of a message, or Slack's refusal of it."""
    if text is not None and not isinstance(text, str):
        raise SlackError("invalid_arguments", "[ERROR] must be a string [json-pointer:/text]")
    if blocks is not None and not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    if not text and not blocks and not has_files:
        raise SlackError("no_text")
    if len(text or "") > limit:
        raise SlackError("msg_too_long")
    problems = message_problems(blocks or [])
    if problems:
        raise SlackError("invalid_blocks", *problems)
    return Content(text or "", completed(blocks or [], lambda: workspace.new_id("")))


def answer_in_words(body: str) -> Json:
    """The body of an acknowledged slash command: nothing, plain words, or a JSON message."""
    if not body.strip():
        return {}
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return {"text": body}
    return answer if isinstance(answer, dict) else {"text": body}


def give_answer(ground: Playground, url: ResponseUrl, answer: Json) -> None:
    """Do what an answer asks: replace or delete the message it came from, or say something new."""
    workspace = ground.workspace
    original = _original(workspace, url)
    if _is_true(answer.get("delete_original")):
        if original is not None:
            workspace.remove(original)
        return
    content = checked(workspace, answer.get("text"), answer.get("blocks"))
    if _is_true(answer.get("replace_original")) and original is not None:
        edited_ts = None if original.ephemeral_to else workspace.new_ts()
        workspace.edit(original, text=content.text, blocks=content.blocks, edited_ts=edited_ts)
        return
    thread_ts = answer.get("thread_ts")
    workspace.post(
        url.channel,
        ground.seed.bot_user_id,
        content.text,
        blocks=content.blocks,
        thread_ts=str(thread_ts) if thread_ts else None,
        ephemeral_to=None if answer.get("response_type") == "in_channel" else url.user,
    )


def _original(workspace: Workspace, url: ResponseUrl) -> Message | None:
    if url.ts is None:
        return None
    try:
        return workspace.find(url.channel, url.ts)
    except SlackError:
        return None


def _is_true(value: Any) -> bool:
    return value is True or value == "true"
