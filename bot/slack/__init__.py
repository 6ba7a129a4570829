"""Slack's door: what people type and press becomes commands for the use cases, and their answers become words.

payload -> bot.slack.receiving (signature, shape) -> bot.slack.answering (who, which listener)
        -> commands, actions, submissions, previewing -> use case -> acknowledgement
browser -> bot.slack.installing (a workspace lets us in)
"""

from bot.slack.app import build_slack_app, start_socket_mode
from bot.slack.installing import add_installing
from bot.slack.receiving import slack_events
from bot.slack.replies import Replies

__all__ = ["Replies", "add_installing", "build_slack_app", "slack_events", "start_socket_mode"]
