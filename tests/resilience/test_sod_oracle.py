"""Who may vote, what counts and what is decided: the use cases against the design's own words, case after case."""

from __future__ import annotations

import random
import secrets
from dataclasses import replace

import pytest

from tests.resilience.sod_cases import Case, Stage, made_up
from tests.support.figures import Figures

CASES, CASES_SHORT = 100_000, 2_500


@pytest.mark.timeout(3600)
def test_use_cases_and_the_design_never_disagree_on_who_decides(figures: Figures, short: bool) -> None:
    seed, wanted = secrets.randbelow(10**9), CASES_SHORT if short else CASES
    print(f"seed {seed}")
    stage, found, decided = Stage(), "", 0
    for number in range(wanted):
        case = made_up(random.Random(f"{seed}/{number}"))
        if stage.differs(case):
            found = f"case {number}: {told(stage, case)}"
            break
        decided += stage.sealed
    print(found)
    figures.exactly("disagreements with the SoD oracle", int(bool(found)), 0, about=f"{wanted:,} cases, seed {seed}")
    figures.at_least("oracle cases that end in a decision", decided / wanted, 0.2, "", "or they would tell little", 1)


def told(stage: Stage, case: Case) -> str:
    """The smallest case of its kind that still differs, and where."""
    number = 0
    while number < len(case.acts):
        shorter = replace(case, acts=case.acts[:number] + case.acts[number + 1 :])
        case, number = (shorter, number) if stage.differs(shorter) else (case, number + 1)
    return f"{stage.differs(case)}\n{case}"
