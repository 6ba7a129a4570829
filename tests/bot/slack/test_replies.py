"""Answers by response URL, and what happens where there is none that can be trusted."""

from __future__ import annotations

import logging

import pytest

from bot.slack.payloads import Click
from bot.slack.views.answers import answer
from tests.bot.slack.conftest import TEAM, Rig


def click(url: str, channel: str | None = "C01") -> Click:
    return Click.model_validate(
        {
            "team": {"id": TEAM},
            "user": {"id": "U02"},
            "channel": {"id": channel} if channel else None,
            "response_url": url,
            "actions": [{"action_id": "promotion.approve"}],
        }
    )


@pytest.mark.parametrize(
    ("url", "trusted"),
    [
        ("https://hooks.slack.com/actions/T1/2/3", True),
        ("https://hooks.slack-gov.com/actions/T1/2/3", True),
        ("http://hooks.slack.com/actions/T1/2/3", False),
        ("https://hooks.slack.com.evil.example/actions", False),
        ("https://hooks.slack.com@evil.example/actions", False),
        ("https://evil.example/hooks.slack.com", False),
        ("https://hooks.slack.com:8443/actions", False),
        ("http://169.254.169.254/latest", False),
        ("file:///etc/passwd", False),
        ("http://[broken", False),
        ("", False),
    ],
)
async def test_only_slacks_addresses_are_called(rig: Rig, url: str, trusted: bool) -> None:
    assert rig.replies.is_slacks(url) is trusted


async def test_the_server_that_stands_in_for_slack_is_trusted(rig: Rig) -> None:
    assert rig.replies.is_slacks(rig.client.base_url.removesuffix("/api/") + "/response/1")


@pytest.mark.parametrize("url", ["", "https://evil.example/x"])
async def test_without_a_usable_address_the_answer_is_ephemeral(rig: Rig, url: str) -> None:
    rig.replies.tell(click(url), answer("done"))
    await rig.slack.whisper("bob", "done")


async def test_a_used_up_address_is_no_end(rig: Rig) -> None:
    rig.replies.tell(click(rig.client.base_url.removesuffix("/api/") + "/response/unknown"), answer("done"))
    await rig.slack.whisper("bob", "done")


async def test_what_goes_wrong_is_logged_without_what_is_secret(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="bot")
    rig.slack.outage(True)
    rig.replies.tell(click(rig.client.base_url.removesuffix("/api/") + "/response/secretpath"), answer("done"))
    await rig.replies.close()
    assert "secretpath" not in caplog.text


async def test_closing_waits_for_the_answers_under_way(rig: Rig) -> None:
    rig.replies.tell(click(""), answer("one"))
    rig.replies.tell(click(""), answer("two"))
    await rig.replies.close()
    assert {each.text for each in rig.slack.ephemerals("bob")} == {"one", "two"}
