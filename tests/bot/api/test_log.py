"""The transparency log by REST: what is served can be checked with what is served."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any

import pytest

from core.domain.events import Action
from core.evidence.log.checkpoints import Checkpoint, trusted_checkpoint
from core.evidence.log.merkle import consistency_holds, inclusion_holds, leaf_hash
from core.evidence.log.proofs import parse_proof
from core.evidence.log.tiles import unpacked
from tests.bot.api.conftest import Api
from tests.core.evidence.log.oracle import Kept
from tests.core.evidence.log.samples import Witness
from tests.core.evidence.samples import ring


async def checkpoint(api: Api) -> Checkpoint:
    reply = await api.call("", "GET", "/log/checkpoint")
    assert (reply.status, reply.headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
    return trusted_checkpoint(reply.raw, ring()).checkpoint


def decoded(texts: list[str]) -> list[bytes]:
    return [base64.b64decode(text) for text in texts]


async def test_tiles_and_entries_are_what_the_checkpoint_was_signed_over(api: Api) -> None:
    await api.approved()
    head = await checkpoint(api)
    assert head.origin == "example.com/log"
    tile = await api.call("", "GET", f"/log/tile/0/000.p/{head.size}")
    bundle = await api.call("alice", "GET", f"/log/tile/entries/000.p/{head.size}")
    entries = unpacked(bundle.raw)
    assert tile.raw == b"".join(leaf_hash(entry) for entry in entries)
    assert Kept(entries).frontier.root == head.root
    assert tile.headers["Content-Type"] == "application/octet-stream"
    assert "immutable" in tile.headers["Cache-Control"] and "public" in tile.headers["Cache-Control"]
    assert "private" in bundle.headers["Cache-Control"], "entries tell what was decided"
    kinds = [json.loads(entry).get("action", "release_decision") for entry in entries]
    wanted = {
        Action.KEY_REGISTERED,
        Action.POLICY_CREATED,
        Action.GROUP_CREATED,
        Action.ENVIRONMENT_CREATED,
        Action.PERSON_CREATED,
    }
    assert set(kinds[:-1]) == wanted and kinds[-1] == "release_decision"


async def test_a_decision_is_proved_to_be_in_the_log(api: Api) -> None:
    promotion = await api.approved()
    packet = (await api.call("alice", "GET", f"/promotions/{promotion['id']}/evidence")).body
    reply = await api.call("alice", "GET", f"/log/proof/inclusion?promotionId={promotion['id']}")
    proof = reply.body
    entry = {
        "at": packet["generatedAt"],
        "contentHash": packet["contentHash"],
        "packetId": packet["id"],
        "type": "release_decision",
        "version": "1",
    }
    written = json.dumps(entry, separators=(",", ":"), sort_keys=True)
    assert proof["entry"] == written, "whoever has the packet can work the leaf out"
    root = (await checkpoint(api)).root
    leaf, hashes = leaf_hash(written.encode()), decoded(proof["hashes"])
    assert base64.b64decode(proof["leafHash"]) == leaf
    assert inclusion_holds(leaf, proof["leafIndex"], proof["treeSize"], hashes, root)
    file = await api.call("alice", "GET", f"/promotions/{promotion['id']}/log-proof")
    assert file.raw.decode() == proof["proof"]
    parsed = parse_proof(file.raw)
    assert (parsed.index, list(parsed.hashes), parsed.entry) == (proof["leafIndex"], hashes, written.encode())


async def test_every_leaf_is_proved_in_every_tree_that_has_it(api: Api) -> None:
    before = await checkpoint(api)
    for _ in range(3):
        await api.approved()
    size = (await checkpoint(api)).size
    for tree in range(1, size + 1):
        for index in range(tree):
            proof = (await api.call("ci", "GET", f"/log/proof/inclusion?leafIndex={index}&treeSize={tree}")).body
            leaf, root = decoded([proof["leafHash"], proof["rootHash"]])
            assert inclusion_holds(leaf, index, tree, decoded(proof["hashes"]), root)
            assert (proof["proof"] is not None) is (tree in {before.size, size}), "a file needs a signed checkpoint"


async def test_the_log_is_proved_to_have_only_grown(api: Api) -> None:
    first = await checkpoint(api)
    await api.approved()
    await api.approved()
    second = await checkpoint(api)
    proof = (await api.call("", "GET", f"/log/proof/consistency?from={first.size}")).body
    assert (proof["from"], proof["to"]) == (first.size, second.size)
    assert decoded([proof["fromRootHash"], proof["toRootHash"]]) == [first.root, second.root]
    assert consistency_holds(first.size, second.size, first.root, second.root, decoded(proof["hashes"]))


@pytest.mark.parametrize(
    ("path", "status", "field"),
    [
        ("/log/tile/0/000.p/200", 404, None),
        ("/log/tile/0/000", 404, None),
        ("/log/tile/64/000.p/1", 404, None),
        ("/log/tile/0/0", 404, None),
        ("/log/tile/0/x000/000.p/1", 404, None),
        ("/log/tile/0/000.p/0", 404, None),
        ("/log/tile/0/000.p/01", 404, None),
        ("/log/tile/00/000.p/1", 404, None),
        ("/log/tile/entries/001.p/1", 404, None),
        ("/log/tile/entries/../000.p/1", 404, None),
        ("/log/proof/inclusion", 400, "promotionId"),
        ("/log/proof/inclusion?leafIndex=0&promotionId=00000000-0000-4000-8000-ffffffffffff", 400, "promotionId"),
        ("/log/proof/inclusion?promotionId=00000000-0000-4000-8000-ffffffffffff", 404, "promotionId"),
        ("/log/proof/inclusion?leafIndex=77", 404, None),
        ("/log/proof/inclusion?leafIndex=-1", 400, "leafIndex"),
        ("/log/proof/inclusion?leafIndex=1&treeSize=1", 400, "treeSize"),
        ("/log/proof/inclusion?leafIndex=1&treeSize=99", 400, "treeSize"),
        ("/log/proof/consistency?from=2&to=99", 400, "to"),
        ("/log/proof/consistency?from=2&to=1", 400, "from"),
        ("/log/proof/consistency?from=0", 400, "from"),
        ("/log/proof/consistency", 400, "from"),
    ],
)
async def test_what_the_log_has_not_is_refused(api: Api, path: str, status: int, field: str | None) -> None:
    reply = await api.call("alice", "GET", path)
    assert (reply.status, reply.body.get("field")) == (status, field), reply.body
    assert reply.body["detail"]


async def test_an_undecided_promotion_has_no_proof(api: Api) -> None:
    promotion = await api.asked()
    reply = await api.call("alice", "GET", f"/promotions/{promotion['id']}/log-proof")
    assert (reply.status, reply.body["currentStatus"]) == (404, "awaiting_approval")


async def pages(api: Api, query: str) -> list[Any]:
    """All entries of the audit log, page by page along the cursor."""
    found, cursor = [], ""
    while True:
        reply = await api.call("root", "GET", f"/audit-log?pageSize=3{query}{cursor}")
        found += reply.body["data"]
        if reply.body["meta"]["nextCursor"] is None:
            return found
        cursor = f"&cursor={reply.body['meta']['nextCursor']}"


async def test_the_audit_log_is_walked_by_cursor_while_it_grows(api: Api) -> None:
    whole = (await api.call("root", "GET", "/audit-log?pageSize=100")).body["data"]
    assert await pages(api, "") == whole
    first = (await api.call("root", "GET", "/audit-log?pageSize=3")).body
    await api.release()
    second = (await api.call("root", "GET", f"/audit-log?pageSize=3&cursor={first['meta']['nextCursor']}")).body
    assert first["data"] + second["data"] == whole[:6]
    on = second["meta"].pop("nextCursor")
    assert second["meta"] == {"page": None, "pageSize": 3, "totalCount": None, "totalCountExact": None}
    third = (await api.call("root", "GET", f"/audit-log?pageSize=3&cursor={on}")).body
    assert third["data"] == whole[6:9]


async def test_the_audit_log_is_filtered_by_action_actor_and_time(api: Api) -> None:
    start = api.clock()
    api.clock.advance(hours=1)
    promotion = await api.approved()
    votes = await pages(api, "&action=promotion:vote_approved")
    assert [each["actor"]["name"] for each in votes] == ["Carol", "Bob"]
    of_bob = await pages(api, f"&actorId={api.people['bob'].id}&action=promotion:vote_approved,promotion:approved")
    assert [each["action"] for each in of_bob] == ["promotion:vote_approved"]
    later = (start + timedelta(minutes=30)).isoformat().replace("+00:00", "Z")
    of_it = await pages(api, f"&subjectId={promotion['id']}")
    assert of_it == await pages(api, f"&subjectId={promotion['id']}&from={later}")
    assert not await pages(api, f"&subjectId={promotion['id']}&to={later}")
    assert len(await pages(api, f"&to={later}")) == len(await pages(api, "")) - len(await pages(api, f"&from={later}"))


@pytest.mark.parametrize(
    ("query", "field"),
    [("action=promotion:eaten", "action"), ("from=yesterday", "from"), ("cursor=x", "cursor"), ("cursor=0", "cursor")],
)
async def test_a_wrong_filter_is_refused_by_name(api: Api, query: str, field: str) -> None:
    reply = await api.call("root", "GET", f"/audit-log?{query}")
    assert (reply.status, reply.body["field"]) == (400, field)


async def test_a_cosignature_of_nobody_known_is_refused(api: Api) -> None:
    head = await checkpoint(api)
    body = {"treeSize": head.size, "cosignatures": [Witness().line(head.text)]}
    reply = await api.call("ci", "POST", "/log/witness-cosignatures", body)
    assert (reply.status, reply.body["field"]) == (400, "cosignatures[0]")
    assert "COUNTERSIGN_LOG_WITNESSES" in reply.body["hint"]
    for wrong, field in (({"treeSize": 0}, "treeSize"), ({"cosignatures": []}, "cosignatures")):
        reply = await api.call("ci", "POST", "/log/witness-cosignatures", body | wrong)
        assert (reply.status, reply.body["field"]) == (400, field)
    reply = await api.call("ci", "POST", "/log/witness-cosignatures", body | {"treeSize": 77})
    assert (reply.status, reply.body["field"]) == (404, "treeSize")


async def test_changes_of_who_may_approve_and_exceptions_are_leaves_at_once(api: Api) -> None:
    await api.release()
    before, bob = await checkpoint(api), api.people["bob"].email
    group = await api.call("root", "POST", "/approver-groups", {"name": "canary-team", "members": [bob]})
    environment = await api.call("root", "POST", "/environments", {"name": "Canary", "requireSod": True})
    waiver = {
        "vulnerabilityId": "CVE-2024-0001",
        "component": "myapp",
        "environmentId": environment.body["id"],
        "reason": "Not reachable",
        "endsAt": "2026-03-09T09:00:00Z",
    }
    made = await api.call("root", "POST", "/waivers", waiver)
    revoked = await api.call("root", "DELETE", f"/waivers/{made.body['id']}")
    assert (group.status, environment.status, made.status, revoked.status) == (201, 201, 201, 204), made.body

    head = await checkpoint(api)
    bundle = await api.call("alice", "GET", f"/log/tile/entries/000.p/{head.size}")
    leaves = [json.loads(entry) for entry in unpacked(bundle.raw)[before.size :]]
    assert [(leaf["action"], leaf["subjectId"]) for leaf in leaves] == [
        (Action.GROUP_CREATED, group.body["id"]),
        (Action.ENVIRONMENT_CREATED, environment.body["id"]),
        (Action.WAIVER_CREATED, made.body["id"]),
        (Action.WAIVER_REVOKED, made.body["id"]),
    ]
    assert bob.encode() not in bundle.raw
