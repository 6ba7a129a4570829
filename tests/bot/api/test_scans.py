"""Scan reports, VEX and known exploited vulnerabilities over REST."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientSession, web

from bot.api import add_api
from tests.bot.api.conftest import Api, serving
from tests.core.gates.reports.samples import COUNTS, CYCLONEDX, GRYPE, SARIF, TRIVY, written
from tests.core.gates.reports.test_reading import SHARED
from tests.core.gates.test_kev import CATALOGUE
from tests.core.gates.vex.samples import OPENVEX

NONE = dict.fromkeys(("criticalCount", "highCount", "mediumCount", "lowCount", "unknownCount"), 0)


def counts_of(body: dict[str, Any]) -> dict[str, int]:
    return {name.removesuffix("Count"): body[name] for name in NONE if body[name]}


@pytest.mark.parametrize("name", SHARED)
async def test_real_reports_have_the_counts_that_their_readme_says(api: Api, shared_data: Path, name: str) -> None:
    path = f"/releases/{await api.release()}/scan-reports"
    submitted = await api.call("ci", "POST", path, (shared_data / "scans" / name).read_bytes())

    assert submitted.status == 201, submitted.body
    assert (submitted.body["format"], counts_of(submitted.body)) == SHARED[name]
    assert submitted.headers["Location"] == f"/api/v1/scan-reports/{submitted.body['id']}"
    found = await api.call("dave", "GET", f"/scan-reports/{submitted.body['id']}/findings?pageSize=100")
    assert found.body["meta"]["totalCount"] == sum(SHARED[name][1].values())


async def test_the_real_vex_document_takes_the_medium_one_out_and_leaves_the_unknown_ones(
    api: Api, shared_data: Path
) -> None:
    release = await api.release()
    scans = shared_data / "scans"
    report = await api.call(
        "ci", "POST", f"/releases/{release}/scan-reports", (scans / "trivy-gomod.json").read_bytes()
    )
    document = (scans / "openvex-trivy-fixture.json").read_bytes()
    vex = await api.call("ci", "POST", f"/releases/{release}/vex", document)
    assert (report.status, vex.status) == (201, 201)

    wanted = {"releaseId": str(release), "targetEnvironmentId": str(api.production)}
    asked = await api.call("alice", "POST", "/promotions", wanted, {"Prefer": "wait=5"})

    details = asked.body["gates"][0]["details"]
    assert (details["mediumCount"], details["unknownCount"]) == (0, 2)
    (row,) = details["vex"]
    assert (row["id"], row["author"]) == ("CVE-2022-23628", "Aqua Security")
    assert row["justification"] == "vulnerable_code_not_in_execute_path"
    found = await api.call("dave", "GET", f"/scan-reports/{report.body['id']}/findings?severity=medium")
    assert found.body["data"][0]["vex"].items() >= {"status": "not_affected", "takesOut": True}.items()


@pytest.mark.parametrize(
    ("document", "media_type"),
    [
        (TRIVY, "application/json"),
        (GRYPE, "application/json; charset=utf-8"),
        (SARIF, "application/sarif+json"),
        (CYCLONEDX, "application/vnd.cyclonedx+json"),
        (COUNTS, "application/json"),
    ],
)
async def test_every_format_is_taken_as_it_comes(api: Api, document: dict[str, Any], media_type: str) -> None:
    path = f"/releases/{await api.release()}/scan-reports"

    reply = await api.call("ci", "POST", path, written(document), {"Content-Type": media_type})

    assert (reply.status, counts_of(reply.body)) == (201, {"critical": 1, "low": 1})


async def test_reports_on_several_images_have_names_of_their_own(api: Api) -> None:
    path = f"/releases/{await api.release()}/scan-reports"
    for name in ("trivy%20api", "trivy%20web"):
        assert (await api.call("ci", "POST", f"{path}?scanner={name}", TRIVY)).status == 201

    listed = await api.call("dave", "GET", path)

    assert [(each["scanner"], each["holds"]) for each in listed.body["data"]] == [
        ("trivy web", True),
        ("trivy api", True),
        ("trivy", True),
    ]
    one = await api.call("dave", "GET", f"/scan-reports/{listed.body['data'][0]['id']}")
    assert one.body == listed.body["data"][0]
    assert (await api.call("ci", "POST", f"{path}?scanner=%00", TRIVY)).status == 400


async def test_findings_are_paged_and_filtered_and_show_what_is_said_of_them(api: Api) -> None:
    release = await api.release()
    report = await api.call("ci", "POST", f"/releases/{release}/scan-reports", TRIVY)
    path = f"/scan-reports/{report.body['id']}/findings"
    waived = {"vulnerabilityId": "CVE-2024-0002", "component": "myapp", "environmentId": str(api.production)}
    ends = {"reason": "Not reachable", "endsAt": "2026-05-01T00:00:00Z"}
    assert (await api.call("root", "POST", "/waivers", {**waived, **ends})).status == 201
    assert (await api.call("ci", "POST", f"/releases/{release}/vex", OPENVEX)).status == 201

    first, second = (await api.call("dave", "GET", path)).body["data"]

    assert (first["vex"]["explanation"], first["waivers"]) == ("TLS ends before us", [])
    assert (second["vex"]["status"], second["vex"]["takesOut"]) == ("under_investigation", False)
    assert second["waivers"][0]["createdBy"] == "Root"
    only = await api.call("dave", "GET", f"{path}?severity=critical,high&pageSize=1")
    assert ([each["id"] for each in only.body["data"]], only.body["meta"]["totalCount"]) == (["CVE-2024-0001"], 1)
    assert (await api.call("dave", "GET", f"{path}?severity=awful")).body["field"] == "severity"
    (document,) = (await api.call("dave", "GET", f"/releases/{release}/vex")).body
    assert [each["status"] for each in document["statements"]] == ["not_affected", "under_investigation"]


@pytest.mark.parametrize("path", ["scan-reports", "vex"])
@pytest.mark.parametrize("source", [b"", b"[]", b"{", b'{"a":1,"a":1}', b'{"a":NaN}', b'{"a":' + b"[" * 9999, b"\xff"])
async def test_what_is_no_document_is_refused_and_nothing_stored(api: Api, path: str, source: bytes) -> None:
    release = await api.release()

    reply = await api.call("ci", "POST", f"/releases/{release}/{path}", source)

    assert (reply.status, reply.code) == (400, "invalid_request")
    assert reply.body["detail"]
    assert (await api.call("dave", "GET", f"/releases/{release}/vex")).body == []
    assert (await api.call("dave", "GET", f"/releases/{release}/scan-reports")).body["meta"]["totalCount"] == 1


async def test_a_fault_names_its_format_and_field(api: Api) -> None:
    broken = {"SchemaVersion": 2, "Results": [{"Vulnerabilities": [{"VulnerabilityID": 7, "PkgName": "x"}]}]}

    reply = await api.call("ci", "POST", f"/releases/{await api.release()}/scan-reports", broken)

    assert (reply.status, reply.body["format"]) == (400, "Trivy")
    assert reply.body["field"] == "Results[0].Vulnerabilities[0].VulnerabilityID"


@pytest_asyncio.fixture
async def narrow(api: Api) -> Any:
    """The same API where documents may have 1000 bytes."""
    app = web.Application()
    add_api(app, api.countersign, document_limit=1000)
    async with serving(app) as address, ClientSession() as session:
        yield Api(address, session, api.countersign, api.clock, api.tokens)


async def test_a_document_beyond_the_limit_is_refused_also_when_it_comes_compressed(api: Api, narrow: Api) -> None:
    path = f"/releases/{await api.release()}/scan-reports"
    big = written(COUNTS) + b" " * 1000

    plain = await narrow.call("ci", "POST", path, big)
    packed = await narrow.call("ci", "POST", path, gzip.compress(big), {"Content-Encoding": "gzip"})

    assert (plain.status, packed.status) == (413, 413)
    assert plain.body["limit"] == 1000
    assert (await narrow.call("ci", "POST", path, written(COUNTS))).status == 201
    assert (await narrow.call("ci", "POST", path, b"x", {"Content-Type": "text/plain"})).status == 415


async def test_the_same_key_gives_the_same_report(api: Api) -> None:
    path, key = f"/releases/{await api.release()}/scan-reports", {"Idempotency-Key": "build-7"}

    first, second = [await api.call("ci", "POST", path, TRIVY, key) for _ in range(2)]

    assert (first.status, first.body) == (second.status, second.body)
    assert second.headers["Idempotency-Replayed"] == "true"
    assert (await api.call("ci", "POST", path, GRYPE, key)).status == 422


async def test_the_catalogue_is_imported_by_administrators_and_shown_to_all(api: Api) -> None:
    assert (await api.call("dave", "GET", "/known-exploited")).status == 404
    assert (await api.call("ci", "POST", "/known-exploited", CATALOGUE)).status == 403
    assert (await api.call("root", "POST", "/known-exploited", CATALOGUE | {"count": 9})).status == 400

    made = await api.call("root", "POST", "/known-exploited", CATALOGUE)

    assert (made.status, made.body["count"], made.body["importedBy"]) == (201, 2, "Root")
    assert (await api.call("dave", "GET", "/known-exploited")).body == made.body
