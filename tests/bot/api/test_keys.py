"""The signing keys with their state."""

from __future__ import annotations

from datetime import timedelta

from core.domain.people import SYSTEM
from tests.bot.api.conftest import Api
from tests.core.evidence.samples import SIGNER, STRANGER


async def test_keys_are_listed_with_their_times_and_their_state(api: Api) -> None:
    keys = api.countersign.keys
    await keys.rotate(SYSTEM, SIGNER.key_ref, STRANGER.public_key_pem, timedelta(hours=1))
    reply = await api.call("dave", "GET", "/keys")
    assert [(key["keyRef"], key["state"]) for key in reply.body["data"]] == [
        (SIGNER.key_ref, "in_use"),
        (STRANGER.key_ref, "in_use"),
    ]
    api.clock.advance(hours=1)
    await keys.revoke(SYSTEM, STRANGER.key_ref, "lost")
    old, new = (await api.call("dave", "GET", "/keys")).body["data"]
    assert (old["state"], old["notAfter"]) == ("ended", "2026-03-02T10:00:00Z")
    assert (new["state"], new["revocationReason"], new["publicKeyPem"]) == ("revoked", "lost", STRANGER.public_key_pem)


async def test_nobody_decides_by_a_revoked_key_and_is_told_what_to_do(api: Api) -> None:
    promotion = await api.asked()
    await api.call("bob", "POST", f"/promotions/{promotion['id']}/approve")
    await api.countersign.keys.revoke(SYSTEM, SIGNER.key_ref, "lost")
    reply = await api.call("carol", "POST", f"/promotions/{promotion['id']}/approve")
    assert (reply.status, reply.code) == (503, "signing_unavailable")
    assert SIGNER.key_ref in reply.body["detail"] and "COUNTERSIGN_SIGNING_KEY" in reply.body["hint"]
