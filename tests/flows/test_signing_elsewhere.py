"""A server whose key is in an HSM, through the front door: decisions, races, and `kill -9` while it signs."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import pytest
from aiohttp import ClientError, ClientSession

from bot.cli.verify.examining import entry_of
from core.domain.people import SlackAccount
from core.evidence.attestation_verification import verify_attestation
from core.evidence.keyring import KeyRing
from core.evidence.log.examination import Known, examine_proof
from core.evidence.verification import verify
from tests.support.ports import unused_port
from tests.support.servers import serving
from tests.support.softhsm import PIN, SoftHsm
from tests.support.world import PEOPLE, TEAM, Product, product

KILLS = 3


@pytest.mark.timeout(180)
async def test_decisions_are_signed_in_the_hsm_and_whole_or_not_there(
    database_url: str, tmp_path: Path, softhsm: SoftHsm
) -> None:
    port = unused_port()
    url = f"http://127.0.0.1:{port}"
    environment = softhsm.environment | {
        "COUNTERSIGN_DATABASE_URL": database_url,
        "COUNTERSIGN_LISTEN": f"127.0.0.1:{port}",
        "COUNTERSIGN_SIGNING_KEY": softhsm.uri,
        "COUNTERSIGN_SIGNING_KEY_PUBLIC": str(softhsm.public_key_file),
        "COUNTERSIGN_SIGNING_KEY_PASSPHRASE": PIN,
    }
    accounts = {handle: SlackAccount(TEAM, user) for handle, (user, _) in PEOPLE.items()}
    async with product(database_url, tmp_path, "http://127.0.0.1:9/", accounts) as made:
        releases = [str((await made.release(f"1.{number}.0")).id) for number in range(KILLS + 2)]
    async with ClientSession() as session:
        made.url, made.session = url, session
        acknowledged: set[str] = set()
        asked: list[str] = []
        for number in range(KILLS):
            async with serving(environment, url, tmp_path) as program:
                asked.append(await one_vote_short(made, releases[number]))
                voting = asyncio.create_task(vote(made, "sam", asked[-1], "approve"))
                await asyncio.sleep(number * 0.015)
                program.send_signal(signal.SIGKILL)
                if await voting == 200:
                    acknowledged.add(asked[-1])
                await program.wait()
            softhsm.restore()
        async with serving(environment, url, tmp_path):
            for promotion_id in asked:
                await assert_whole(made, promotion_id, decided=promotion_id in acknowledged)
            # The last one: those before it are superseded once a later one is approved.
            await vote(made, "sam", asked[-1], "approve")
            await assert_whole(made, asked[-1], decided=True)
            await assert_one_of_many_decides(made, releases[KILLS])


async def one_vote_short(made: Product, release_id: str) -> str:
    """Ask for a promotion that Bob approves; gives its id."""
    wanted = {"releaseId": release_id, "targetEnvironmentId": str(made.production.id)}
    asked = await made.rest("alice", "POST", "/promotions", wanted, {"Prefer": "wait=5"})
    assert asked.body["status"] == "awaiting_approval", asked.body
    assert await vote(made, "bob", asked.body["id"], "approve") == 200
    return str(asked.body["id"])


async def vote(made: Product, who: str, promotion_id: str, choice: str) -> int:
    """Vote; gives the status, 0 where the server was gone."""
    body = {"reason": "no"} if choice == "reject" else {}
    try:
        answer = await made.rest(who, "POST", f"/promotions/{promotion_id}/{choice}", body)
    except ClientError:
        return 0
    return answer.status


async def assert_whole(made: Product, promotion_id: str, *, decided: bool) -> None:
    """Decided with all of its evidence, or open with none; what was acknowledged is decided."""
    found = (await made.rest("bob", "GET", f"/promotions/{promotion_id}")).body
    path = f"/promotions/{promotion_id}/evidence"
    packet = await made.rest("bob", "GET", path)
    assert not decided or found["status"] == "approved"
    if found["status"] == "awaiting_approval":
        assert (packet.status, len(found["approvals"])) == (404, 1)
        return
    async with made.session.get(f"{made.url}/.well-known/jwks.json") as answer:
        keys = KeyRing.load(await answer.read())
    headers = {"Authorization": f"Bearer {made.tokens['bob']}"}
    for query, examined in (("", verify), ("?format=sigstore", verify_attestation)):
        async with made.session.get(f"{made.url}/api/v1{path}{query}", headers=headers) as answer:
            file = await answer.read()
        assert examined(file, keys).ok
        await assert_in_the_log(made, f"/promotions/{promotion_id}/log-proof", file, keys)


async def assert_in_the_log(made: Product, path: str, packet: bytes, keys: KeyRing) -> None:
    """The packet has its leaf in a log that the same key has signed."""
    headers = {"Authorization": f"Bearer {made.tokens['bob']}"}
    async with made.session.get(f"{made.url}/api/v1{path}", headers=headers) as answer:
        proof = await answer.read()
    leaf = entry_of(packet)
    assert leaf is not None
    assert examine_proof(proof, Known(keys, packets={"packet": leaf})).ok


async def assert_one_of_many_decides(made: Product, release_id: str) -> None:
    """Approve, reject and cancel at once: one of them decides, the others are told so."""
    promotion_id = await one_vote_short(made, release_id)
    statuses = await asyncio.gather(
        vote(made, "sam", promotion_id, "approve"),
        vote(made, "carol", promotion_id, "reject"),
        vote(made, "carol", promotion_id, "approve"),
        vote(made, "alice", promotion_id, "cancel"),
    )
    assert sorted(statuses) == [200, 409, 409, 409]
    found = (await made.rest("bob", "GET", f"/promotions/{promotion_id}")).body
    assert found["status"] in {"approved", "rejected", "cancelled"}
    packet = (await made.rest("bob", "GET", f"/promotions/{promotion_id}/evidence")).body
    assert packet["content"]["promotion"]["status"] == found["status"]
