"""What somebody may try who is let in at a door, or pretends to be: through the front doors, and nothing comes of it.

docs/threat-model.md names these tests.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from slack_sdk.signature import SignatureVerifier

from bot.playground.seen import Seen
from core.app.access import CreateToken
from core.app.drafts import PersonDraft
from core.domain.people import SYSTEM, Right
from tests.support.signed import FORM, SignedHand
from tests.support.world import CHANNEL, CHANNEL_ID, SIGNING_SECRET, TEAM, World

APPROVE = "promotion.approve"


async def asked(w: World, version: str = "1.4.0", who: str = "alice") -> str:
    """A request for production whose gates have passed; gives its id."""
    release = await w.release(version)
    wanted = {"releaseId": str(release.id), "targetEnvironmentId": str(w.production.id)}
    made = await w.rest(who, "POST", "/promotions", wanted, {"Prefer": "wait=5"})
    assert (made.status, made.body["status"]) == (201, "awaiting_approval"), made.body
    return str(made.body["id"])


async def card(w: World) -> Seen:
    """The card in the channel, with its buttons."""
    posted = await w.slack.message(CHANNEL, "Production")
    await w.slack.until(lambda: APPROVE in w.slack.now(posted).actions, "buttons on the card")
    return w.slack.now(posted)


async def approvers(w: World, promotion_id: str) -> list[str]:
    shown = await w.rest("bob", "GET", f"/promotions/{promotion_id}/approvals")
    return [each["approverName"] for each in shown.body]


async def token(w: World, name: str, **command: Any) -> None:
    issued = await w.app.core.countersign.access.create_token(SYSTEM, CreateToken(**command))
    w.tokens[name] = issued.text


def hand(w: World, team: str = TEAM) -> SignedHand:
    """Whatever Slack would sign, for any workspace."""
    return SignedHand(w.session, f"{w.url}/slack/events", SIGNING_SECRET, team, "https://nowhere.example/x")


async def test_no_door_lets_the_requester_approve(w: World) -> None:
    promotion_id = await asked(w)
    shown = await card(w)
    path = f"/promotions/{promotion_id}/approve"
    await token(w, "alice-again", person_email="alice@example.com")
    await token(w, "alice-approver", person_email="alice@example.com", scopes=frozenset({Right.APPROVER}))

    await w.slack.click("alice", shown, APPROVE)
    await w.slack.whisper("alice", "somebody else must approve it")
    await w.slack.choose("alice", shown, "promotion.more", "Approve with a comment…")
    await w.slack.modal_of("alice", "Approve a promotion")
    assert not (await w.slack.submit_modal("alice", {"comment": "fine by me"})).closed
    await w.slack.command("alice", CHANNEL, "/promotions", f"approve {promotion_id}")
    assert (await w.rest("bob", "POST", path, {}, {"Idempotency-Key": "a-key"})).status == 200
    for who in ("alice", "alice-again", "alice-approver"):
        for headers in ({}, {"Idempotency-Key": "a-key"}, {"X-Forwarded-User": "bob@example.com"}):
            answer = await w.rest(who, "POST", path, {}, headers)
            assert (answer.status, answer.body["code"]) == (403, "separation_of_duties"), (who, headers)
    assert await approvers(w, promotion_id) == ["Bob Approver"]


async def test_a_pipeline_s_token_is_nobody_s_vote(w: World) -> None:
    promotion_id = await asked(w)
    for who in ("ci", "admin"):
        answer = await w.rest(who, "POST", f"/promotions/{promotion_id}/approve", {})
        assert (answer.status, answer.body["code"]) == (403, "may_not_vote")


async def test_an_administrator_cannot_let_themself_decide_their_own_request(w: World) -> None:
    admin, roles = w.app.core.countersign.administering, frozenset({Right.ADMIN, Right.REQUESTER})
    root = await admin.create_person(SYSTEM, PersonDraft("root@example.com", "Root", roles))
    await token(w, "root", person_email="root@example.com")
    promotion_id = await asked(w, who="root")

    groups = {each["name"]: each for each in (await w.rest("root", "GET", "/approver-groups")).body["data"]}
    joined = {"name": "sre-team", "members": ["sam@example.com", "root@example.com"]}
    answers = [
        await w.rest("root", "PUT", f"/approver-groups/{groups['sre-team']['id']}", joined),
        await w.rest("root", "POST", "/approver-groups", {**joined, "name": "friends"}),
    ]
    me = {"email": "root@example.com", "name": "Root", "roles": ["admin", "requester"]}
    for change in ({"roles": ["admin", "approver"]}, {"slack": [{"team": TEAM, "user": "U09"}]}, {"email": "r@e.com"}):
        answers.append(await w.rest("root", "PUT", f"/people/{root.id}", me | change))
    assert [(each.status, each.body["code"]) for each in answers] == [(403, "separation_of_duties")] * 5

    policies = (await w.rest("root", "GET", "/approval-policies")).body["data"]
    easier = {"name": "production-policy", "environmentId": str(w.production.id), "requiredApprovals": 0}
    terms = {"approverGroups": [], "requireSeparationOfDuties": False, "autoExpireHours": 24}
    eased = [each for each in policies if each["name"] == "production-policy"]
    assert (await w.rest("root", "PUT", f"/approval-policies/{eased[0]['id']}", easier | terms)).status == 200
    answer = await w.rest("root", "POST", f"/promotions/{promotion_id}/approve", {})
    assert (answer.status, answer.body["code"]) == (403, "separation_of_duties"), "rules are those of the request"
    shown = await w.rest("root", "GET", f"/promotions/{promotion_id}")
    assert shown.body["status"] == "awaiting_approval"


async def test_a_workspace_or_user_that_is_made_up_decides_nothing(w: World) -> None:
    promotion_id = await asked(w)
    shown = await card(w)
    message = {"ts": shown.ts, "blocks": shown.blocks}
    for team, user in (("T66666666", "U02"), (TEAM, "U66666666"), ("E66666666", "U02")):
        status, _ = await hand(w, team).click(user, CHANNEL_ID, message, APPROVE)
        assert status == 200, "the deed is acknowledged, and refused in words"
    assert await approvers(w, promotion_id) == []


async def test_a_captured_request_votes_once_and_not_later(w: World) -> None:
    promotion_id = await asked(w)
    form = urlencode({"team_id": TEAM, "user_id": "U02", "command": "/promotions", "trigger_id": "1.1.a"}).encode()
    form += b"&" + urlencode({"text": f"approve {promotion_id}", "channel_id": CHANNEL_ID}).encode()

    async def sent_at(seconds: float, body: bytes = form) -> int:
        at = str(int(time.time() + seconds))
        signature = SignatureVerifier(SIGNING_SECRET).generate_signature(timestamp=at, body=form)
        headers = {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": str(signature), "Content-Type": FORM}
        async with w.session.post(f"{w.url}/slack/events", data=body, headers=headers) as answer:
            return answer.status

    assert await sent_at(-301) == await sent_at(301) == 401, "recorded long ago, or made for later"
    assert await sent_at(0, form.replace(b"U02", b"U03")) == 401, "another user under the same signature"
    assert await approvers(w, promotion_id) == []
    assert [await sent_at(0) for _ in range(3)] == [200] * 3
    assert await approvers(w, promotion_id) == ["Bob Approver"]


@pytest.mark.parametrize(
    ("path", "field", "value"),
    [
        ("/promotions", "requestedBy", "bob"),
        ("/promotions", "status", "approved"),
        ("/promotions", "separationOfDuties", False),
        ("/promotions", "policies", []),
        ("/promotions/{id}/approve", "approverId", "bob"),
        ("/promotions/{id}/approve", "approvalCount", 2),
        ("/promotions/{id}/approve", "approvedAt", "2026-01-01T00:00:00Z"),
        ("/promotions/{id}/reject", "decidedBy", "bob"),
        ("/promotions/{id}/cancel", "closeReason", "expired"),
    ],
)
async def test_what_is_not_the_caller_s_to_say_is_refused_by_name(
    w: World, path: str, field: str, value: object
) -> None:
    promotion_id = await asked(w)
    fitting: dict[str, Any] = {"reason": "because"}
    if path == "/promotions":
        release = await w.release("1.5.0")
        fitting |= {"releaseId": str(release.id), "targetEnvironmentId": str(w.production.id)}
    elif path.endswith("approve"):
        fitting = {}
    answer = await w.rest("bob", "POST", path.format(id=promotion_id), fitting | {field: value})
    assert (answer.status, answer.body["field"]) == (400, field)
    assert (await w.rest("bob", "GET", f"/promotions/{promotion_id}")).body["status"] == "awaiting_approval"


async def test_knowing_an_id_opens_nothing(w: World) -> None:
    promotion_id = await asked(w)
    await token(w, "reader", service_name="reader", scopes=frozenset({Right.READER}))
    alice, production = w.people["alice"], w.production
    tries = [
        ("carol", "POST", f"/promotions/{promotion_id}/cancel", {"reason": "mine now"}),
        ("carol", "PUT", f"/people/{alice.id}", {"email": "alice@example.com", "name": "Carol's"}),
        ("carol", "GET", f"/people/{alice.id}", None),
        ("carol", "DELETE", f"/environments/{production.id}", None),
        ("carol", "POST", f"/promotions/{promotion_id}/deployment", {"status": "deploying"}),
        ("carol", "POST", f"/promotions/{promotion_id}/freeze-exemption", {"reason": "x", "until": _soon(w)}),
        ("reader", "POST", f"/promotions/{promotion_id}/cancel", {"reason": "mine now"}),
        ("reader", "POST", f"/promotions/{promotion_id}/approve", {}),
    ]
    for who, method, path, body in tries:
        answer = await w.rest(who, method, path, body)
        assert answer.status == 403, (who, method, path, answer.body)
    assert (await w.rest("alice", "GET", f"/promotions/{promotion_id}")).body["status"] == "awaiting_approval"


async def test_a_stolen_token_ends_at_once_and_never_was_more_than_its_scopes(w: World) -> None:
    promotion_id = await asked(w)
    access = w.app.core.countersign.access
    narrow = await access.create_token(SYSTEM, CreateToken("bob@example.com", scopes=frozenset({Right.READER})))
    wide = await access.create_token(SYSTEM, CreateToken("bob@example.com"))
    w.tokens |= {"narrow": narrow.text, "wide": wide.text, "digest": wide.token.digest, "cut": wide.text[:-1]}
    assert (await w.rest("narrow", "POST", f"/promotions/{promotion_id}/approve", {})).status == 403
    assert (await w.rest("wide", "GET", "/me")).status == 200
    await access.revoke_token(SYSTEM, wide.token.id)
    for who in ("wide", "digest", "cut"):
        assert (await w.rest(who, "POST", f"/promotions/{promotion_id}/approve", {})).status == 401
    short = await access.create_token(SYSTEM, CreateToken("bob@example.com", valid_for=timedelta(hours=1)))
    w.tokens["short"] = short.text
    assert (await w.rest("short", "GET", "/me")).status == 200
    w.clock.shift += timedelta(hours=1, seconds=1)
    assert (await w.rest("short", "GET", "/me")).status == 401


def _soon(w: World) -> str:
    return (w.clock() + timedelta(hours=1)).isoformat()


def _part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


async def test_no_kind_of_jwt_is_a_token(w: World) -> None:
    """None is taken anywhere; the public keys that we publish verify evidence and open nothing."""
    async with w.session.get(f"{w.url}/.well-known/jwks.json") as answer:
        published = (await answer.json())["keys"][0]
    claims: dict[str, Any] = {
        "sub": str(w.people["bob"].id),
        "email": "bob@example.com",
        "iss": w.url,
        "aud": "countersign",
    }
    claims |= {"exp": int(time.time()) + 600, "scope": "admin approver"}
    kids = [published["kid"], "../../../../dev/null", "' OR 1=1 --", ""]
    headers = [{"alg": alg, "typ": "JWT"} for alg in ("none", "None", "HS256", "ES256")]
    headers += [{"alg": "HS256", "kid": kid, "jku": "https://evil.example/jwks.json"} for kid in kids]
    for header in headers:
        body = f"{_part(header)}.{_part(claims)}"
        for secret in (b"", json.dumps(published).encode()):
            mac = hmac.new(secret, body.encode(), hashlib.sha256).digest()
            for signature in ("", base64.urlsafe_b64encode(mac).rstrip(b"=").decode()):
                w.tokens["jwt"] = f"{body}.{signature}"
                refused = await w.rest("jwt", "GET", "/me")
                assert (refused.status, refused.body["code"]) == (401, "unauthenticated")


async def test_names_that_pass_for_others_are_refused(w: World) -> None:
    for name in ("sh\u043ep", "shop\u200b", "sho\u202ep"):
        answer = await w.rest("ci", "POST", "/releases", {"component": name, "version": "1.4.0", "artifacts": []})
        assert answer.status == 400, answer.body
        group = await w.rest("admin", "POST", "/approver-groups", {"name": name, "members": []})
        assert (group.status, group.body["field"]) == (400, "name")
    for name in ("RELEASE-MANAGERS", "release\uff0dmanagers", "release-managers "):
        assert (await w.rest("admin", "POST", "/approver-groups", {"name": name, "members": []})).status == 409
