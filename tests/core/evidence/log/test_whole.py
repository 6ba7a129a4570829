"""A whole log under examination: whatever was changed in it is refused at its step and named."""

from __future__ import annotations

import random
import re

import pytest

from core.evidence.canonical import canonical
from core.evidence.log import whole
from core.evidence.log.checkpoints import Checkpoint
from core.evidence.log.examination import Known, KnownCheckpoint
from core.evidence.log.merkle import root_of
from core.evidence.log.tiles import packed, unpacked
from core.evidence.log.whole import examine_log
from tests.core.evidence.log.oracle import Kept
from tests.core.evidence.log.samples import ENTRIES, ORIGIN, SIZE, TREE, Witness, checkpoint_at, files_of, known
from tests.core.evidence.samples import STRANGER
from tests.support.clock import nth_id

FILES = files_of()


def refused(files: dict[str, bytes], step: str, by: Known | None = None) -> str:
    report, log = examine_log(files.get, by or known())
    assert not report.ok and log is None
    assert report.failure and report.failure.name == step, report.failure
    return report.failure.detail


def seen(size: int, tree: Kept = TREE, origin: str = ORIGIN) -> Known:
    return known(checkpoints=(KnownCheckpoint(Checkpoint(origin, size, root_of(size, tree)), "the last one seen"),))


def test_a_whole_log_holds_in_every_step() -> None:
    report, log = examine_log(FILES.get, seen(100))
    assert report.ok and log is not None
    assert [step.number for step in report.steps] == list(range(1, 8))
    assert re.findall(r"^ ?(\d+)\. ", whole.__doc__ or "", re.MULTILINE) == [str(each.number) for each in report.steps]
    assert "294 release_decision" in report.steps[4].detail
    assert "100 entries of the last one seen" in report.steps[6].detail
    assert (log.origin, log.size, log.root_at(SIZE), log.root_at(SIZE + 1)) == (ORIGIN, SIZE, TREE.frontier.root, None)
    assert [log.place_of(ENTRIES[7]), log.place_of(b"{}")] == [7, None]


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257])
def test_logs_of_every_size_hold(size: int) -> None:
    assert examine_log(files_of(ENTRIES[:size]).get, known())[0].ok


def test_a_folder_without_a_log_is_refused() -> None:
    assert "not a signed note" in refused({}, "signed checkpoint")


def test_a_stranger_cannot_sign_a_log() -> None:
    refused(files_of(signer=STRANGER), "signed checkpoint")


@pytest.mark.parametrize("path", sorted(FILES.keys() - {"checkpoint"}))
def test_a_missing_file_is_named(path: str) -> None:
    files = {name: content for name, content in FILES.items() if name != path}
    assert refused(files, "every entry" if "entries" in path else "tiles") == f"{path} is missing"


def test_one_flipped_bit_anywhere_is_noticed_and_the_file_named() -> None:
    chance = random.Random(7)
    for path, content in FILES.items():
        for _ in range(12):
            place = chance.randrange(len(content))
            flipped = content[:place] + bytes([content[place] ^ (1 << chance.randrange(8))]) + content[place + 1 :]
            report, _log = examine_log((FILES | {path: flipped}).get, known())
            assert report.failure is not None, (path, place)
            assert path == "checkpoint" or path in report.failure.detail, (path, report.failure)


def test_a_changed_entry_is_named_by_its_number() -> None:
    changed = [*ENTRIES[:100], ENTRIES[100].replace(b"sha256:", b"sha256;"), *ENTRIES[101:256]]
    detail = refused(FILES | {"tile/entries/000": packed(changed)}, "tiles")
    assert detail == "tile/0/000: hash 100 is not that of entry 100 in tile/entries/000"


def test_entries_in_another_order_are_noticed() -> None:
    swapped = [ENTRIES[1], ENTRIES[0], *ENTRIES[2:256]]
    assert "entry 0" in refused(FILES | {"tile/entries/000": packed(swapped)}, "tiles")
    all_rewritten = files_of([ENTRIES[1], ENTRIES[0], *ENTRIES[2:]]) | {"checkpoint": FILES["checkpoint"]}
    assert "another order" in refused(all_rewritten, "root hash")


def test_a_tile_above_the_leaves_is_checked_too() -> None:
    wrong = FILES["tile/1/000.p/1"][:-1] + b"\0"
    assert (
        refused(FILES | {"tile/1/000.p/1": wrong}, "tiles") == "tile/1/000.p/1: hash 0 is not that of entries 0 to 255"
    )
    assert "bytes" in refused(FILES | {"tile/1/000.p/1": wrong + b"\0"}, "tiles")


def test_too_few_and_too_many_entries_are_noticed() -> None:
    entries = unpacked(FILES["tile/entries/001.p/44"])
    for wrong in (entries[:-1], [*entries, b"{}"]):
        assert "entries, not 44" in refused(FILES | {"tile/entries/001.p/44": packed(wrong)}, "every entry")
    assert "inside" in refused(FILES | {"tile/entries/000": FILES["tile/entries/000"][:-1]}, "every entry")


def test_a_decision_cannot_be_there_twice() -> None:
    assert "same packet as entry 0" in refused(files_of([*ENTRIES[:3], ENTRIES[0]]), "kinds of entries")


@pytest.mark.parametrize("entry", [b"", b"[]", b"{}", b"no", canonical({"type": ["a"], "version": "1"}), b"[" * 90_000])
def test_an_entry_of_no_known_kind_is_noticed(entry: bytes) -> None:
    if len(entry) > 65_535:
        entry = entry[:65_535]
    assert "entry 1" in refused(files_of([ENTRIES[0], entry]), "kinds of entries")


def test_packets_of_odd_ids_are_compared_as_well() -> None:
    odd = canonical({"type": "release_decision", "version": "1", "packetId": [str(nth_id(1))]})
    assert "same packet" in refused(files_of([odd, odd]), "kinds of entries")


def test_witnesses_that_are_asked_for_must_have_cosigned() -> None:
    witness = Witness()
    text = checkpoint_at().partition("\n\n")[0] + "\n"
    cosigned = FILES | {"checkpoint": FILES["checkpoint"] + witness.line(text).encode()}
    assert examine_log(cosigned.get, known(witnesses=(witness.key,)))[0].ok
    assert "w1" in refused(FILES, "witnesses", known(witnesses=(witness.key,)))


def test_a_log_that_was_shortened_and_signed_again_is_noticed() -> None:
    shorter = files_of(ENTRIES[:-1])
    assert examine_log(shorter.get, known())[0].ok, "by itself there is nothing wrong with it"
    assert "shortened" in refused(shorter, "nothing taken back", seen(SIZE))


def test_a_log_that_was_rewritten_and_signed_again_is_noticed() -> None:
    for rewritten in (
        [*ENTRIES[:20], *ENTRIES[21:], ENTRIES[20]],
        [ENTRIES[1], ENTRIES[0], *ENTRIES[2:]],
        [*ENTRIES[:-1], canonical({"type": "audit_entry", "version": "1", "action": "made up"})],
    ):
        forked = files_of(rewritten)
        assert examine_log(forked.get, known())[0].ok, "by itself there is nothing wrong with it"
        assert "forked" in refused(forked, "nothing taken back", seen(SIZE))
    longer = files_of([*ENTRIES[:-1], canonical({"type": "audit_entry", "version": "1"}), ENTRIES[-1]])
    assert "forked" in refused(longer, "nothing taken back", seen(SIZE))


def test_what_was_seen_of_another_log_says_nothing() -> None:
    assert examine_log(files_of(ENTRIES[:5]).get, seen(SIZE, origin="example.com/other"))[0].ok
