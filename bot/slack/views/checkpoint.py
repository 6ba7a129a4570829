"""The day's checkpoint of the transparency log."""

from __future__ import annotations

from datetime import datetime

from bot.slack.views.kit import built, context, header, section
from bot.slack.views.message import Message
from bot.slack.views.text import counted, safe
from core.app.proving import Published


def checkpoint_posted(published: Published, at: datetime) -> Message:
    """The checkpoint word for word, so that it can be copied out and held against the log at any later time."""
    checkpoint = published.checkpoint
    size = counted(checkpoint.size, "entry", "entries")
    text = f"Checkpoint of the log {safe(checkpoint.origin)}: {size}, root hash {checkpoint.root_text}"
    blocks = [
        header(f"Checkpoint of the evidence log, {at.date().isoformat()}"),
        section(f"The log of all decisions has *{size}*. Its checkpoint, as it was signed:"),
        section(f"```{safe(published.text.strip(), 2900)}```"),
        context(
            "From now on nobody can take back or change one of these entries unnoticed. To hold the log against this "
            "message, copy the block into a file: `countersign verify --log DIR --checkpoint FILE`."
        ),
    ]
    return Message(text, built(blocks))
