from __future__ import annotations

from typing import Any

import pytest

from core.domain.findings import Finding, Severity
from core.domain.release import Artifact, Release
from core.domain.vex import VexStatus
from core.gates.vex.matching import by_vulnerability, holding
from tests.core.gates.reports.samples import OPENSSL
from tests.core.gates.vex.samples import a_document, saying
from tests.support.clock import MORNING, nth_id

DIGEST = "sha256:" + "ab" * 32
RELEASE = Release(nth_id(1), "shop-1", "shop", "1", MORNING, (Artifact("registry.example.com/shop", DIGEST),))
FOUND = Finding("CVE-2024-0001", Severity.HIGH, "openssl", "3.0.1", purl=OPENSSL)
BARE = FOUND._replace(purl="")


def status_of(*documents: dict[str, Any], finding: Finding = FOUND) -> VexStatus | None:
    kept = [a_document(content, number) for number, content in enumerate(documents)]
    said = holding(by_vulnerability(kept), finding, RELEASE)
    return said.statement.status if said else None


def product(name: str, *parts: str) -> list[dict[str, Any]]:
    return [{"@id": name, "subcomponents": [{"@id": part} for part in parts]}]


@pytest.mark.parametrize(
    ("products", "finding", "applies"),
    [
        ([], FOUND, True),
        (product("pkg:deb/debian/openssl@3.0.1"), FOUND, True),
        (product("pkg:deb/debian/openssl"), FOUND, True),
        (product("pkg:deb/debian/openssl@3.0.1?arch=amd64"), FOUND, True),
        (product("pkg:deb/debian/openssl@3.0.1?arch=arm64"), FOUND, False),
        (product("pkg:deb/debian/openssl@3.0.2"), FOUND, False),
        (product("pkg:deb/ubuntu/openssl@3.0.1"), FOUND, False),
        (product("pkg:rpm/debian/openssl@3.0.1"), FOUND, False),
        (product("openssl"), FOUND, True),
        (product("pkg:deb/debian/openssl@3.0.1"), BARE, True),
        (product("pkg:deb/debian/openssl@3.0.2"), BARE, False),
        (product("pkg:deb/debian/zlib@3.0.1"), BARE, False),
        (product("shop-1"), FOUND, True),
        (product("shop"), FOUND, True),
        (product("registry.example.com/shop"), FOUND, True),
        (product(f"pkg:oci/shop@{DIGEST}"), FOUND, True),
        (product(f"pkg:oci/shop@{DIGEST.replace('ab', 'cd')}"), FOUND, False),
        (product("another product"), FOUND, False),
        (product("another product", "pkg:deb/debian/openssl@3.0.1"), FOUND, True),
        (product("shop", "pkg:deb/debian/zlib@1.2"), FOUND, False),
        (product("pkg:nonsense"), FOUND, False),
    ],
)
def test_a_statement_is_about_what_its_products_name(
    products: list[dict[str, Any]], finding: Finding, applies: bool
) -> None:
    found = status_of(saying("not_affected", products=products), finding=finding)

    assert found is (VexStatus.NOT_AFFECTED if applies else None)


def test_letter_case_makes_no_other_vulnerability_but_another_one_does() -> None:
    assert status_of(saying("fixed", "cve-2024-0001")) is VexStatus.FIXED
    assert status_of(saying("fixed", "CVE-2024-00011")) is None


def test_an_alias_names_the_vulnerability_too() -> None:
    aliased = {"name": "GHSA-aaaa-bbbb-cccc", "aliases": ["CVE-2024-0001"]}

    assert status_of(saying("fixed", vulnerability=aliased)) is VexStatus.FIXED  # type: ignore[arg-type]


def test_the_newest_statement_holds_whatever_was_handed_in_last() -> None:
    newer = saying("affected", timestamp="2026-01-10T00:00:00Z")
    older = saying("not_affected", timestamp="2026-01-09T00:00:00Z")

    assert status_of(newer, older) is status_of(older, newer) is VexStatus.AFFECTED


def test_of_two_statements_of_one_moment_the_one_handed_in_last_holds() -> None:
    assert status_of(saying("not_affected"), saying("under_investigation")) is VexStatus.UNDER_INVESTIGATION
    assert status_of(saying("under_investigation"), saying("not_affected")) is VexStatus.NOT_AFFECTED
