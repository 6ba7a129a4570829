"""Evidence for other tools comes into the thread of the signed summary, each file once."""

from __future__ import annotations

from bot.playground.seen import Seen
from bot.workers.outbox import OutboxWorker
from core.evidence.attestation_verification import verify_attestation
from tests.bot.workers.test_delivery import approve, drain, worker
from tests.core.evidence.samples import ring
from tests.support.bench import Bench

__all__ = ["worker"]


def files(bench: Bench, summary: Seen) -> dict[str, bytes]:
    stored = bench.slack.ground.workspace.files
    found = [stored[id] for reply in bench.slack.thread(summary) for id in reply.files]
    assert len({file.name for file in found}) == len(found), "each file once"
    return {file.name: file.content for file in found}


async def test_each_file_is_posted_once_and_verifies(bench: Bench, worker: OutboxWorker) -> None:
    promotion = await bench.promotion()
    await approve(bench, "bob", promotion)
    await drain(worker)
    summary = next(seen for seen in bench.slack.messages("#releases") if "sha256:" in seen.words)
    assert len(files(bench, summary)) == 1

    for _ in range(2):
        await bench.countersign.sharing.share(bench.actor("alice"), promotion.id)
        await drain(worker)

    posted = files(bench, summary)
    assert sorted(name.partition(".")[2] for name in posted) == [
        "dsse.json",
        "intoto-svr.json",
        "json",
        "sigstore.json",
    ]
    assert all(verify_attestation(file, ring()).ok for name, file in posted.items() if name.count(".") > 1)
