from __future__ import annotations

from dataclasses import replace

import pytest

from bot.workers.delivery import SlackDelivery
from bot.workers.errands import runners
from bot.workers.outbox import OutboxWorker
from core.app.deciding import CancelPromotion, CastVote
from core.app.drafts import PersonDraft
from core.app.outbox import Errand
from core.domain.people import SYSTEM, SlackAccount
from core.domain.promotion import Promotion, VoteChoice
from core.evidence.keyring import KeyRing
from core.evidence.public_key import PublicKeyRecord
from core.evidence.signing import LocalSigner
from core.evidence.verification import verify
from tests.support.bench import TEAM, Bench
from tests.support.workspaces import only


@pytest.fixture
def worker(bench: Bench) -> OutboxWorker:
    delivery = SlackDelivery(only(bench.client), bench.ports)
    return OutboxWorker(bench.ports, runners(bench.countersign, delivery, None, bench.metrics), bench.metrics)


async def drain(worker: OutboxWorker) -> None:
    while await worker.run_due():
        pass


async def approve(bench: Bench, handle: str, promotion: Promotion) -> None:
    await bench.countersign.deciding.vote(bench.actor(handle), CastVote(promotion.id, VoteChoice.APPROVED, "fine"))


async def test_the_card_is_one_message_that_is_always_current(bench: Bench, worker: OutboxWorker) -> None:
    promotion = await bench.promotion()
    await drain(worker)
    (card,) = bench.slack.messages("#releases")
    assert "promotion.approve" in str(card.blocks)
    await approve(bench, "bob", promotion)
    await drain(worker)
    assert "promotion.approve" not in str(bench.slack.now(card).blocks)
    assert len([seen for seen in bench.slack.messages("#releases") if seen.ts == card.ts]) == 1


async def test_the_thread_is_the_history(bench: Bench, worker: OutboxWorker) -> None:
    promotion = await bench.promotion(approvals=2)
    await drain(worker)
    (card,) = bench.slack.messages("#releases")
    await approve(bench, "bob", promotion)
    await drain(worker)
    await approve(bench, "carol", promotion)
    await drain(worker)
    await drain(worker)
    words = [reply.words for reply in bench.slack.thread(card)]
    assert len(words) == len(set(words))
    assert [sum(name in each for each in words) for name in ("*Bob* approved", "*Carol* approved")] == [1, 1], words


async def test_direct_messages_go_to_those_who_may_approve_and_not_to_the_requester(
    bench: Bench, worker: OutboxWorker
) -> None:
    await bench.promotion()
    await drain(worker)
    assert [len(bench.slack.messages(bench.slack.dm(who))) for who in ("alice", "bob", "carol")] == [0, 1, 1]


async def test_direct_messages_say_when_it_is_over(bench: Bench, worker: OutboxWorker) -> None:
    promotion = await bench.promotion()
    await drain(worker)
    await approve(bench, "bob", promotion)
    await drain(worker)
    for who in ("bob", "carol"):
        (notice,) = bench.slack.messages(bench.slack.dm(who))
        assert "promotion.approve" not in str(notice.blocks)


async def test_nobody_is_asked_who_is_deactivated(bench: Bench, worker: OutboxWorker) -> None:
    person = bench.people["bob"]
    draft = PersonDraft(person.email, person.name, slack=person.slack, active=False)
    await bench.countersign.administering.update_person(SYSTEM, person.id, draft)
    await bench.promotion()
    await drain(worker)
    assert bench.slack.messages(bench.slack.dm("bob")) == []
    assert len(bench.slack.messages(bench.slack.dm("carol"))) == 1


@pytest.mark.parametrize("flag", ["deleted", "is_restricted", "is_stranger", "is_bot"])
async def test_no_account_is_asked_that_may_not_vote(bench: Bench, worker: OutboxWorker, flag: str) -> None:
    await bench.countersign.access.note_slack_account(SlackAccount(TEAM, "U02", flag))
    await bench.promotion()
    await drain(worker)
    assert bench.slack.messages(bench.slack.dm("bob")) == []
    assert len(bench.slack.messages(bench.slack.dm("carol"))) == 1


async def test_the_signed_summary_is_posted_once_with_a_packet_that_verifies(
    bench: Bench, worker: OutboxWorker
) -> None:
    promotion = await bench.promotion()
    await approve(bench, "bob", promotion)
    await drain(worker)
    await bench.ports.transactions.write(lambda store: store.outbox.put(Errand.CARD, promotion.id, bench.clock()))
    await drain(worker)
    summaries = [seen for seen in bench.slack.messages("#releases") if "sha256:" in seen.words]
    assert len(summaries) == 1
    (shared,) = [reply for reply in bench.slack.thread(summaries[0]) if reply.files]
    signer = bench.ports.signer
    assert isinstance(signer, LocalSigner)
    ring = KeyRing([PublicKeyRecord.from_pem(signer.public_key_pem)])
    assert verify(bench.slack.file(shared.files[0]), ring).ok


async def test_the_requester_hears_the_outcome_once(bench: Bench, worker: OutboxWorker) -> None:
    promotion = await bench.promotion()
    command = CancelPromotion(promotion.id, "not today")
    await bench.countersign.deciding.cancel(bench.actor("alice"), command)
    await drain(worker)
    await drain(worker)
    (told,) = bench.slack.messages(bench.slack.dm("alice"))
    assert "ancelled" in told.words


async def test_an_outage_delays_and_loses_nothing(bench: Bench, worker: OutboxWorker) -> None:
    bench.slack.outage(True)
    promotion = await bench.promotion()
    await approve(bench, "bob", promotion)
    await drain(worker)
    assert bench.slack.messages("#releases") == []
    bench.slack.outage(False)
    for _ in range(4):
        bench.clock.advance(seconds=60)
        await drain(worker)
    assert (await bench.ports.transactions.read(lambda store: store.outbox.depth())).waiting == 0
    assert len([seen for seen in bench.slack.messages("#releases") if "sha256:" in seen.words]) == 1
    assert len(bench.slack.messages("#releases")) == 2


async def test_an_environment_without_a_channel_is_told_of_by_direct_message_alone(
    bench: Bench, worker: OutboxWorker
) -> None:
    promotion = await bench.promotion()
    target = promotion.target.id
    environment = await bench.ports.transactions.read(lambda store: store.environments.get(target))
    assert environment is not None

    await bench.ports.transactions.write(
        lambda store: store.environments.replace(replace(environment, slack_channel=""))
    )
    await drain(worker)
    assert bench.slack.messages("#releases") == []
    assert len(bench.slack.messages(bench.slack.dm("bob"))) == 1
