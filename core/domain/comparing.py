"""What going from one release to another changes in artifacts."""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.domain.release import Artifact, Release

_TAG = re.compile(r"(?<=[^/]):[^/:@]+\Z")


@dataclass(frozen=True, slots=True)
class ArtifactChanges:
    """Names of artifacts that have another digest, are new, are gone, and stay byte for byte the same."""

    changed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()


def artifact_changes(before: Release, after: Release) -> ArtifactChanges:
    """Compare artifacts by name; a version behind the name (`registry/shop:1.4`) does not make it another one."""
    old, new = _by_name(before), _by_name(after)
    both = sorted(set(old) & set(new))
    return ArtifactChanges(
        changed=tuple(name for name in both if old[name] != new[name]),
        added=tuple(sorted(set(new) - set(old))),
        removed=tuple(sorted(set(old) - set(new))),
        unchanged=tuple(name for name in both if old[name] == new[name]),
    )


def _by_name(release: Release) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for artifact in release.artifacts:
        found.setdefault(_name(artifact), set()).add(artifact.digest)
    return found


def _name(artifact: Artifact) -> str:
    return _TAG.sub("", artifact.name)
