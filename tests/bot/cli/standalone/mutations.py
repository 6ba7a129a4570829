"""Packets, exports, proofs and checkpoints with one thing changed at random, and what both verifiers make of them."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

from bot.cli.standalone import verify_evidence, verify_log
from core.errors import InvalidError
from core.evidence.attestation_verification import verify_attestation
from core.evidence.log.entries import decision_entry
from core.evidence.log.examination import examine_checkpoint, examine_proof
from core.evidence.verification import verify
from core.strict_json import strict_json
from tests.core.evidence.decisions import OTHERS, file_of, jwks
from tests.core.evidence.log.samples import CHECKPOINT, PACKET, known, proof_of
from tests.core.evidence.mutations import mutated
from tests.core.evidence.samples import ring

Judge = Callable[[bytes], bool]


def accepted(count: int, folder: Path, seed: int) -> list[tuple[str, bytes]]:
    """Which of `count` mutants any verifier takes for good: by its name, with the mutant. `folder` is for drafts."""
    chance, found = random.Random(seed), []
    for number, (source, judges) in _turns(count, folder):
        mutant = mutated(source, chance)
        while _same(mutant, source):
            mutant = mutated(source, chance)
        found += [(f"{name}, mutant {number}", mutant) for name, judge in judges.items() if judge(mutant)]
    return found


def originals(folder: Path) -> list[tuple[bytes, dict[str, Judge]]]:
    """Each kind of file, with the verifiers that judge it; every one of them accepts it as it is."""
    keys, by = ring(), known(packets={"evidence.json": decision_entry(PACKET).content})
    evidence = verify_evidence.load_keys(jwks(keys))
    log = verify_log.load_keys(jwks(keys))
    draft = folder / "draft"

    def small_evidence(source: bytes) -> bool:
        try:
            verify_evidence.verify(source, evidence)
        except verify_evidence.RefusedError:
            return False
        return True

    def small_log(source: bytes) -> bool:
        draft.write_bytes(source)
        return all(holds for *_, holds in verify_log.examine([draft], log))

    exports: dict[str, Judge] = {
        "verify": lambda it: verify_attestation(it, keys).ok,
        "verify_evidence": small_evidence,
    }
    return [
        (PACKET.to_file(), {"verify": lambda it: verify(it, keys).ok, "verify_evidence": small_evidence}),
        (proof_of(), {"verify": lambda it: examine_proof(it, by).ok, "verify_log": small_log}),
        (CHECKPOINT.encode(), {"verify": lambda it: examine_checkpoint(it, by).ok, "verify_log": small_log}),
        *((file_of(form), exports) for form in OTHERS),
    ]


def _turns(count: int, folder: Path) -> list[tuple[int, tuple[bytes, dict[str, Judge]]]]:
    kinds = originals(folder)
    return [(number, kinds[number % len(kinds)]) for number in range(count)]


def _same(mutant: bytes, source: bytes) -> bool:
    """Whether nothing was changed, or nothing but white space between the members of a JSON object."""
    try:
        return mutant == source or (source.startswith(b"{") and strict_json(mutant) == strict_json(source))
    except InvalidError:
        return False
