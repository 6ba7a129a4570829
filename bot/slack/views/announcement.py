"""The announcement of a release in an environment's channel, with the way on from there."""

from __future__ import annotations

from collections.abc import Iterator

from slack_sdk.models.blocks import Block, ButtonElement

from bot.slack.ids import ActionId, RequestValue
from bot.slack.views import parts
from bot.slack.views.kit import built, button, context, section
from bot.slack.views.message import Message
from bot.slack.views.text import counted, in_line, moment, plain
from core.app.announcing import Announcement, Destination
from core.domain.promotion import Status
from core.domain.release import Release

ONWARD_SHOWN = 20


def announcement(shown: Announcement) -> Message:
    """What is new, and how far it has come since."""
    return Message(_sentence(shown), built(_blocks(shown)))


def _sentence(shown: Announcement) -> str:
    release, environment = in_line(shown.release.name), in_line(shown.environment.name)
    if shown.promotion is None:
        return f"New release: {release}"
    return f"{release} was rolled back in {environment}" if shown.rolled_back else f"{release} is in {environment}"


def _blocks(shown: Announcement) -> Iterator[Block]:
    yield section(_lead(shown))
    if not shown.rolled_back:
        for destination in shown.onward[:ONWARD_SHOWN]:
            yield section(_stands(destination), _button(shown.release, destination))
        if (left := len(shown.onward) - ONWARD_SHOWN) > 0:
            yield context(f"… and {counted(left, 'more environment')}: `/promote`")
    yield context(_small_print(shown.release))


def _lead(shown: Announcement) -> str:
    release, environment = in_line(shown.release.name), in_line(shown.environment.name)
    if shown.promotion is None:
        return f":package: *New release: {release}*"
    if shown.rolled_back:
        return f":leftwards_arrow_with_hook: *{release} was rolled back in {environment}*"
    since = f" since {moment(shown.since)}" if shown.since else ""
    return f":white_check_mark: *{release} is in {environment}*{since}"


def _stands(destination: Destination) -> str:
    """How far the release has come with one of the next environments."""
    name = in_line(destination.environment.name)
    promotion = destination.promotion
    if destination.since:
        return f"*{name}*: in {name} since {moment(destination.since)}"
    if promotion is None:
        return f"*{name}*: not asked for yet"
    by = f", asked for by {in_line(promotion.requested_by.name)}" if promotion.is_open else ""
    words = "approved" if promotion.status is Status.APPROVED else parts.status_words(promotion).lower()
    return f"*{name}*: {in_line(words)}{by}"


def _button(release: Release, destination: Destination) -> ButtonElement | None:
    if not destination.may_be_asked_for:
        return None
    environment = destination.environment
    return button(
        f"Promote to {plain(environment.name, 60)}",
        ActionId.REQUEST,
        RequestValue(release_id=release.id, environment_id=environment.id),
        spoken=f"Promote {plain(release.name, 30)} to {plain(environment.name, 30)}",
    )


def _small_print(release: Release) -> str:
    rows = [f"{in_line(release.component)} {in_line(release.version)}"]
    if release.artifacts:
        rows.append(counted(len(release.artifacts), "artifact"))
    if release.source_ref:
        rows.append(f"from {in_line(release.source_ref, 300)}")
    return " · ".join(rows)
