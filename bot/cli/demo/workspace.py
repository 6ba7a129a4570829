"""The demo's Slack workspace: the same people as in the configuration, and one whom Countersign does not know."""

from __future__ import annotations

from bot.cli.demo.configuration import TEAM
from bot.gateways.slack_scopes import BOT_SCOPES
from bot.playground import ChannelSeed, PersonSeed, ShortcutSeed, SlashCommandSeed, WorkspaceSeed

LOG_CHANNEL = "release-evidence"
COMMANDS = (
    SlashCommandSeed("/promote", "Ask for a release to go to an environment", "RELEASE to ENVIRONMENT because ..."),
    SlashCommandSeed(
        "/promotions",
        "List, show, approve, reject, cancel and preview promotions",
        "[mine | open | all | STATUS] or help",
    ),
    SlashCommandSeed("/approvals", "What waits for your approval"),
)
SHORTCUTS = (
    ShortcutSeed("shortcut.request", "Request a promotion", description="Ask for a release to go to an environment"),
    ShortcutSeed(
        "shortcut.promote_message",
        "Promote this release",
        kind="message",
        description="Ask for the release that a message names",
    ),
)
EVENTS = (
    *("app_home_opened", "app_uninstalled", "subteam_created", "subteam_members_changed", "subteam_updated"),
    *("team_join", "tokens_revoked", "user_change"),
)
_EVERYBODY = ("U00ALICE", "U000BOB", "U00CAROL", "U000SAM", "U000OLGA")

WORKSPACE = WorkspaceSeed(
    team_id=TEAM,
    team_name="Example Shop",
    team_domain="example-shop",
    bot_name="countersign",
    bot_display_name="Countersign",
    bot_description="Release promotions with gates, separation of duties and signed evidence.",
    people=(
        PersonSeed("U00ALICE", "alice", "Alice Archer", "alice@example.com", role="requests releases"),
        PersonSeed("U000BOB", "bob", "Bob Baker", "bob@example.com", role="release manager"),
        PersonSeed("U00CAROL", "carol", "Carol Chen", "carol@example.com", role="release manager"),
        PersonSeed("U000SAM", "sam", "Sam Silva", "sam@example.com", role="SRE, administrator"),
        PersonSeed("U000OLGA", "olga", "Olga Orlov", "olga@example.com", role="outsider"),
    ),
    channels=(
        ChannelSeed("C00000PROD", "releases-production", _EVERYBODY, topic="What goes to production, and who let it"),
        ChannelSeed("C0000STAGE", "releases-staging", _EVERYBODY, topic="Gates alone decide here"),
        ChannelSeed("C0EVIDENCE", LOG_CHANNEL, _EVERYBODY, topic="What the log of all decisions was, day by day"),
        ChannelSeed("C000RANDOM", "random", _EVERYBODY, topic="Everything else", bot_is_member=False),
    ),
    commands=COMMANDS,
    shortcuts=SHORTCUTS,
    events=EVENTS,
    scopes=BOT_SCOPES,
)
