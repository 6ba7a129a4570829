"""VEX documents and the catalogue of known exploited vulnerabilities, the same in memory and on both databases."""

from __future__ import annotations

from dataclasses import replace

from core.app.ports import Store, Transactions
from core.domain.known_exploited import KnownExploited
from core.domain.vex import VexDocument, VexStatement, VexStatus
from tests.bot.db.samples import release
from tests.support.clock import MORNING, nth_id

STATEMENT = VexStatement(
    ("cve-1", "ghsa-1"), VexStatus.FIXED, "Me", MORNING, ("pkg:deb/debian/zlib@1",), ("a",), "why", "So\n☃"
)


def a_document(number: int) -> VexDocument:
    return VexDocument(
        nth_id(400 + number), release().id, "openvex", "Me", f"sha256:{number}", MORNING, "ci", (STATEMENT, STATEMENT)
    )


def a_catalogue(number: int, *ids: str) -> KnownExploited:
    return KnownExploited(
        nth_id(450 + number), f"2026.{number}", MORNING, "sha256:1", MORNING, "Root", frozenset(ids), len(ids)
    )


async def test_documents_come_back_in_the_order_in_which_they_were_handed_in(filled: Transactions) -> None:
    def add_all(store: Store) -> None:
        for number in (2, 1, 3):
            store.vex.add(a_document(number))

    await filled.write(add_all)
    assert await filled.read(lambda store: store.vex.of(release().id)) == tuple(map(a_document, (2, 1, 3)))
    assert await filled.read(lambda store: store.vex.of(nth_id(9))) == ()


async def test_a_catalogue_takes_the_place_of_the_one_before(filled: Transactions) -> None:
    assert await filled.read(lambda store: store.known_exploited.catalogue(["CVE-1"])) is None
    await filled.write(lambda store: store.known_exploited.put(a_catalogue(1, "cve-1", "cve-2")))
    await filled.write(lambda store: store.known_exploited.put(a_catalogue(2, "cve-2", "cve-3")))

    asked = [*(f"CVE-{number}" for number in range(2000)), "cve-2"]
    found = await filled.read(lambda store: store.known_exploited.catalogue(asked))

    assert found == a_catalogue(2, "cve-2", "cve-3")
    bare = await filled.read(lambda store: store.known_exploited.catalogue())
    assert bare == replace(a_catalogue(2), count=2)
