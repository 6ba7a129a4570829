"""The methods of Slack's Web API that the playground answers, by name."""

from bot.playground.methods import chat, conversations, files, functions, people, views
from bot.playground.methods.call import Call, Method

METHODS = {
    **people.METHODS,
    **chat.METHODS,
    **conversations.METHODS,
    **files.METHODS,
    **functions.METHODS,
    **views.METHODS,
}

__all__ = ["METHODS", "Call", "Method"]
