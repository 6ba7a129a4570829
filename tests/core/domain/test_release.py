from __future__ import annotations

from typing import Any

import pytest

from core.domain.release import (
    MAX_ARTIFACTS,
    MAX_AUTHORS,
    MAX_COUNT,
    Artifact,
    Deployment,
    DeploymentStatus,
    Release,
    ScanReport,
)
from core.errors import InvalidError
from tests.support.clock import MORNING, nth_id

DIGEST = "sha256:" + "ab" * 32
SEVERITIES = ("critical", "high", "medium", "low", "unknown")


def release(**changes: Any) -> Release:
    given: dict[str, Any] = {
        "id": nth_id(1),
        "name": "shop-1.4.0",
        "component": "shop",
        "version": "1.4.0",
        "created_at": MORNING,
    }
    return Release(**(given | changes))


def deployment(**changes: Any) -> Deployment:
    return Deployment(nth_id(1), nth_id(2), nth_id(3), DeploymentStatus.DEPLOYED, MORNING, **changes)


@pytest.mark.parametrize("digest", [DIGEST, "sha384:" + "0" * 96, "sha512:" + "f" * 128])
def test_an_artifact_is_named_by_a_strong_digest(digest: str) -> None:
    assert Artifact("shop", digest).digest == digest


@pytest.mark.parametrize(
    "digest",
    [
        "",
        "ab" * 32,
        "md5:" + "a" * 32,
        "sha256:" + "AB" * 32,
        "sha256:" + "a" * 63,
        "sha256:" + "a" * 65,
        f"{DIGEST}\n",
        f" {DIGEST}",
        "sha512:" + "a" * 64,
    ],
)
def test_what_is_no_digest_is_refused_with_how_to_write_one(digest: str) -> None:
    with pytest.raises(InvalidError) as caught:
        Artifact("shop", digest)

    assert caught.value.field == "artifacts.digest"
    assert caught.value.hint == "Write sha256: and 64 lower-case hex digits."


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"component": "sh\u200bop"}, "component"),
        ({"version": "x" * 101}, "version"),
        ({"source_ref": "x" * 501}, "sourceRef"),
        ({"authors": ("a" * 255,)}, "authors"),
        ({"authors": tuple(f"a{n}" for n in range(MAX_AUTHORS + 1))}, "authors"),
        ({"artifacts": tuple(Artifact(f"a{n}", DIGEST) for n in range(MAX_ARTIFACTS + 1))}, "artifacts"),
        ({"artifacts": (Artifact("shop", DIGEST), Artifact("shop", "sha256:" + "0" * 64))}, "artifacts.name"),
    ],
)
def test_a_release_that_makes_no_sense_is_refused_by_the_name_of_the_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidError) as caught:
        release(**changes)

    assert caught.value.field == field


def test_two_artifacts_may_be_the_same_thing_under_two_names() -> None:
    assert len(release(artifacts=(Artifact("shop", DIGEST), Artifact("shop-debug", DIGEST))).artifacts) == 2


@pytest.mark.parametrize("severity", SEVERITIES)
@pytest.mark.parametrize("count", [-1, MAX_COUNT + 1])
def test_a_count_of_findings_is_neither_negative_nor_absurd(severity: str, count: int) -> None:
    counts: dict[str, Any] = {severity: count}
    with pytest.raises(InvalidError) as caught:
        ScanReport(nth_id(1), nth_id(2), "trivy", MORNING, **counts)

    assert caught.value.field == f"{severity}Count"


@pytest.mark.parametrize("severity", SEVERITIES)
def test_a_count_may_be_as_large_as_allowed(severity: str) -> None:
    counts: dict[str, Any] = {severity: MAX_COUNT}

    assert getattr(ScanReport(nth_id(1), nth_id(2), "trivy", MORNING, **counts), severity) == MAX_COUNT


@pytest.mark.parametrize("url", ["", "https://ci.example.com/run/7?x=1#step", "http://10.0.0.1:8080/"])
def test_a_deployment_links_to_a_web_page_or_nowhere(url: str) -> None:
    assert deployment(external_url=url).external_url == url


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "ftp://example.com",
        "ci.example.com",
        "https://",
        "https://example.com/a b",
        "https://example.com/|pretty words>",
        "https://example.com/<!channel>",
        "https://example.com/\nhttps://evil.example",
        "HTTPS//example.com",
        "https://example.com/" + "x" * 2000,
    ],
)
def test_a_link_that_could_be_something_else_in_slack_is_refused(url: str) -> None:
    with pytest.raises(InvalidError) as caught:
        deployment(external_url=url)

    assert caught.value.field == "externalUrl"


def test_the_deployers_message_is_text() -> None:
    assert deployment(message=" rolled out\n").message == "rolled out"
    with pytest.raises(InvalidError):
        deployment(message="a\0b")
