"""VEX documents of both formats."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from core.domain.vex import VexStatus
from core.errors import InvalidError
from core.gates.vex.reading import read_vex
from tests.core.gates.reports.samples import CYCLONEDX, OPENSSL, TRIVY, written
from tests.core.gates.vex.samples import CYCLONEDX_VEX, OPENVEX, saying
from tests.support.clock import MORNING


def test_the_real_document_is_read(shared_data: Path) -> None:
    read = read_vex((shared_data / "scans" / "openvex-trivy-fixture.json").read_bytes(), MORNING)

    (statement,) = read.statements
    assert (read.format, read.author) == ("openvex", "Aqua Security")
    assert (statement.vulnerabilities, statement.status) == (("cve-2022-23628",), VexStatus.NOT_AFFECTED)
    assert statement.packages == ("pkg:golang/github.com/open-policy-agent/opa@v0.35.0",)
    assert statement.at.isoformat() == "2024-07-09T07:38:00.115697+00:00"


def test_openvex_statements_inherit_author_and_time() -> None:
    first, second = read_vex(written(OPENVEX), MORNING).statements

    assert first.author == second.author == "Example Security"
    assert first.at.isoformat() == "2026-01-09T08:00:00+00:00"
    assert second.at.isoformat() == "2026-01-09T09:00:00+00:00"
    assert first.vulnerabilities == ("cve-2024-0001", "ghsa-aaaa-bbbb-cccc")
    assert first.products == (OPENSSL,)
    assert (second.status, second.products) == (VexStatus.UNDER_INVESTIGATION, ())


def test_cyclonedx_states_become_statuses() -> None:
    read = read_vex(written(CYCLONEDX_VEX), MORNING)

    told = [(each.vulnerabilities[0], each.status, each.justification) for each in read.statements]
    assert told == [
        ("cve-2024-0001", VexStatus.NOT_AFFECTED, "code_not_reachable"),
        ("cve-2024-0002", VexStatus.FIXED, ""),
        ("cve-2024-0003", VexStatus.NOT_AFFECTED, "false_positive"),
        ("cve-2024-0004", VexStatus.UNDER_INVESTIGATION, ""),
    ]
    assert read.author == "Example Security"
    assert read.statements[0].products == (OPENSSL,)
    assert read.statements[1].products == ("pkg:deb/debian/zlib@1.2",)


def _changed(document: dict[str, Any], place: list[Any], value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(document)
    spot = changed
    for key in place[:-1]:
        spot = spot[key]
    spot[place[-1]] = value
    return changed


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (TRIVY, "no VEX document"),
        (CYCLONEDX, "states nothing"),
        (OPENVEX | {"statements": []}, "no statements"),
        (OPENVEX | {"author": ""}, "author must not be empty"),
        (OPENVEX | {"@context": "https://example.com"}, "@context must begin with"),
        (_changed(OPENVEX, ["statements", 0, "status"], "fine"), "status must be one of"),
        (saying("not_affected", impact_statement=None), "without a justification"),
        (_changed(OPENVEX, ["statements", 0, "justification"], "trust me"), "justification must be one of"),
        (_changed(OPENVEX, ["statements", 0, "vulnerability"], {}), "vulnerability has no name"),
        (_changed(OPENVEX, ["statements", 0, "products"], [{}]), "a product without @id"),
        (_changed(OPENVEX, ["timestamp"], "soon"), "no time of RFC 3339"),
        (_changed(CYCLONEDX_VEX, ["vulnerabilities", 0, "analysis", "state"], "fine"), "state must be one of"),
        (_changed(CYCLONEDX_VEX, ["metadata", "authors"], []), "does not say who"),
        (_changed(CYCLONEDX_VEX, ["vulnerabilities"], [{"id": "CVE-1"}]), "states nothing"),
    ],
)
def test_what_says_nothing_that_can_be_relied_on_is_refused(document: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidError, match=words):
        read_vex(written(document), MORNING)
