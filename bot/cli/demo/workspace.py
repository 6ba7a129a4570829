"""The demo's Slack workspaces: the same people as in the configuration, and some who may not vote: one whom
Countersign does not know, guests, and somebody of another company."""

from __future__ import annotations

from dataclasses import replace

from bot.cli.demo.configuration import SECOND_TEAM, TEAM
from bot.cli.demo.workflows import FUNCTIONS, WORKFLOWS
from bot.gateways.slack_scopes import BOT_SCOPES
from bot.playground import ChannelSeed, PersonSeed, ShortcutSeed, SlashCommandSeed, UsergroupSeed, WorkspaceSeed

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
    *("app_home_opened", "app_uninstalled", "function_executed", "subteam_created", "subteam_members_changed"),
    *("subteam_updated", "team_join", "tokens_revoked", "user_change"),
)
_IN_SECOND = ("U200BOB", "U20DORA", "U20PETR")
_STAFF = ("U00ALICE", "U000BOB", "U00CAROL", "U000SAM", "U000OLGA")
_EVERYBODY = (*_STAFF, "U000GINA", "U0STELLA")
WORKSPACE = WorkspaceSeed(
    team_id=TEAM,
    team_name="Example Shop",
    team_domain="example-shop",
    bot_name="countersign",
    bot_display_name="Countersign",
    bot_description="Release promotions with gates, separation of duties and signed evidence.",
    people=(
        PersonSeed("U00ALICE", "alice", "Alice Archer", "alice@example.com", role="requests releases"),
        PersonSeed("U000BOB", "bob", "Bob Baker", "bob@example.com", role="release manager", tz="America/New_York"),
        PersonSeed("U00CAROL", "carol", "Carol Chen", "carol@example.com", role="release manager", tz="Asia/Singapore"),
        PersonSeed("U000SAM", "sam", "Sam Silva", "sam@example.com", role="SRE, administrator", tz="Europe/Lisbon"),
        PersonSeed("U000OLGA", "olga", "Olga Orlov", "olga@example.com", role="outsider"),
        PersonSeed("U000GINA", "gina", "Gina Gallo", "gina@example.com", role="guest", is_restricted=True),
        PersonSeed(
            "U0000GUS",
            "gus",
            "Gus Groot",
            "gus@example.com",
            role="guest, one channel",
            is_restricted=True,
            is_ultra_restricted=True,
        ),
        PersonSeed(
            "U0STELLA",
            "stella",
            "Stella Sato",
            "stella@partner.example",
            role="partner",
            team_id="T0PARTNER",
            is_stranger=True,
        ),
    ),
    channels=(
        ChannelSeed(
            "C00000PROD",
            "releases-production",
            (*_EVERYBODY, "U0000GUS"),
            topic="What goes to production, and who let it",
        ),
        ChannelSeed("C0000STAGE", "releases-staging", _STAFF, topic="Gates alone decide here"),
        ChannelSeed("C0000VAULT", "releases-vault", _STAFF, topic="Rules, a change board, a checklist"),
        ChannelSeed("C000000US0", "releases-us", _STAFF, topic="On call decides, mentioned as @on-call"),
        ChannelSeed("C0EVIDENCE", LOG_CHANNEL, _STAFF, topic="What the log of all decisions was, day by day"),
        ChannelSeed("C000RANDOM", "random", _EVERYBODY, topic="Everything else", bot_is_member=False),
    ),
    usergroups=(UsergroupSeed("S0ONCALL00", "on-call", "On call", ("U00CAROL", "U000SAM")),),
    commands=COMMANDS,
    shortcuts=SHORTCUTS,
    functions=FUNCTIONS,
    workflows=WORKFLOWS,
    events=EVENTS,
    scopes=BOT_SCOPES,
)

SECOND_WORKSPACE = replace(
    WORKSPACE,
    team_id=SECOND_TEAM,
    team_name="Example Shop EU",
    team_domain="example-shop-eu",
    people=(
        PersonSeed("U20DORA", "dora", "Dora Dvorak", "dora@example.com", role="requests, approves in the EU"),
        PersonSeed("U200BOB", "bob", "Bob Baker", "bob@example.com", role="release manager, also here"),
        PersonSeed("U20PETR", "petr", "Petr Pokorny", "petr@example.com", role="outsider"),
    ),
    usergroups=(),
    channels=(
        ChannelSeed("C00RELEU", "releases-eu", _IN_SECOND, topic="What goes to production in the EU"),
        ChannelSeed("C20RANDOM", "random", _IN_SECOND, topic="Everything else", bot_is_member=False),
    ),
)
"""The same app in another company's workspace, which lets it in by OAuth, as a real one would."""
