"""Whatever is sent to Slack's door, signed or not, is answered as documented and harms nobody else."""

from __future__ import annotations

import gzip
import hashlib
import hmac
import json
import random
import time
from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.resilience.disputed_json import DISPUTED
from tests.resilience.program import HUGE, MB, NOWHERE, SIGNING_SECRET, TEAM, Answer, Program, drip, program, send
from tests.support.figures import Figures

__all__ = ["program"]
SEED = 20_261_125


class Slack:
    """Sends to the Slack door over one connection after another."""

    def __init__(self, program: Program) -> None:
        self._program = program

    def signed(self, body: bytes, content_type: str = "application/json", **headers: str) -> Answer:
        at = str(int(time.time()))
        mac = hmac.new(SIGNING_SECRET.encode(), b"v0:" + at.encode() + b":" + body, hashlib.sha256)
        signed = {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": f"v0={mac.hexdigest()}"}
        return self.sent(body, {**signed, "Content-Type": content_type, **headers})

    def sent(self, body: Any, headers: dict[str, str], *, chunked: bool = False) -> Answer:
        return send(self._program, "/slack/events", body, headers, chunked=chunked)


@pytest.fixture
def slack(program: Program) -> Slack:
    return Slack(program)


def test_the_slack_door_refuses_what_slack_has_not_signed_and_what_it_never_sends(
    program: Program, slack: Slack, figures: Figures, short: bool
) -> None:
    before = program.peak()
    huge = {"Content-Length": str(HUGE)}
    assert slack.sent(b"{}", {})[0] == 401
    assert slack.sent(drip(HUGE), huge)[0] == 413
    assert slack.sent(drip(8 * MB if short else HUGE), {"Transfer-Encoding": "chunked"}, chunked=True)[0] == 413
    assert slack.signed(b"{}" + b" " * MB + b" " * 100_000)[0] == 413
    packed = gzip.compress(b" " * HUGE)
    for encoding in ("gzip", "deflate"):
        assert slack.signed(packed, **{"Content-Encoding": encoding})[0] in {400, 401, 413}
    for what, (source, _) in DISPUTED.items():
        status, _ = slack.signed(source)
        assert status in {400, 401}, what
        form = urlencode({"payload": source}).encode()
        assert slack.signed(form, "application/x-www-form-urlencoded")[0] in {400, 401}, what
    figures.at_most("memory that bodies for Slack's door take", program.peak() - before, 64, "MiB")
    assert program.errors() == []


@pytest.mark.timeout(600)
def test_signed_nonsense_is_no_5xx(program: Program, slack: Slack, figures: Figures, short: bool) -> None:
    """Real payloads with something in them replaced by something else; 503 is no answer here: nothing is down."""
    chance, statuses = random.Random(SEED), Counter[int]()
    for _ in range(100 if short else 2_000):
        whole = chance.choice(PAYLOADS)()
        body = json.dumps(broken(whole, chance)).encode()
        if chance.random() < 0.3:
            place = chance.randrange(len(body))
            body = body[:place] + bytes([chance.randrange(256)]) + body[place + chance.randrange(3) :]
        if chance.random() < 0.5:
            status, _ = slack.signed(body)
        else:
            form = urlencode({"payload": body}).encode()
            status, _ = slack.signed(form, "application/x-www-form-urlencoded")
        statuses[status] += 1
    failed = sum(count for status, count in statuses.items() if status >= 500)
    about = f"seed {SEED}; {statuses[200]} taken, {statuses[400]} malformed"
    figures.exactly(f"5xx answers of Slack's door in {statuses.total():,} broken payloads", failed, 0, about=about)
    assert statuses[200] and statuses[400]
    assert program.errors() == []


WEIRD: tuple[Any, ...] = (
    *(None, True, 0, -1, 2**53 - 1, 0.5, "", "x" * 5000, "\x00", "<!channel>", "\ud800"),
    *([], {}, [[]], {"": {}}, ["x"], {"id": "x"}),
)


def broken(value: Any, chance: random.Random) -> Any:
    """The value with one place in it replaced, left out or doubled."""
    if isinstance(value, dict) and value and chance.random() < 0.9:
        key = chance.choice(list(value))
        if chance.random() < 0.15:
            return {name: each for name, each in value.items() if name != key}
        return value | {key: broken(value[key], chance)}
    if isinstance(value, list) and value and chance.random() < 0.8:
        place = chance.randrange(len(value))
        return [*value[:place], broken(value[place], chance), *value[place:]]
    return chance.choice(WEIRD)


def _interaction(kind: str, **more: Any) -> Callable[[], dict[str, Any]]:
    def made() -> dict[str, Any]:
        who = {"id": "U01", "team_id": TEAM, "username": "bob"}
        common = {"type": kind, "user": who, "team": {"id": TEAM, "domain": "acme"}, "api_app_id": "A1"}
        return common | {"trigger_id": f"{time.monotonic_ns()}.1.a", "response_url": "", "enterprise": None} | more

    return made


PAYLOADS = (
    _interaction(
        "block_actions",
        channel={"id": "C01", "name": "releases"},
        container={"type": "message", "message_ts": "1.1", "channel_id": "C01"},
        actions=[{"action_id": "promotion.approve", "block_id": "b", "value": '{"promotionId": "x"}'}],
    ),
    _interaction(
        "view_submission",
        view={
            "id": "V1",
            "type": "modal",
            "callback_id": "dialog.reject",
            "private_metadata": json.dumps({"promotionId": NOWHERE}),
            "state": {"values": {"reason": {"reject.reason": {"type": "plain_text_input", "value": "no"}}}},
        },
    ),
    _interaction("block_suggestion", action_id="request.release", block_id="release", value="shop"),
    _interaction("shortcut", callback_id="shortcut.request"),
    lambda: {
        "type": "event_callback",
        "team_id": TEAM,
        "event_id": f"Ev{time.monotonic_ns()}",
        "authorizations": [{"team_id": TEAM, "enterprise_id": None}],
        "event": {"type": "app_home_opened", "user": "U01", "tab": "home"},
    },
    lambda: {
        "type": "event_callback",
        "team_id": TEAM,
        "event_id": f"Ev{time.monotonic_ns()}",
        "event": {"type": "user_change", "user": {"id": "U01", "team_id": TEAM, "profile": {"email": "b@e.com"}}},
    },
)
