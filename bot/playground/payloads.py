"""The payloads that Slack sends to an app, as plain values. Nothing is sent from here."""

from __future__ import annotations

from collections.abc import Mapping

from bot.playground.records import Conversation, Json, Message, Person, View
from bot.playground.shapes import message_shape, view_shape
from bot.playground.workspace import Workspace

# Slack still sends its long deprecated verification token; apps check the signature instead.
TOKEN = "playground-verification-token"


class Payloads:
    """Builds payloads about one workspace; `url` is where the playground is reached."""

    def __init__(self, workspace: Workspace, url: str) -> None:
        self._workspace = workspace
        self._url = url

    def command(self, person: Person, place: Conversation, name: str, text: str, **passes: str) -> dict[str, str]:
        """A slash command, as form fields; `passes` are `trigger_id` and `response_url`."""
        seed = self._workspace.seed
        return {
            "token": TOKEN,
            "team_id": seed.team_id,
            "team_domain": seed.team_domain,
            "channel_id": place.id,
            "channel_name": place.payload_name,
            "user_id": person.id,
            "user_name": person.name,
            "command": name,
            "text": text,
            "api_app_id": seed.app_id,
            "is_enterprise_install": "false",
            **passes,
        }

    def on_message(self, kind: str, person: Person, message: Message) -> Json:
        """What all interactions on a message have in common."""
        place = self._workspace.conversations[message.channel]
        payload = self._common(kind, person)
        payload["channel"] = {"id": place.id, "name": place.payload_name}
        container: Json = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": message.channel,
            "is_ephemeral": message.ephemeral_to is not None,
        }
        if message.thread_ts:
            container["thread_ts"] = message.thread_ts
        payload["container"] = container
        # Slack does not keep ephemeral messages, so it cannot send them along.
        if message.ephemeral_to is None:
            payload["message"] = message_shape(self._workspace, message, self._url)
        return payload

    def on_view(self, kind: str, person: Person, view: View) -> Json:
        """What all interactions in a modal or App Home have in common."""
        payload = self._common(kind, person)
        payload["view"] = view_shape(self._workspace, view)
        if kind in ("block_actions", "block_suggestion"):
            payload["container"] = {"type": "view", "view_id": view.id}
        return payload

    def shortcut(self, person: Person, callback_id: str, trigger_id: str) -> Json:
        """A global shortcut."""
        return self._common("shortcut", person) | {
            "callback_id": callback_id,
            "trigger_id": trigger_id,
            "action_ts": self._workspace.new_ts(),
        }

    def message_action(self, person: Person, message: Message, callback_id: str, **passes: str) -> Json:
        """A shortcut on a message."""
        payload = self.on_message("message_action", person, message)
        del payload["container"]
        return payload | {
            "callback_id": callback_id,
            "message_ts": message.ts,
            "message": message_shape(self._workspace, message, self._url),
            "action_ts": self._workspace.new_ts(),
            **passes,
        }

    def event(self, event: Mapping[str, object]) -> Json:
        """The envelope of the Events API around one event."""
        seed = self._workspace.seed
        return {
            "token": TOKEN,
            "team_id": seed.team_id,
            "api_app_id": seed.app_id,
            "event": dict(event),
            "type": "event_callback",
            "event_id": self._workspace.new_id("Ev"),
            "event_time": self._workspace.now(),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": seed.team_id,
                    "user_id": seed.bot_user_id,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": False,
            "event_context": f"4-{self._workspace.new_id('ctx')}",
        }

    def said(self, message: Message) -> Json:
        """The event of a person's message."""
        place = self._workspace.conversations[message.channel]
        event = message_shape(self._workspace, message, self._url) | {
            "channel": message.channel,
            "event_ts": message.ts,
            "channel_type": channel_type(place),
        }
        if message.thread_ts:
            event["thread_ts"] = message.thread_ts
        return event

    def _common(self, kind: str, person: Person) -> Json:
        seed = self._workspace.seed
        return {
            "type": kind,
            "team": {"id": seed.team_id, "domain": seed.team_domain},
            "user": {"id": person.id, "username": person.name, "name": person.name, "team_id": person.team_id},
            "api_app_id": seed.app_id,
            "token": TOKEN,
            "enterprise": None,
            "is_enterprise_install": False,
        }


def channel_type(place: Conversation) -> str:
    """The Events API's word for a kind of conversation."""
    if place.is_im:
        return "im"
    if place.is_mpim:
        return "mpim"
    return "group" if place.is_private else "channel"
