"""CISA's catalogue of known exploited vulnerabilities, as its JSON file has it.

https://www.cisa.gov/known-exploited-vulnerabilities-catalog; the file says how many entries it has, so one that was cut
short is noticed even where it is whole JSON.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pydantic import Field

from core.domain.known_exploited import MAX_KNOWN_EXPLOITED
from core.errors import InvalidError
from core.gates.documents import CamelPart, Maybe, Named, json_object, moment_in, part_of


class _Vulnerability(CamelPart):
    cve_id: Named = Field(alias="cveID")


class _Catalogue(CamelPart):
    catalog_version: Named
    date_released: Maybe = ""
    count: int
    vulnerabilities: list[_Vulnerability]


@dataclass(frozen=True, slots=True)
class ReadCatalogue:
    """The catalogue as read; `ids` in small letters."""

    version: str
    released_at: datetime | None
    ids: frozenset[str]


def read_catalogue(source: bytes) -> ReadCatalogue:
    """Read the catalogue. Raises InvalidError that says what is wrong, also for one without entries."""
    tree = json_object(source)
    if "vulnerabilities" not in tree or "catalogVersion" not in tree:
        message = "The document is no catalogue of known exploited vulnerabilities"
        raise InvalidError(message, hint="Send CISA's known_exploited_vulnerabilities.json as it is.")
    catalogue = part_of(_Catalogue, tree)
    ids = frozenset(each.cve_id.casefold() for each in catalogue.vulnerabilities)
    if len(catalogue.vulnerabilities) != catalogue.count:
        found = len(catalogue.vulnerabilities)
        raise InvalidError(f"The catalogue has {found} entries and says it has {catalogue.count}", field="count")
    if not 0 < len(ids) <= MAX_KNOWN_EXPLOITED:
        message = f"The catalogue has {len(ids)} entries; 1 to {MAX_KNOWN_EXPLOITED} are taken"
        raise InvalidError(message, field="vulnerabilities")
    return ReadCatalogue(catalogue.catalog_version, moment_in(catalogue.date_released, "dateReleased"), ids)
