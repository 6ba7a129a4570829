from __future__ import annotations

import asyncio
import uuid

from bot.bootstrap import build_core
from bot.settings import load_settings
from core.domain.people import Actor, ActorKind, Right
from tests.bot.cli.conftest import Terminal


async def actor_of(token: str) -> Actor:
    async with build_core(load_settings(signing_key="key.pem")) as core:
        return await core.countersign.access.by_token(token)


async def test_the_token_and_nothing_else_is_printed(configured: Terminal) -> None:
    result = await asyncio.to_thread(configured.run, "token", "create", "--person", "alice@example.com")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("csn_")
    assert result.stdout.count("\n") == 1
    actor = await actor_of(result.stdout.strip())
    assert (actor.ref.name, actor.ref.kind, actor.scopes) == ("Alice", ActorKind.PERSON, None)


def test_json_has_token_id_scopes_and_end(configured: Terminal) -> None:
    answer = configured.json("token", "create", "--service", "ci", "--scope", "requester", "--scope", "publisher")
    assert answer.keys() == {"token", "id", "scopes", "expiresAt"}
    assert (answer["scopes"], answer["expiresAt"]) == (["publisher", "requester"], None)
    with_end = configured.json("token", "create", "--person", "alice@example.com", "--expires", "90d")
    assert with_end["scopes"] == ["reader", "requester"]
    assert with_end["expiresAt"].endswith("Z")


def test_a_person_s_token_can_be_narrowed(configured: Terminal) -> None:
    answer = configured.json("token", "create", "--person", "bob@example.com", "--scope", Right.READER)
    assert answer["scopes"] == ["reader"]


def test_what_cannot_be_is_refused_with_a_reason(configured: Terminal) -> None:
    nobody = configured.run("token", "create", "--person", "nobody@example.com")
    assert (nobody.exit_code, nobody.stdout) == (1, "")
    assert "countersign apply" in nobody.stderr
    voter = configured.run("token", "create", "--service", "ci", "--scope", "approver")
    assert voter.exit_code == 1
    assert "programs do not vote" in voter.stderr
    assert configured.run("token", "create").exit_code == 2
    assert configured.run("token", "create", "--person", "a@x", "--service", "ci").exit_code == 2
    assert configured.run("token", "create", "--person", "a@x", "--expires", "soon").exit_code == 2


def test_the_list_shows_holders_and_never_the_token(configured: Terminal) -> None:
    assert configured.json("token", "list") == []
    assert "There are no tokens" in configured.run("token", "list").stdout
    made = configured.json("token", "create", "--service", "ci", "--scope", "deployer")
    shown = configured.run("token", "list").stdout
    assert made["id"] in shown
    assert "valid" in shown
    assert made["token"] not in shown
    listed = configured.json("token", "list")[0]
    assert {name: listed[name] for name in ("id", "holder", "kind", "state", "scopes")} == {
        "id": made["id"],
        "holder": "ci",
        "kind": "service",
        "state": "valid",
        "scopes": ["deployer"],
    }


def test_a_revoked_token_stays_in_the_list_as_such(configured: Terminal) -> None:
    made = configured.json("token", "create", "--service", "ci", "--scope", "deployer")
    assert configured.run("token", "revoke", made["id"]).exit_code == 0
    assert configured.json("token", "list")[0]["state"] == "revoked"
    assert configured.run("token", "revoke", str(uuid.uuid4())).exit_code == 1
    assert configured.run("token", "revoke", "first").exit_code == 2
