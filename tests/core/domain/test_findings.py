from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.domain.findings import SEVERITIES, Finding, Severity, combined, counted, worst_of

findings = st.lists(
    st.builds(
        Finding,
        st.sampled_from(["CVE-1", "cve-1", "CVE-2"]),
        st.sampled_from(Severity),
        st.sampled_from(["zlib", "openssl"]),
        st.sampled_from(["1", "2"]),
        st.sampled_from(["", "3"]),
    ),
    max_size=12,
)


def test_severities_are_ranked_with_the_unknown_ones_last() -> None:
    assert [severity.rank for severity in SEVERITIES] == [4, 3, 2, 1, 0]


@given(findings)
def test_each_finding_is_there_once_at_its_worst(rows: list[Finding]) -> None:
    once = combined(rows)

    assert {finding.key for finding in once} == {finding.key for finding in rows}
    for finding in once:
        same = [row for row in rows if row.key == finding.key]
        assert finding.severity.rank == max(row.severity.rank for row in same)
        assert bool(finding.fixed_version) is any(row.fixed_version for row in same)
    assert list(once) == sorted(once, key=lambda each: -each.severity.rank)
    assert len(once) == len({finding.key for finding in once})


@given(findings, findings)
def test_combining_more_reports_never_makes_it_better(some: list[Finding], others: list[Finding]) -> None:
    before, after = counted(combined(some)), counted(combined([*some, *others]))
    severities = list(SEVERITIES)

    for place in range(1, len(severities) + 1):
        worse = severities[:place]
        assert sum(after[each] for each in worse) >= sum(before[each] for each in worse)


def test_the_worst_of_counts_is_taken_for_each_severity() -> None:
    one, other = counted([Finding("CVE-1", Severity.HIGH, "a", "1")]), counted([])

    assert worst_of(one, other, other)[Severity.HIGH] == 1
    assert worst_of() == dict.fromkeys(Severity, 0)
