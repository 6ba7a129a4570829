"""A small, faithful Slack in a web page on loopback, for trying and testing without a workspace.

It knows nothing of `core` or of the rest of the bot, and talks to a bot only as Slack does: signed HTTP with Slack's
payloads in one direction, the Web API over HTTP in the other. Describe a workspace with `WorkspaceSeed`, make a
`Playground` of it, `serve` it, and open its `url` in a browser or act in it with a `Driver`.
"""

from bot.playground.deeds.outcome import Outcome, Submission
from bot.playground.driver import Driver
from bot.playground.errors import NoSuchControlError, SlackError
from bot.playground.oauth import AppCredentials
from bot.playground.playground import Playground
from bot.playground.seed import (
    ChannelSeed,
    PersonSeed,
    ShortcutSeed,
    SlashCommandSeed,
    UsergroupSeed,
    WorkspaceSeed,
)
from bot.playground.seen import Screen, Seen
from bot.playground.server import create_app, serve
from bot.playground.workflow_seeds import FieldSeed, FunctionSeed, ParameterSeed, StepSeed, WorkflowSeed

__all__ = [
    "AppCredentials",
    "ChannelSeed",
    "Driver",
    "FieldSeed",
    "FunctionSeed",
    "NoSuchControlError",
    "Outcome",
    "ParameterSeed",
    "PersonSeed",
    "Playground",
    "Screen",
    "Seen",
    "ShortcutSeed",
    "SlackError",
    "SlashCommandSeed",
    "StepSeed",
    "Submission",
    "UsergroupSeed",
    "WorkflowSeed",
    "WorkspaceSeed",
    "create_app",
    "serve",
]
