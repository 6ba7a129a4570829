"""Which artifacts change from one release to another."""

from __future__ import annotations

from core.domain.comparing import ArtifactChanges, artifact_changes
from core.domain.release import Artifact, Release
from tests.support.clock import MORNING, nth_id

A, B = "sha256:" + "a" * 64, "sha256:" + "b" * 64


def release(*artifacts: tuple[str, str]) -> Release:
    return Release(nth_id(1), "shop-1", "shop", "1", MORNING, tuple(Artifact(*each) for each in artifacts))


def test_artifacts_are_changed_new_gone_or_the_same() -> None:
    before = release(("image", A), ("chart", A), ("old", A))
    after = release(("image", B), ("chart", A), ("new", A))
    assert artifact_changes(before, after) == ArtifactChanges(("image",), ("new",), ("old",), ("chart",))


def test_a_version_behind_the_name_is_no_part_of_it_and_a_port_is() -> None:
    before = release(("registry.example.com:5000/shop:1.3.0", A))
    after = release(("registry.example.com:5000/shop:1.4.0", B))
    assert artifact_changes(before, after).changed == ("registry.example.com:5000/shop",)


def test_one_name_with_several_versions_is_one_artifact() -> None:
    before, after = release(("shop:amd64", A), ("shop:arm64", B)), release(("shop:arm64", B), ("shop:amd64", A))
    assert artifact_changes(before, after).unchanged == ("shop",)


def test_nothing_is_compared_with_nothing() -> None:
    assert artifact_changes(release(), release()) == ArtifactChanges()
