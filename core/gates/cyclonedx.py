"""What scan reports and VEX documents in CycloneDX (https://cyclonedx.org/docs/1.7/json/) have in common.

Read by models of our own, not by cyclonedx-python-lib: that takes seconds for thousands of vulnerabilities, keeps one
of several equal ratings, and does not say where a document is wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal, NamedTuple
from urllib.parse import unquote

from packageurl import PackageURL
from pydantic import Field

from core.gates.documents import CamelPart, LongMaybe, Many, Maybe


class Component(CamelPart):
    """A component, with those inside of it."""

    name: Maybe = ""
    group: Maybe = ""
    version: Maybe = ""
    purl: LongMaybe = ""
    bom_ref: LongMaybe = Field(default="", alias="bom-ref")
    components: Many[Component]


class Affected(CamelPart):
    """What a vulnerability is in."""

    ref: LongMaybe = ""


class Bom(CamelPart):
    """What every document in CycloneDX has."""

    bom_format: Literal["CycloneDX"]
    spec_version: Literal["1.4", "1.5", "1.6", "1.7"]


class Package(NamedTuple):
    """A component as a finding names it."""

    name: str
    version: str
    purl: str = ""


def is_cyclonedx(tree: dict[str, Any]) -> bool:
    """Whether a document says that it is in CycloneDX."""
    return "bomFormat" in tree


def packages_by_ref(components: Iterable[Component]) -> dict[str, Package]:
    """Every component, also those inside of others, by what it is referred to by."""
    return {each.bom_ref or each.purl: _package(each) for each in _all(components) if each.bom_ref or each.purl}


def package_at(ref: str, known: dict[str, Package]) -> Package:
    """What a reference stands for: a component here or in another document (`urn:cdx:...#ref`), or a package URL."""
    if ref in known:
        return known[ref]
    name = unquote(ref.partition("#")[2]) if ref.startswith("urn:cdx:") else ref
    try:
        purl = PackageURL.from_string(name)
    except ValueError:
        return Package(name, "")
    return Package("/".join(filter(None, (purl.namespace, purl.name))), purl.version or "", name)


def _all(components: Iterable[Component]) -> Iterator[Component]:
    for each in components:
        yield each
        yield from _all(each.components)


def _package(component: Component) -> Package:
    name = "/".join(filter(None, (component.group, component.name)))
    return Package(name, component.version, component.purl)
