"""files.*: uploading in the two steps that Slack asks for, and reading about files."""

from __future__ import annotations

import mimetypes
from typing import Any

from bot.playground.answers import checked
from bot.playground.errors import SlackError
from bot.playground.methods.call import Call, Method
from bot.playground.records import File, Json

LARGEST_FILE = 20_000_000


def _upload_url(call: Call) -> Json:
    name, length = call.needed("filename"), call.integer("length", 0)
    if not 0 < length <= LARGEST_FILE:
        raise SlackError("invalid_arguments", "[ERROR] must be between 1 and 20000000 [json-pointer:/length]")
    # The name becomes part of a path and a header.
    name = "".join(one for one in name if one.isprintable() and one not in '/\\"')[:255] or "file"
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    file = File(call.workspace.new_id("F"), name, "", call.bot, call.workspace.now(), mimetype=kind)
    call.workspace.files[file.id] = file
    return {"upload_url": f"{call.ground.url}/upload/v1/{file.id}", "file_id": file.id}


def _complete(call: Call) -> Json:
    listed: Any = call.structured("files")
    if not isinstance(listed, list) or not listed or not all(isinstance(one, dict) for one in listed):
        raise SlackError("invalid_arguments", "[ERROR] must be an array of objects [json-pointer:/files]")
    files = [_uploaded(call, one) for one in listed]
    for channel in call.names("channels") or call.names("channel_id"):
        place = call.workspace.conversation(channel)
        if call.bot not in place.members:
            raise SlackError("channel_not_found" if place.is_private else "not_in_channel")
        if place.is_archived:
            raise SlackError("is_archived")
        content = checked(
            call.workspace, call.arguments.get("initial_comment"), call.structured("blocks"), has_files=True
        )
        message = call.workspace.post(
            place.id,
            call.bot,
            content.text,
            blocks=content.blocks,
            thread_ts=call.text("thread_ts") or None,
            files=[file.id for file in files],
        )
        for file in files:
            call.workspace.share(file, place.id, message.ts)
    return {"files": [file.shape(call.ground.url, call.ground.seed.team_id) for file in files]}


def _uploaded(call: Call, asked: Json) -> File:
    file = call.workspace.files.get(str(asked.get("id")))
    if file is None or not file.content:
        raise SlackError("file_not_found")
    file.title = str(asked.get("title") or file.name)
    return file


def _info(call: Call) -> Json:
    file = call.workspace.files.get(call.needed("file"))
    if file is None or not file.content:
        raise SlackError("file_not_found")
    shares: dict[str, dict[str, list[Json]]] = {"public": {}, "private": {}}
    for channel, stamps in file.shares.items():
        kind = "private" if call.workspace.conversations[channel].is_private else "public"
        shares[kind][channel] = [{"ts": ts} for ts in stamps]
    shape = file.shape(call.ground.url, call.ground.seed.team_id)
    return {"file": shape | {"shares": shares}, "comments": []}


METHODS = {
    "files.getUploadURLExternal": Method(_upload_url, ("files:write",)),
    "files.completeUploadExternal": Method(_complete, ("files:write",)),
    "files.info": Method(_info, ("files:read",)),
}
