"""Typing: slash commands and plain messages."""

from __future__ import annotations

import re

from bot.playground.answers import answer_in_words, give_answer
from bot.playground.deeds.outcome import Outcome
from bot.playground.errors import NoSuchControlError, SlackError
from bot.playground.passes import ResponseUrl
from bot.playground.payloads import channel_type
from bot.playground.playground import Playground
from bot.playground.records import Conversation, Message, Person
from bot.playground.workspace import SLACKBOT, Workspace


def standing(ground: Playground, user: str, channel: str) -> tuple[Person, Conversation]:
    """The person and the conversation they are in; nobody types where they are not."""
    person, place = ground.workspace.person(user), ground.workspace.conversation(channel)
    if person.id not in place.members:
        raise NoSuchControlError(f"{person.name} is not in {place.name or place.id}")
    return person, place


async def command(ground: Playground, user: str, channel: str, name: str, text: str = "") -> Outcome:
    """Type a slash command; a refusal is whispered to the person as Slackbot does."""
    person, place = standing(ground, user, channel)
    if name not in {one.name for one in ground.seed.commands}:
        _whisper(ground, person, place, f"`{name}` is not a valid command. Type `/` to see what there is.")
        return Outcome("invalid_command")
    form = ground.payloads.command(
        person,
        place,
        name,
        text,
        response_url=ground.url + ground.response_urls.issue(person.id, place.id),
        trigger_id=ground.triggers.issue(person.id),
    )
    reply = await ground.delivery.command(form)
    error = reply.error
    answer = answer_in_words(reply.body)
    if not error and answer:
        try:
            give_answer(ground, ResponseUrl(person.id, place.id, None, ground.workspace.now()), answer)
        except SlackError as refused:
            error = refused.code
    if error:
        _whisper(ground, person, place, f'`{name}` failed with the error "{error}"')
    return Outcome(error)


async def say(ground: Playground, user: str, channel: str, text: str, thread_ts: str | None = None) -> Message:
    """Write a message, in a thread if `thread_ts` is given."""
    person, place = standing(ground, user, channel)
    if place.is_archived:
        raise SlackError("is_archived")
    message = ground.workspace.post(place.id, person.id, composed(ground.workspace, text), thread_ts=thread_ts)
    _tell_if_heard(ground, message)
    return message


def composed(workspace: Workspace, text: str) -> str:
    """What Slack's composer makes of typed words: escaped, with mentions of known people and channels."""

    def mention(match: re.Match[str]) -> str:
        try:
            return f"<@{workspace.person(match[1]).id}>"
        except SlackError:
            return match[0]

    def channel(match: re.Match[str]) -> str:
        try:
            place = workspace.conversation(match[1])
        except SlackError:
            return match[0]
        return f"<#{place.id}|{place.name}>"

    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    escaped = re.sub(r"(?<!\S)@([a-z0-9][a-z0-9._-]*[a-z0-9]|[a-z0-9])", mention, escaped)
    return re.sub(r"(?<!\S)#([a-z0-9][a-z0-9_-]*)", channel, escaped)


def _whisper(ground: Playground, person: Person, place: Conversation, text: str) -> None:
    ground.workspace.post(place.id, SLACKBOT, text, ephemeral_to=person.id)


def _tell_if_heard(ground: Playground, message: Message) -> None:
    place = ground.workspace.conversations[message.channel]
    if ground.seed.bot_user_id not in place.members:
        return
    kind = channel_type(place)
    event = ground.payloads.said(message)
    if f"message.{kind if kind in ('im', 'mpim') else kind + 's'}" in ground.seed.events:
        ground.delivery.event(ground.payloads.event(event))
    if f"<@{ground.seed.bot_user_id}>" in message.text and "app_mention" in ground.seed.events:
        mention = {name: value for name, value in event.items() if name != "channel_type"}
        ground.delivery.event(ground.payloads.event(mention | {"type": "app_mention"}))
