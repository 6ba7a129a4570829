from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.domain.findings import Finding, Severity
from core.gates.weighing import weigh
from tests.core.domain.test_waiver import WENDY, a_waiver
from tests.core.gates.samples import RELEASE
from tests.core.gates.vex.samples import a_document, saying
from tests.support.clock import nth_id

IDS = ("CVE-2024-0001", "CVE-2024-0002", "CVE-2024-0003")
STATUSES = ("not_affected", "fixed", "affected", "under_investigation")


def found(id: str, package: str = "openssl") -> Finding:
    return Finding(id, Severity.HIGH, package, "1")


def test_vex_takes_out_and_a_waiver_takes_out_what_is_left() -> None:
    findings = [found(id) for id in IDS]
    waivers = [a_waiver(vulnerability=IDS[0]), a_waiver(vulnerability=IDS[1])]

    weighed = weigh(findings, RELEASE, [a_document(saying("not_affected"))], waivers)

    assert [finding.id for finding, _ in weighed.stated] == [IDS[0]]
    assert [finding.id for finding, _ in weighed.waived] == [IDS[1]]
    assert [finding.id for finding in weighed.counted] == [IDS[2]]


def test_a_waiver_by_whoever_asks_does_not_count_and_is_told() -> None:
    weighed = weigh([found(IDS[0])], RELEASE, waivers=[a_waiver()], requester=WENDY.id)

    assert [finding.id for finding in weighed.counted] == [IDS[0]]
    assert [waiver.created_by for _, waiver in weighed.not_theirs] == [WENDY]
    assert weigh([found(IDS[0])], RELEASE, waivers=[a_waiver()], requester=nth_id(99)).counted == ()


def test_of_several_waivers_the_one_that_lasts_longest_is_told() -> None:
    longer = a_waiver(id=nth_id(8), ends_at=a_waiver().ends_at + timedelta(hours=5))

    ((_, waiver),) = weigh([found(IDS[0])], RELEASE, waivers=[a_waiver(), longer]).waived

    assert waiver == longer


@given(
    st.dictionaries(st.sampled_from(IDS), st.sampled_from(STATUSES)),
    st.sets(st.tuples(st.sampled_from(IDS), st.sampled_from(("", "zlib")))),
)
def test_every_finding_is_in_one_heap_and_only_what_is_said_takes_it_out(
    said: dict[str, str], waived: set[tuple[str, str]]
) -> None:
    findings = [found(id, package) for id in IDS for package in ("openssl", "zlib")]
    documents = [a_document(saying(status, id)) for id, status in said.items()]
    waivers = [a_waiver(vulnerability=id, package=package) for id, package in waived]

    weighed = weigh(findings, RELEASE, documents, waivers)

    heaps = [weighed.counted, [each for each, _ in weighed.stated], [each for each, _ in weighed.waived]]
    assert sorted(finding for heap in heaps for finding in heap) == sorted(findings)
    for finding in findings:
        is_stated = said.get(finding.id) in {"not_affected", "fixed"}
        is_waived = bool({(finding.id, ""), (finding.id, finding.package)} & waived)
        assert (finding in weighed.counted) is not (is_stated or is_waived)
