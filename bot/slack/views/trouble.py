"""What administrators are told of a channel that cannot be posted in."""

from __future__ import annotations

from bot.slack.views.kit import built, section
from bot.slack.views.message import Message
from bot.slack.views.text import in_line

_WHAT = {
    "is_archived": ("is archived", "Unarchive it, or give the environment another channel."),
    "not_in_channel": ("does not have me in it", "Type `/invite @countersign` there."),
    "channel_not_found": (
        "does not exist, or is private without me in it",
        "Make it or type `/invite @countersign` there, or give the environment another channel.",
    ),
    "restricted_action": ("lets only some people post", "Let apps post there, or choose another channel."),
}


def trouble(environment: str, channel: str, problem: str) -> Message:
    """What does not work, what follows from it, and what to do."""
    what, fix = _WHAT.get(problem, (f"cannot be posted in (Slack says {problem})", "`countersign doctor` says more."))
    text = (
        f"I cannot post the promotions to {in_line(environment)}: the channel {_channel(channel)} {what}. {fix} "
        "Deciding goes on, direct messages are sent, and what is missing in the channel is posted when it works again."
    )
    return Message(text, built([section(f":warning: {text}")]))


def solved(environment: str, channel: str) -> Message:
    """It works again."""
    text = f"The channel {_channel(channel)} of {in_line(environment)} works again. What was missing has been posted."
    return Message(text, built([section(f":white_check_mark: {text}")]))


def _channel(channel: str) -> str:
    return in_line(channel) if channel.startswith("#") else f"<#{in_line(channel)}>"
