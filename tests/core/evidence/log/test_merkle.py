from __future__ import annotations

import json
from base64 import b64decode
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from core.evidence.log.merkle import (
    EMPTY_ROOT,
    Node,
    consistency_holds,
    consistency_path,
    covering,
    hashes_of,
    inclusion_holds,
    inclusion_path,
    leaf_hash,
    root_of,
)
from tests.core.evidence.log import oracle
from tests.core.evidence.log.oracle import Kept

LEAVES = [f"leaf {number}".encode() for number in range(140)]
TREE = Kept(LEAVES)
sizes = st.integers(1, len(LEAVES))


def vectors(folder: Path, *kinds: str) -> list[tuple[str, dict[str, Any]]]:
    found = [file for kind in kinds for file in sorted((folder / kind).rglob("*.json"))]
    return [(str(file.relative_to(folder)), json.loads(file.read_text())) for file in found]


def proof_of(vector: dict[str, Any]) -> list[bytes]:
    return [b64decode(each) for each in vector["proof"] or ()]


def test_every_published_inclusion_vector_is_judged_as_published(shared_data: Path) -> None:
    judged = vectors(shared_data / "vectors" / "merkle-rfc6962", "inclusion")
    assert len(judged) > 90
    wrong = [
        name
        for name, each in judged
        if inclusion_holds(
            b64decode(each["leafHash"] or ""),
            each["leafIdx"],
            each["treeSize"],
            proof_of(each),
            b64decode(each["root"] or ""),
        )
        is each["wantErr"]
    ]
    assert not wrong


def test_every_published_consistency_vector_is_judged_as_published(shared_data: Path) -> None:
    judged = vectors(shared_data / "vectors" / "merkle-rfc6962", "consistency")
    assert len(judged) > 80
    wrong = [
        name
        for name, each in judged
        if consistency_holds(
            each["size1"], each["size2"], b64decode(each["root1"] or ""), b64decode(each["root2"] or ""), proof_of(each)
        )
        is each["wantErr"]
    ]
    assert not wrong


def test_the_published_trees_have_their_roots(shared_data: Path) -> None:
    published = json.loads((shared_data / "vectors" / "merkle-rfc6962" / "roots.json").read_text())
    tree = Kept([bytes.fromhex(leaf) for leaf in published["leafInputsHex"]])
    roots = [root_of(size, tree).hex() for size in range(9)]
    assert roots == published["rootHashesHexBySize"]
    assert tree.frontier.root.hex() == roots[-1]


@given(sizes)
def test_the_root_of_every_size_is_as_defined(size: int) -> None:
    assert root_of(size, TREE) == oracle.mth(LEAVES[:size]) == Kept(LEAVES[:size]).frontier.root


def test_the_empty_tree_has_the_root_of_nothing() -> None:
    assert root_of(0, TREE) == Kept([]).frontier.root == EMPTY_ROOT == oracle.mth([])


@given(sizes, st.randoms(use_true_random=False))
def test_inclusion_proofs_are_as_defined_and_hold(size: int, chance: Any) -> None:
    index = chance.randrange(size)
    proof = hashes_of(inclusion_path(index, size), TREE)
    assert list(proof) == oracle.path(index, LEAVES[:size])
    assert inclusion_holds(leaf_hash(LEAVES[index]), index, size, proof, root_of(size, TREE))


@given(sizes, sizes)
def test_consistency_proofs_are_as_defined_and_hold(one: int, other: int) -> None:
    first, second = sorted((one, other))
    proof = hashes_of(consistency_path(first, second), TREE)
    assert list(proof) == oracle.proof(first, LEAVES[:second])
    assert consistency_holds(first, second, root_of(first, TREE), root_of(second, TREE), proof)


@settings(max_examples=300)
@given(sizes, st.randoms(use_true_random=False))
def test_a_proof_of_another_leaf_place_size_or_root_does_not_hold(size: int, chance: Any) -> None:
    index, place, leaf = chance.randrange(size), chance.randrange(size), chance.randrange(len(LEAVES))
    proof = list(hashes_of(inclusion_path(index, size), TREE))
    right = leaf == index and place == index
    assert inclusion_holds(leaf_hash(LEAVES[leaf]), place, size, proof, root_of(size, TREE)) is right
    assert not inclusion_holds(leaf_hash(LEAVES[index]), index, size, [*proof, EMPTY_ROOT], root_of(size, TREE))
    if proof:
        assert not inclusion_holds(leaf_hash(LEAVES[index]), index, size, proof[:-1], root_of(size, TREE))
        proof[chance.randrange(len(proof))] = EMPTY_ROOT
        assert not inclusion_holds(leaf_hash(LEAVES[index]), index, size, proof, root_of(size, TREE))


@given(sizes, sizes, st.randoms(use_true_random=False))
def test_two_histories_that_differ_are_never_consistent(one: int, other: int, chance: Any) -> None:
    first, second = sorted((one, other))
    changed = LEAVES[:second]
    changed[chance.randrange(first)] = b"rewritten"
    forked = Kept(changed)
    for proof in (hashes_of(consistency_path(first, second), tree) for tree in (TREE, forked)):
        assert not consistency_holds(first, second, root_of(first, TREE), forked.frontier.root, proof)


@given(st.integers(1, 10**12), st.integers(1, 10**6))
def test_proofs_of_large_trees_are_short(size: int, index: int) -> None:
    index %= size
    path = inclusion_path(index, size)
    assert len(path) <= 40
    leaves = sum(end - start for start, end in path) + 1
    assert leaves == size
    assert all(sum(1 << node.level for node in covering(span)) == span[1] - span[0] for span in path)


def test_covering_takes_the_largest_subtrees() -> None:
    assert list(covering((0, 7))) == [Node(2, 0), Node(1, 2), Node(0, 6)]
    assert list(covering((4, 6))) == [Node(1, 2)]
