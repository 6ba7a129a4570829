"""10,000 packets, exports, proofs and checkpoints with one thing changed at random: no verifier accepts one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bot.cli.standalone.mutations import accepted
from tests.support.figures import Figures

SEED = 20261125


@pytest.mark.timeout(300)
def test_of_ten_thousand_mutations_none_is_accepted(tmp_path: Path, figures: Figures, short: bool) -> None:
    count = 1_000 if short else 10_000
    found = accepted(count, tmp_path, SEED)
    figures.exactly("mutated evidence accepted", len(found), 0, about=f"{count:,} mutants, two verifiers each")
