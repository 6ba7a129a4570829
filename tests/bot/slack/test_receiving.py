"""What is sent to /slack/events: nothing is looked at before the signature, and nothing ever ends in a 500."""

from __future__ import annotations

import json
import logging
import time
import zlib
from typing import Any
from urllib.parse import urlencode

import pytest
from slack_sdk.signature import SignatureVerifier

from bot.slack.receiving import MAX_BODY
from tests.bot.slack.conftest import SECRET, TEAM, Rig

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
COMMAND = {
    "command": "/promotions",
    "text": "help",
    "team_id": TEAM,
    "user_id": "U02",
    "channel_id": "C01",
    "trigger_id": "1.2.3",
    "response_url": "https://hooks.slack.com/commands/T1/2/secretpath",
}
CLICK = {
    "type": "block_actions",
    "team": {"id": TEAM},
    "user": {"id": "U02"},
    "trigger_id": "1.2.4",
    "actions": [{"action_id": "promotion.approve", "value": "x"}],
}


def signed(body: bytes, at: float | None = None, secret: str = SECRET) -> dict[str, str]:
    timestamp = str(int(time.time() if at is None else at))
    made = SignatureVerifier(secret).generate_signature(timestamp=timestamp, body=body)
    return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": made or ""}


async def post(rig: Rig, body: bytes, headers: dict[str, str], content_type: str = FORM) -> tuple[int, str]:
    sent = {"Content-Type": content_type, **headers}
    async with rig.session.post(rig.url, data=body, headers=sent) as answer:
        return answer.status, await answer.text()


def form(fields: dict[str, Any]) -> bytes:
    return urlencode(fields).encode()


def interaction(payload: Any) -> bytes:
    return form({"payload": payload if isinstance(payload, str) else json.dumps(payload)})


async def test_a_signed_command_is_answered(rig: Rig) -> None:
    body = form(COMMAND)
    status, answer = await post(rig, body, signed(body))
    assert status == 200
    assert json.loads(answer)["response_type"] == "ephemeral"


async def test_slack_may_check_the_address(rig: Rig) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "3eZbrw1aB"}).encode()
    status, answer = await post(rig, body, signed(body), JSON)
    assert status == 200
    assert json.loads(answer) == {"challenge": "3eZbrw1aB"}


BODY = form(COMMAND)
FORGED: dict[str, dict[str, str]] = {
    "no headers": {},
    "no signature": {"X-Slack-Request-Timestamp": "1"},
    "no timestamp": {"X-Slack-Signature": "v0=" + "0" * 64},
    "empty": {"X-Slack-Request-Timestamp": "", "X-Slack-Signature": ""},
    "a timestamp in words": {**signed(BODY), "X-Slack-Request-Timestamp": "now"},
    "a negative timestamp": {**signed(BODY), "X-Slack-Request-Timestamp": "-1"},
    "a huge timestamp": {**signed(BODY), "X-Slack-Request-Timestamp": "9" * 400},
    "a signature of another kind": {**signed(BODY), "X-Slack-Signature": "v1=" + "0" * 64},
    "half a signature": {**signed(BODY), "X-Slack-Signature": signed(BODY)["X-Slack-Signature"][:40]},
    "signed with another secret": signed(BODY, secret="another"),
    "signed for another body": signed(form(COMMAND | {"text": "list"})),
    "an hour old": signed(BODY, time.time() - 3600),
    "an hour ahead": signed(BODY, time.time() + 3600),
}


@pytest.mark.parametrize("headers", FORGED.values(), ids=FORGED)
async def test_what_slack_has_not_signed_is_401(rig: Rig, headers: dict[str, str]) -> None:
    assert await post(rig, BODY, headers) == (401, "")


async def test_a_body_that_is_not_utf_8_is_not_slacks(rig: Rig) -> None:
    headers = {"X-Slack-Request-Timestamp": str(int(time.time())), "X-Slack-Signature": "v0=" + "0" * 64}
    assert await post(rig, b"\xff\xfe", headers) == (401, "")


MALFORMED: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", FORM),
    "nothing of JSON": (b"", JSON),
    "JSON that breaks off": (b'{"type":', JSON),
    "a list": (b"[]", JSON),
    "a number": (b"7", JSON),
    "a key twice": (b'{"type": "url_verification", "type": "event_callback"}', JSON),
    "not a number": (b'{"type": NaN}', JSON),
    "deep": (b"[" * 100_000, JSON),
    "another content type": (b"{}", "text/plain"),
    "no content type that is one": (b"{}", "nonsense"),
    "multipart": (BODY, "multipart/form-data; boundary=x"),
    "a payload that is no JSON": (interaction("{"), FORM),
    "an empty payload": (interaction(""), FORM),
    "a payload that is a list": (interaction([]), FORM),
    "a payload twice": (interaction(CLICK) + b"&" + interaction(CLICK), FORM),
    "an unknown kind": (interaction({"type": "surprise"}), FORM),
    "no kind": (interaction({"team": {"id": TEAM}}), FORM),
    "a kind that is a list": (interaction({"type": ["block_actions"]}), FORM),
    "a click without a person": (interaction({k: v for k, v in CLICK.items() if k != "user"}), FORM),
    "a click without a team": (interaction(CLICK | {"team": None}), FORM),
    "a click on nothing": (interaction(CLICK | {"actions": []}), FORM),
    "a team that is text": (interaction(CLICK | {"team": "T1"}), FORM),
    "a value that is an object": (interaction(CLICK | {"actions": [{"action_id": "x", "value": {}}]}), FORM),
    "a submission without a view": (interaction(CLICK | {"type": "view_submission"}), FORM),
    "a submission of a view of no type": (
        interaction(CLICK | {"type": "view_submission", "view": {"id": "V1", "callback_id": "dialog.reject"}}),
        FORM,
    ),
    "an event whose type is a list": (
        b'{"type": "event_callback", "team_id": "T1", "event": {"type": [[]], "user": "U1"}}',
        JSON,
    ),
    "a command without a person": (form({k: v for k, v in COMMAND.items() if k != "user_id"}), FORM),
    "an event without a team": (b'{"type": "event_callback", "event": {"type": "x"}}', JSON),
    "an event that is text": (b'{"type": "event_callback", "team_id": "T1", "event": "x"}', JSON),
    "broken percent signs": (b"payload=%ff%fe", FORM),
    "a thousand fields": (b"&".join(b"f%d=1" % number for number in range(1000)), FORM),
}


@pytest.mark.parametrize("kind", ["block_actions", "view_closed", "url_verification", "event_callback"])
@pytest.mark.parametrize(
    "odd",
    [
        {"enterprise": 1},
        {"authorizations": ["x"]},
        {"authorizations": [{"enterprise": 1}]},
        {"event": None},
        {"event": {"type": "app_home_opened", "user": "U02", "tab": "home", "channel": 7}},
        {"event": {"type": "app_home_opened", "event": {"message": {"user": True}}}},
        {"channel": 7},
        {"response_urls": ["x"]},
        {"view": 7},
    ],
    ids=json.dumps,
)
async def test_what_only_bolt_looks_at_is_no_500_either(rig: Rig, kind: str, odd: dict[str, Any]) -> None:
    event = {"team_id": TEAM, "event": {"type": "app_home_opened", "user": "U02", "tab": "home"}}
    body = json.dumps(CLICK | (event if kind == "event_callback" else {}) | {"type": kind} | odd).encode()

    assert (await post(rig, body, signed(body), JSON))[0] in {200, 400}


@pytest.mark.parametrize(("body", "content_type"), MALFORMED.values(), ids=MALFORMED)
async def test_what_is_signed_and_malformed_is_400(rig: Rig, body: bytes, content_type: str) -> None:
    assert await post(rig, body, signed(body), content_type) == (400, "")


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "GZIP"])
@pytest.mark.parametrize("body", [b"not packed at all", zlib.compress(form(COMMAND))], ids=["broken", "packed"])
async def test_packed_bodies_are_400_whoever_sent_them(rig: Rig, body: bytes, encoding: str) -> None:
    for headers in (signed(form(COMMAND)), {}):
        sent = headers | {"Content-Encoding": encoding, "Connection": "close"}
        assert await post(rig, body, sent) == (400, "")


async def test_more_than_a_mebibyte_is_413(rig: Rig) -> None:
    body = b"a" * (MAX_BODY + 1)
    assert await post(rig, body, signed(body)) == (413, "")


async def test_a_command_we_do_not_have_is_400(rig: Rig) -> None:
    body = form(COMMAND | {"command": "/weather"})
    assert (await post(rig, body, signed(body)))[0] == 400


@pytest.mark.parametrize("kind", ["view_closed"])
async def test_kinds_without_use_are_acknowledged(rig: Rig, kind: str) -> None:
    body = interaction(CLICK | {"type": kind})
    assert await post(rig, body, signed(body)) == (200, "")


async def test_nothing_of_a_request_is_logged(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    body = form(COMMAND)
    for headers in (signed(body), {}, signed(body, secret="another")):
        await post(rig, body, headers)
    broken = interaction("{secretpath")
    await post(rig, broken, signed(broken))
    logged = "\n".join(record.getMessage() for record in caplog.records)
    for secret in ("secretpath", SECRET, "xoxb", "v0="):
        assert secret not in logged
