from __future__ import annotations

from typing import Any

import pytest

from core.errors import InvalidError
from core.gates.kev import read_catalogue
from tests.core.gates.reports.samples import TRIVY, written

CATALOGUE: dict[str, Any] = {
    "title": "CISA Catalog of Known Exploited Vulnerabilities",
    "catalogVersion": "2026.01.09",
    "dateReleased": "2026-01-09T16:00:45.1234Z",
    "count": 2,
    "vulnerabilities": [{"cveID": "CVE-2021-44228", "vendorProject": "Apache"}, {"cveID": "CVE-2024-0001"}],
}


def test_the_catalogue_is_read_with_its_version_and_ids() -> None:
    catalogue = read_catalogue(written(CATALOGUE))

    assert catalogue.version == "2026.01.09"
    assert catalogue.ids == {"cve-2021-44228", "cve-2024-0001"}
    assert catalogue.released_at is not None
    assert catalogue.released_at.year == 2026


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (CATALOGUE | {"count": 3}, "has 2 entries and says it has 3"),
        (CATALOGUE | {"count": 0, "vulnerabilities": []}, "has 0 entries"),
        (CATALOGUE | {"vulnerabilities": [{"cveID": 1}, {}]}, "must be text"),
        (CATALOGUE | {"dateReleased": "yesterday"}, "no time of RFC 3339"),
        (TRIVY, "no catalogue"),
    ],
)
def test_what_is_not_the_whole_catalogue_is_refused(document: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidError, match=words):
        read_catalogue(written(document))
