"""Checklists and questions to services, on every kind of store."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from core.app.ports import Store, Transactions
from core.domain.checklist import Tick
from core.domain.gate_question import GateQuestion
from core.domain.release import Deployment, DeploymentStatus
from tests.bot.db.samples import BOB, CAROL, PRODUCTION, STAGING, promotion, release
from tests.support.clock import MORNING, nth_id

TICK = Tick(promotion().id, "Runbook updated", BOB.id, "Bob", MORNING, "slack")
QUESTION = GateQuestion(nth_id(801), promotion().id, "change-board", "sha256:ab", MORNING, ("one", "two"))


async def test_an_item_is_ticked_once_and_can_be_taken_back(filled: Transactions) -> None:
    later = replace(TICK, item="Support told", person_id=CAROL.id, at=MORNING + timedelta(minutes=1))

    def body(store: Store) -> list[bool]:
        store.promotions.add(promotion())
        return [store.ticks.add(later), store.ticks.add(TICK), store.ticks.add(replace(TICK, person_id=CAROL.id))]

    assert await filled.write(body) == [True, True, False]
    assert await filled.read(lambda store: store.ticks.of(promotion().id)) == (TICK, later)
    await filled.write(lambda store: store.ticks.drop(promotion().id, "Runbook updated"))
    await filled.write(lambda store: store.ticks.drop(promotion().id, "never ticked"))
    assert await filled.read(lambda store: store.ticks.of(promotion().id)) == (later,)
    assert await filled.read(lambda store: store.ticks.of(nth_id(999))) == ()


async def test_a_question_is_kept_with_its_answer_and_a_new_one_takes_its_place(filled: Transactions) -> None:
    answered = QUESTION.asked_again("three").answered(True, "CHG-7 😀", MORNING + timedelta(microseconds=5))

    def body(store: Store) -> None:
        store.promotions.add(promotion())
        store.questions.put(QUESTION)
        store.questions.put(answered)

    await filled.write(body)
    assert await filled.read(lambda store: store.questions.of(promotion().id)) == (answered,)
    assert await filled.read(lambda store: store.questions.get(QUESTION.id)) == answered
    fresh = replace(QUESTION, id=nth_id(802), token_digests=())
    await filled.write(lambda store: store.questions.put(fresh))
    assert await filled.read(lambda store: store.questions.of(promotion().id)) == (fresh,)
    assert await filled.read(lambda store: store.questions.get(QUESTION.id)) is None


async def test_the_newest_word_on_each_promotion_is_found_newest_first(filled: Transactions) -> None:
    def body(store: Store) -> tuple[Deployment, ...]:
        words = []
        for number, status in enumerate([DeploymentStatus.DEPLOYED, DeploymentStatus.FAILED]):
            made = replace(promotion(), id=nth_id(900 + number), release_id=nth_id(910 + number))
            store.releases.add(replace(release(), id=made.release_id, name=f"r-{number}", component="shop"))
            store.promotions.add(made)
            for each in (DeploymentStatus.DEPLOYING, status):
                words.append(Deployment(made.id, made.release_id, PRODUCTION.id, each, MORNING))
                store.releases.add_deployment(words[-1])
        assert store.releases.deployments(PRODUCTION.id, "shop", 1) == (words[3],)
        assert store.releases.deployments(STAGING.id, "shop", 9) == ()
        assert store.releases.deployments(PRODUCTION.id, "other", 9) == ()
        assert store.releases.deployments(PRODUCTION.id, "shop", 9) == (words[3], words[1])
        return tuple(words)

    assert len(await filled.write(body)) == 4
