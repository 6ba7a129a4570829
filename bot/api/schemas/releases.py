"""Releases."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from bot.api.schemas.base import ONE_PAGE, Address, Body, Listing, LongName, Name, ShortText, Shown, example, meta_of
from core.app.drafts import ReleaseDraft
from core.app.pages import Page
from core.domain.release import MAX_ARTIFACTS, MAX_AUTHORS, Artifact, Release

_DIGEST = r"^(sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})$"
_RELEASE_ID = "5a0c4d0e-51d2-4c6e-9a51-0f6f3f5b8a01"
_ARTIFACT = {
    "name": "registry.example.com/myapp",
    "digest": "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
}
_RELEASE = {
    "name": "myapp-v2.3.1",
    "component": "myapp",
    "version": "v2.3.1",
    "artifacts": [_ARTIFACT],
    "authors": ["alice@example.com"],
    "sourceRef": "git+https://git.example.com/myapp@8f3c2d1",
    "changesUrl": "https://git.example.com/myapp/compare/v2.3.0...v2.3.1",
}
_SHOWN = {"id": _RELEASE_ID, **_RELEASE, "createdAt": "2026-01-10T13:00:00Z"}


class ArtifactBody(Body):
    """One thing that is deployed, named by its digest."""

    model_config = example("ArtifactDraft", **_ARTIFACT)

    name: LongName = Field(description="Where the artifact is.")
    digest: str = Field(pattern=_DIGEST, description="`sha256:` and 64 lower-case hex digits; sha384 and sha512 alike.")


class ReleaseBody(Body):
    """A version of a component. It never changes once registered."""

    model_config = example("ReleaseDraft", **_RELEASE)

    component: Name = Field(description="What it is a version of.")
    version: Name = Field(description="Which version.")
    name: Name | None = Field(default=None, description="Unique. Left out: component-version.")
    artifacts: list[ArtifactBody] = Field(default=[], max_length=MAX_ARTIFACTS, description="Each name once.")
    authors: list[Address] = Field(default=[], max_length=MAX_AUTHORS, description="Who made the changes in it.")
    source_ref: ShortText = Field(default="", description="Where the source is, as your build system writes it.")
    changes_url: str = Field(
        default="",
        max_length=2000,
        description="An http or https address where people can read what is new in it: a diff, release notes.",
        pattern=r"^(https?://[^\s<>|\x00-\x1f\x7f-\x9f]+)?$",
    )

    def draft(self) -> ReleaseDraft:
        return ReleaseDraft(
            component=self.component,
            version=self.version,
            name=self.name or "",
            artifacts=tuple(Artifact(artifact.name, artifact.digest) for artifact in self.artifacts),
            authors=tuple(self.authors),
            source_ref=self.source_ref,
            changes_url=self.changes_url,
        )


class ArtifactShown(Shown):
    """One thing that is deployed, named by its digest."""

    model_config = example("Artifact", **_ARTIFACT)

    name: str
    digest: str


class ReleaseShown(Shown):
    """A version of a component."""

    model_config = example("Release", **_SHOWN)

    id: UUID
    name: str
    component: str
    version: str
    artifacts: list[ArtifactShown]
    authors: list[str]
    source_ref: str
    changes_url: str
    created_at: datetime


class ReleaseList(Listing[ReleaseShown]):
    """One page of releases, newest first."""

    model_config = example(data=[_SHOWN], meta=ONE_PAGE)


def release_of(release: Release) -> ReleaseShown:
    return ReleaseShown(
        id=release.id,
        name=release.name,
        component=release.component,
        version=release.version,
        artifacts=[ArtifactShown(name=artifact.name, digest=artifact.digest) for artifact in release.artifacts],
        authors=list(release.authors),
        source_ref=release.source_ref,
        changes_url=release.changes_url,
        created_at=release.created_at,
    )


def releases_of(page: Page[Release]) -> ReleaseList:
    return ReleaseList(data=[release_of(release) for release in page.items], meta=meta_of(page))
