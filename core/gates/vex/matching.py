"""Which VEX statement holds for which finding.

A statement is about a finding where it names its vulnerability, and

    its packages, where it has some, name the finding's package; the document was handed in for the release, so what
    the product around them is called does not matter;
    else its products name the finding's package, or the release itself: its name, its component, an artifact or
    its digest;
    a statement without either is about everything in the release.

Package URLs (https://github.com/package-url/purl-spec) match where type, namespace and name are the same, and version
and qualifiers too as far as the statement gives them. A finding without a package URL is matched by name and version.
What cannot be matched takes nothing out of the count.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from packageurl import PackageURL

from core.domain.findings import Finding
from core.domain.release import Release
from core.domain.vex import VexDocument, VexStatement


class Said(NamedTuple):
    """A statement, and the document that it stands in."""

    statement: VexStatement
    document: VexDocument


Statements = Mapping[str, tuple[Said, ...]]
"""Statements by the name of a vulnerability in small letters, the one that holds first."""


def by_vulnerability(documents: Iterable[VexDocument]) -> Statements:
    """Sort the statements of documents in the order in which they were handed in."""
    found: dict[str, list[tuple[int, Said]]] = defaultdict(list)
    for number, document in enumerate(documents):
        for statement in document.statements:
            for name in statement.vulnerabilities:
                found[name].append((number, Said(statement, document)))
    return {
        name: tuple(said for _, said in sorted(each, key=lambda entry: (entry[1].statement.at, entry[0]), reverse=True))
        for name, each in found.items()
    }


def holding(statements: Statements, finding: Finding, release: Release) -> Said | None:
    """The newest statement about a finding, whatever it says; None where nobody said anything."""
    candidates = statements.get(finding.id.casefold(), ())
    return next((said for said in candidates if _is_about(said.statement, finding, release)), None)


def _is_about(statement: VexStatement, finding: Finding, release: Release) -> bool:
    if statement.packages:
        return any(_names_package(name, finding) for name in statement.packages)
    if statement.products:
        return any(_names_package(name, finding) or _names_release(name, release) for name in statement.products)
    return True


def _names_package(name: str, finding: Finding) -> bool:
    wanted = _purl(name)
    if wanted is None:
        return name == finding.package
    found = _purl(finding.purl)
    if found is None:
        full = "/".join(filter(None, (wanted.namespace, wanted.name)))
        return finding.package in {full, wanted.name} and wanted.version in {None, finding.version}
    same = (wanted.type, wanted.namespace, wanted.name) == (found.type, found.namespace, found.name)
    qualifiers = dict(found.qualifiers)
    return (
        same
        and wanted.version in {None, found.version}
        and all(qualifiers.get(key) == value for key, value in dict(wanted.qualifiers).items())
    )


def _names_release(name: str, release: Release) -> bool:
    digests = {artifact.digest for artifact in release.artifacts}
    known = {release.name, release.component, *digests, *(artifact.name for artifact in release.artifacts)}
    purl = _purl(name)
    return name in known or (purl is not None and purl.version in digests)


@lru_cache(maxsize=4096)
def _purl(text: str) -> PackageURL | None:
    try:
        return PackageURL.from_string(text) if text.startswith("pkg:") else None
    except ValueError:
        return None
