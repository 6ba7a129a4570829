"""What Slack sends, reduced to what we use and checked before anything is done with it.

Slack adds fields as it likes, so unknown ones are ignored; one of ours that is missing or of the wrong type makes the
payload malformed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from bot.slack.event_payloads import Happening, HomeOpened, StepRun
from bot.slack.ids import ActionId, CommandName, EventName
from bot.slack.payload_parts import Asker, Id, Named, Part, Pass


class MalformedError(Exception):
    """A payload that is not of the shape Slack documents."""


class ChannelPart(Named):
    """A channel."""

    name: str = ""

    @property
    def called(self) -> tuple[str, str]:
        """What an environment may call it."""
        return self.id, f"#{self.name}"


def _not_null(value: object) -> object:
    if value is None:
        raise ValueError("must not be null")
    return value


class _Envelope(Part):
    """What Bolt looks at in any payload and in what it holds, without asking whether it is there to be looked at."""

    enterprise: dict[str, Any] | str | None = None
    team: dict[str, Any] | str | None = None
    user: dict[str, Any] | str | None = None
    channel: dict[str, Any] | str | None = None
    authorizations: tuple[_Envelope, ...] | None = None
    response_urls: tuple[dict[str, Any], ...] = ()
    event: Annotated[_Envelope | None, BeforeValidator(_not_null)] = None
    message: _Envelope | None = None
    previous_message: _Envelope | None = None
    item: _Envelope | None = None
    assistant_thread: _Envelope | None = None


class UserPart(Named):
    """Who acts; `team_id` is where the user belongs to."""

    team_id: str = ""


class Chosen(Part):
    """An option that was chosen."""

    value: str


class Filled(Part):
    """One field of a modal as it was filled in."""

    value: str | None = None
    selected_option: Chosen | None = None
    selected_date_time: int | None = None


class State(Part):
    """All fields, by block id and action id."""

    values: dict[str, dict[str, Filled]] = Field(default_factory=dict)


class ViewPart(Part):
    """The modal or App Home in which something was done."""

    id: Id
    type: str = "modal"
    hash: str = ""
    callback_id: str = ""
    private_metadata: str = ""
    state: State = State()

    def text(self, action: ActionId) -> str:
        """What was written into a field."""
        return self._field(action).value or ""

    def chosen_id(self, action: ActionId) -> UUID | None:
        """The id behind what was chosen in a menu; None where nothing was."""
        option = self._field(action).selected_option
        try:
            return UUID(option.value) if option else None
        except ValueError:
            return None

    def moment(self, action: ActionId) -> datetime | None:
        """The time that was chosen; None where none was, or one that no calendar has."""
        chosen = self._field(action).selected_date_time
        try:
            return datetime.fromtimestamp(chosen, UTC) if chosen is not None else None
        except (ValueError, OverflowError, OSError):
            return None

    def _field(self, action: ActionId) -> Filled:
        return self.state.values.get(action.field, {}).get(action, Filled())


class ActionPart(Part):
    """A button that was pressed, or a menu in which something was chosen."""

    action_id: str
    action_ts: str = ""
    value: str = ""
    selected_option: Chosen | None = None


class Container(Part):
    """Where the pressed button stood."""

    is_ephemeral: bool = False


class SlashCommand(Part):
    """A slash command."""

    command: CommandName
    text: str = ""
    team_id: Id
    enterprise_id: str | None = None
    user_id: Id
    channel_id: str = ""
    channel_name: str = ""
    trigger_id: Pass = ""

    @property
    def asker(self) -> Asker:
        """Who typed it."""
        return Asker(self.team_id, self.user_id, enterprise=self.enterprise_id or "")

    @property
    def delivery_id(self) -> str:
        """The same for every delivery of one deed; empty where Slack gives none."""
        return self.trigger_id


class _Interaction(Part):
    team: Named | None = None
    enterprise: Named | None = None
    user: UserPart
    trigger_id: Pass = ""

    @model_validator(mode="after")
    def _is_somewhere(self) -> Self:
        """With an app of a whole organisation, what is done outside of its workspaces has no team."""
        if self.team is None and self.enterprise is None:
            raise ValueError("neither team nor enterprise")
        return self

    @property
    def asker(self) -> Asker:
        """Who acts."""
        enterprise = self.enterprise.id if self.enterprise else ""
        return Asker(self.team.id if self.team else enterprise, self.user.id, self.user.team_id, enterprise)


class Click(_Interaction):
    """A button, or a menu that tells us at once."""

    actions: Annotated[tuple[ActionPart, ...], Field(min_length=1)]
    channel: Named | None = None
    container: Container = Container()
    view: ViewPart | None = None
    response_url: Pass = ""

    @property
    def action(self) -> ActionPart:
        """What was pressed."""
        return self.actions[0]

    @property
    def delivery_id(self) -> str:
        """The same for every delivery of one deed."""
        return f"{self.trigger_id}/{self.action.action_ts}" if self.trigger_id else ""

    @property
    def on_direct_message(self) -> bool:
        """Whether it stood on a lasting message in a direct message with us."""
        return self.channel is not None and self.channel.id.startswith("D") and not self.container.is_ephemeral


class Submission(_Interaction):
    """A modal that was submitted."""

    view: ViewPart

    @property
    def delivery_id(self) -> str:
        """The same for every delivery of one deed."""
        return f"{self.trigger_id}/{self.view.hash}" if self.trigger_id else ""


class MessagePart(Part):
    """A message that a shortcut was chosen on."""

    text: str = ""
    blocks: list[Any] = Field(default_factory=list)
    attachments: list[Any] = Field(default_factory=list)

    @property
    def words(self) -> str:
        """All of its words, wherever they stand; its text first."""
        return "\n".join([self.text, *_texts(self.blocks), *_texts(self.attachments)])


class Shortcut(_Interaction):
    """A shortcut, from anywhere or on a message."""

    callback_id: str
    action_ts: str = ""
    channel: ChannelPart | None = None
    message: MessagePart = MessagePart()
    response_url: Pass = ""

    @property
    def delivery_id(self) -> str:
        """The same for every delivery of one deed."""
        return f"{self.trigger_id}/{self.action_ts}" if self.trigger_id else ""

    @property
    def words(self) -> str:
        """The words of the message that it is about; empty for one from anywhere."""
        return self.message.words


class Suggestion(_Interaction):
    """Somebody types in a type-ahead menu."""

    action_id: str
    value: str = ""
    delivery_id: str = ""


class _TypedView(Part):
    type: str


class _Submitted(Part):
    """What Bolt looks up in a modal that was submitted."""

    view: _TypedView


class _Closed(Part):
    """A modal that was closed."""

    view: Annotated[ViewPart | None, BeforeValidator(_not_null)] = None


Deed = SlashCommand | Click | Submission | Shortcut | Suggestion | HomeOpened
"""Somebody does something."""
Payload = Deed | Happening | StepRun

_INTERACTIONS: Mapping[str, type[Click | Submission | Shortcut | Suggestion]] = {
    "block_actions": Click,
    "view_submission": Submission,
    "block_suggestion": Suggestion,
    "shortcut": Shortcut,
    "message_action": Shortcut,
}
HAPPENINGS = frozenset(EventName) - {EventName.APP_HOME_OPENED, EventName.FUNCTION_EXECUTED}
"""The events that tell of something, where the others are somebody's doing."""

OTHERS = frozenset({"url_verification", "view_closed"})
"""Documented kinds that need no more than an acknowledgement."""


def parse(body: Mapping[str, Any]) -> Payload | None:
    """The typed payload; None for kinds that we have no use for. Raises MalformedError."""
    try:
        _Envelope.model_validate(body)
        if "command" in body:
            return SlashCommand.model_validate(body)
        kind = body.get("type")
        if kind == "view_submission":
            _Submitted.model_validate(body)
        if kind == "view_closed":
            _Closed.model_validate(body)
        if kind == "event_callback":
            return _event(body)
        if isinstance(kind, str) and kind in _INTERACTIONS:
            return _INTERACTIONS[kind].model_validate(body)
    except ValidationError as error:
        raise MalformedError(", ".join(".".join(map(str, each["loc"])) for each in error.errors()[:5])) from None
    if not isinstance(kind, str) or kind not in OTHERS:
        raise MalformedError("type")
    return None


def _event(body: Mapping[str, Any]) -> HomeOpened | Happening | StepRun | None:
    event = body.get("event")
    kind = event.get("type") if isinstance(event, dict) else None
    if kind == EventName.FUNCTION_EXECUTED:
        return StepRun.model_validate(body)
    if isinstance(kind, str) and kind in HAPPENINGS:
        return Happening.model_validate(body)
    return _home_opened(body)


def _home_opened(body: Mapping[str, Any]) -> HomeOpened | None:
    opened = HomeOpened.model_validate(body)
    wanted = opened.event.type == "app_home_opened" and opened.event.tab == "home" and opened.event.user
    return opened if wanted else None


def _texts(part: Any) -> Iterator[str]:
    """All texts inside of blocks or attachments."""
    if isinstance(part, list):
        for each in part:
            yield from _texts(each)
    elif isinstance(part, dict):
        for name, value in part.items():
            if name in {"text", "fallback", "title"} and isinstance(value, str):
                yield value
            else:
                yield from _texts(value)
