"""Slack's rules for Block Kit: what a message or a view may contain, and what Slack adds to it.

`message_problems` and `view_problems` answer in Slack's words, with the JSON pointer of the place.
"""

from bot.playground.blockkit.blocks import message_problems
from bot.playground.blockkit.completed import completed, walk_elements
from bot.playground.blockkit.views import view_problems

__all__ = ["completed", "message_problems", "view_problems", "walk_elements"]
