"""OpenVEX 0.2 (https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md).

A statement inherits author and time from its document. `not_affected` needs a justification or an impact statement.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from core.domain.vex import VexStatement, VexStatus
from core.errors import InvalidError
from core.gates.documents import LongMaybe, Many, Maybe, Named, Part, moment_in, part_of

FORMAT = "openvex"
NAMESPACE = "https://openvex.dev/ns"

_JUSTIFICATIONS = {
    "component_not_present",
    "vulnerable_code_not_present",
    "vulnerable_code_not_in_execute_path",
    "vulnerable_code_cannot_be_controlled_by_adversary",
    "inline_mitigations_already_exist",
}
_Id = Annotated[LongMaybe, Field(default="", alias="@id")]


class _Vulnerability(Part):
    at_id: _Id
    name: Maybe = ""
    aliases: Many[Named]


class _Identifiers(Part):
    purl: LongMaybe = ""


class _Component(Part):
    at_id: _Id
    identifiers: _Identifiers | None = None


class _Product(_Component):
    subcomponents: Many[_Component]


class _Statement(Part):
    vulnerability: _Vulnerability | Named
    products: Many[_Product]
    status: Named
    timestamp: Maybe = ""
    justification: Maybe = ""
    impact_statement: Annotated[str, Field(max_length=10_000)] | None = None
    action_statement: Annotated[str, Field(max_length=10_000)] | None = None
    status_notes: Annotated[str, Field(max_length=10_000)] | None = None


class _Document(Part):
    context: Named = Field(alias="@context")
    author: Named
    timestamp: Maybe = ""
    statements: list[_Statement]


def looks_like_it(tree: dict[str, Any]) -> bool:
    """Whether a document says that it is of this format."""
    return str(tree.get("@context", "")).startswith(NAMESPACE) or ("statements" in tree and "bomFormat" not in tree)


def read(tree: dict[str, Any], received_at: datetime) -> tuple[str, tuple[VexStatement, ...]]:
    """Read a document: its author and its statements. `received_at` is the time of what gives none."""
    document = part_of(_Document, tree)
    if not document.context.startswith(NAMESPACE):
        raise InvalidError(f"@context must begin with {NAMESPACE}", field="@context")
    written_at = moment_in(document.timestamp, "timestamp") or received_at
    return document.author, tuple(_statements(document, written_at))


def _statements(document: _Document, written_at: datetime) -> Iterator[VexStatement]:
    for number, each in enumerate(document.statements):
        place = f"statements[{number}]"
        status = _status(each, place)
        products: list[_Product | None] = [*each.products] or [None]
        for product in products:
            yield VexStatement(
                vulnerabilities=_names(each.vulnerability, place),
                status=status,
                author=document.author,
                at=moment_in(each.timestamp, f"{place}.timestamp") or written_at,
                products=_product(product, place),
                packages=tuple(_identity(part, place) for part in product.subcomponents) if product else (),
                justification=each.justification,
                explanation=(each.impact_statement or each.action_statement or each.status_notes or "").strip(),
            )


def _status(each: _Statement, place: str) -> VexStatus:
    if each.status not in set(VexStatus):
        known = ", ".join(VexStatus)
        raise InvalidError(f"{place}.status must be one of {known}", field=f"{place}.status")
    if each.justification and each.justification not in _JUSTIFICATIONS:
        field = f"{place}.justification"
        raise InvalidError(f"{field} must be one of {', '.join(sorted(_JUSTIFICATIONS))}", field=field)
    status = VexStatus(each.status)
    if status is VexStatus.NOT_AFFECTED and not (each.justification or each.impact_statement):
        field = f"{place}.justification"
        raise InvalidError(f"{place} says not_affected without a justification or an impact_statement", field=field)
    return status


def _names(vulnerability: _Vulnerability | str, place: str) -> tuple[str, ...]:
    """All names of a vulnerability in small letters; an `@id` may be an address that ends in the name."""
    if isinstance(vulnerability, str):
        return (vulnerability.casefold(),)
    last = vulnerability.at_id.rstrip("/").rpartition("/")[2]
    names = tuple(dict.fromkeys(n.casefold() for n in (vulnerability.name, last, *vulnerability.aliases) if n))
    if not names:
        raise InvalidError(f"{place}.vulnerability has no name", field=f"{place}.vulnerability.name")
    return names


def _product(product: _Product | None, place: str) -> tuple[str, ...]:
    return (_identity(product, place),) if product else ()


def _identity(component: _Component, place: str) -> str:
    """What a component is called: its package URL where it has one."""
    named = (component.identifiers.purl if component.identifiers else "") or component.at_id
    if not named:
        raise InvalidError(f"{place} has a product without @id and purl", field=f"{place}.products.@id")
    return named
