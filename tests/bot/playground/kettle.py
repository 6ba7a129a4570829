"""A tiny Slack app to try the playground with: a kettle in the office kitchen. Here its workspace and its views."""

from __future__ import annotations

from typing import Any

from bot.playground import (
    ChannelSeed,
    PersonSeed,
    ShortcutSeed,
    SlashCommandSeed,
    UsergroupSeed,
    WorkspaceSeed,
)

SECRET = "kettle-signing-secret"
TOKEN = "xoxb-kettle"

SEED = WorkspaceSeed(
    team_name="Tea Club",
    bot_name="kettle",
    bot_display_name="Kettle",
    bot_description="Boils water when enough people want tea.",
    people=(
        PersonSeed("U01", "alice", "Alice Andersson", "alice@tea.example", role="wants tea"),
        PersonSeed("U02", "bob", "Bob Brown", "bob@tea.example", role="keeper of the kettle"),
        PersonSeed("U03", "carol", "Carol Chen", "carol@tea.example", role="keeper of the kettle"),
        PersonSeed("U04", "eve", "Eve Ellis", "eve@tea.example", role="guest", is_restricted=True),
        PersonSeed("U05", "sam", "Sam Stranger", team_id="T0OTHER", is_stranger=True, example=False),
        PersonSeed("U06", "gone", "Gary Gone", "gone@tea.example", deleted=True, example=False),
    ),
    channels=(
        ChannelSeed("C01", "kitchen", ("U01", "U02", "U03", "U04"), topic="Tea, and what goes with it"),
        ChannelSeed("C02", "random", bot_is_member=False),
        ChannelSeed("C03", "keepers", ("U02", "U03"), is_private=True),
        ChannelSeed("C04", "attic", is_archived=True),
    ),
    commands=(
        SlashCommandSeed("/tea", "Ask for tea", "[kind]"),
        SlashCommandSeed("/break", "Break in some way", "slow|error|long|public"),
    ),
    shortcuts=(
        ShortcutSeed("tea.ask", "Ask for tea", description="Opens the form"),
        ShortcutSeed("tea.quote", "Read to the kettle", kind="message"),
    ),
    usergroups=(UsergroupSeed("S01", "keepers", "Keepers of the kettle", ("U02", "U03")),),
    events=("app_home_opened", "message.im", "app_mention", "team_join", "user_change", "subteam_updated"),
)

TEAS = ["Assam", "Darjeeling", "Earl Grey", "Genmaicha", "Lapsang Souchong", "Oolong", "Rooibos"]


def mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def button(text: str, action_id: str, **more: Any) -> dict[str, Any]:
    return {"type": "button", "text": plain(text), "action_id": action_id, **more}


def card(kind: str, asker: str, status: str, *, is_open: bool) -> list[dict[str, Any]]:
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": plain(f"Tea: {kind} :tea:")},
        {
            "type": "section",
            "text": mrkdwn(f"*{kind}* for <@{asker}> in <#C01|kitchen>, since <!date^1760000000^{{date_short}}|2025>"),
            "fields": [mrkdwn(f"*Status*\n{status}"), mrkdwn("*Water*\n`2 l`, ~cold~ _hot_")],
        },
        {"type": "divider"},
    ]
    if is_open:
        confirm = {"title": plain("Boil it?"), "text": mrkdwn("This takes *power*."), "confirm": plain("Boil")}
        options = [{"text": plain("Describe"), "value": "describe"}, {"text": plain("Forget it"), "value": "forget"}]
        blocks.append(
            {
                "type": "actions",
                "block_id": "verdict",
                "elements": [
                    button("Boil", "tea.boil", style="primary", value=kind, confirm=confirm),
                    button("Pour out", "tea.pour", style="danger", value=kind),
                    {"type": "overflow", "action_id": "tea.more", "options": options},
                ],
            }
        )
    return [*blocks, {"type": "context", "elements": [mrkdwn("Kettle · _a small app_ · <https://example.com|about>")]}]


def form(channel: str) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": "tea.form",
        "private_metadata": channel,
        "title": plain("Ask for tea"),
        "submit": plain("Ask"),
        "close": plain("Cancel"),
        "notify_on_close": True,
        "blocks": [
            {
                "type": "input",
                "block_id": "kind",
                "label": plain("Kind"),
                "hint": plain("Type a letter to see what there is"),
                "element": {
                    "type": "external_select",
                    "action_id": "kind",
                    "min_query_length": 0,
                    "placeholder": plain("Choose a tea"),
                },
            },
            {
                "type": "input",
                "block_id": "why",
                "label": plain("Why"),
                "optional": True,
                "element": {"type": "plain_text_input", "action_id": "why", "multiline": True, "max_length": 200},
            },
            {
                "type": "input",
                "block_id": "milk",
                "label": plain("Milk"),
                "optional": True,
                "element": {
                    "type": "checkboxes",
                    "action_id": "milk",
                    "options": [{"text": plain("With milk"), "value": "yes"}],
                },
            },
            {
                "type": "actions",
                "block_id": "more",
                "elements": [button("About tea", "tea.about"), button("Other form", "tea.other")],
            },
        ],
    }
