from __future__ import annotations

import pytest

from bot.cli.audit.readme import AT_ONCE, Example, commands, readme
from core.evidence.audit.period import Period

EXAMPLE = Example("00000000-0000-4000-8000-000000000001", "p256-abc")


def test_it_says_what_is_here_and_how_to_check_it() -> None:
    text = readme(Period.of("2026-01-01", "2026-01-31"), ("Production",), 3, commands(3, EXAMPLE))
    assert text.startswith("Countersign, audit export: 2026-01-01 to 2026-01-31 (UTC, both days included); Production")
    for name in ("packets/", "exports/", "proofs/", "checkpoints/", "keys/", "SHA256SUMS", "index.html", "*.csv"):
        assert f"\n{name}" in text
    assert "packets/evidence-00000000-0000-4000-8000-000000000001.json" in text
    assert "keys/p256-abc.pem" in text


@pytest.mark.parametrize(("count", "loops"), [(AT_ONCE, False), (AT_ONCE + 1, True)])
def test_many_packets_are_verified_in_parts_each_with_its_proofs(count: int, loops: bool) -> None:
    lines = "\n".join(commands(count, EXAMPLE))
    assert ("for d in 0 1" in lines) is loops


def test_without_decisions_there_is_a_checkpoint_to_verify() -> None:
    assert commands(0, None)[-1] == "countersign verify --jwks keys/jwks.json checkpoints/*"
