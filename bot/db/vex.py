"""VEX documents, and the catalogue of known exploited vulnerabilities."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, delete, insert, select

from bot.db import scan_tables
from bot.db.prepared import Prepared
from bot.db.rules_lock import RulesLock
from bot.db.statements import row_of
from core.domain.known_exploited import KnownExploited
from core.domain.vex import VexDocument, VexStatement, VexStatus

_documents = scan_tables.vex_documents
_catalogues = scan_tables.known_exploited_catalogues
_exploited = scan_tables.known_exploited
_ASKED_AT_ONCE = 500
_OF_RELEASE = Prepared(
    select(_documents).where(_documents.c.release_id == bindparam("release")).order_by(_documents.c.sequence)
)


class VexDocuments:
    """VexDocuments of `core.app.scans`."""

    def __init__(self, connection: Connection, rules: RulesLock) -> None:
        self._connection = connection
        self._rules = rules

    def add(self, document: VexDocument) -> None:
        self._rules.change()
        statements = [_statement_json(each) for each in document.statements]
        row = {**row_of(_documents, document), "statements": statements}
        self._connection.execute(insert(_documents).inline(), row)

    def of(self, release_id: UUID) -> tuple[VexDocument, ...]:
        return tuple(_document(row) for row in _OF_RELEASE.all(self._connection, release=release_id))


class KnownExploitedVulnerabilities:
    """KnownExploitedVulnerabilities of `core.app.scans`."""

    def __init__(self, connection: Connection, rules: RulesLock) -> None:
        self._connection = connection
        self._rules = rules

    def put(self, catalogue: KnownExploited) -> None:
        self._rules.change()
        self._connection.execute(delete(_catalogues))
        self._connection.execute(delete(_exploited))
        self._connection.execute(insert(_catalogues).inline(), row_of(_catalogues, catalogue))
        rows = [{"vulnerability": id} for id in sorted(catalogue.ids)]
        if rows:
            self._connection.execute(insert(_exploited).inline(), rows)

    def catalogue(self, ids: Iterable[str] = ()) -> KnownExploited | None:
        row = self._connection.execute(select(_catalogues)).one_or_none()
        if row is None:
            return None
        return KnownExploited(**row._mapping, ids=frozenset(self._known(sorted({id.casefold() for id in ids}))))

    def _known(self, ids: list[str]) -> Iterable[str]:
        for start in range(0, len(ids), _ASKED_AT_ONCE):
            asked = _exploited.c.vulnerability.in_(ids[start : start + _ASKED_AT_ONCE])
            yield from self._connection.execute(select(_exploited.c.vulnerability).where(asked)).scalars()


def _statement_json(statement: VexStatement) -> dict[str, Any]:
    return {
        "vulnerabilities": statement.vulnerabilities,
        "status": statement.status.value,
        "author": statement.author,
        "at": statement.at.isoformat(),
        "products": statement.products,
        "packages": statement.packages,
        "justification": statement.justification,
        "explanation": statement.explanation,
    }


def _statement(stored: dict[str, Any]) -> VexStatement:
    return VexStatement(
        vulnerabilities=tuple(stored["vulnerabilities"]),
        status=VexStatus(stored["status"]),
        author=stored["author"],
        at=datetime.fromisoformat(stored["at"]),
        products=tuple(stored["products"]),
        packages=tuple(stored["packages"]),
        justification=stored["justification"],
        explanation=stored["explanation"],
    )


def _document(row: Any) -> VexDocument:
    columns = {name: value for name, value in row._asdict().items() if name != "sequence"}
    return VexDocument(**{**columns, "statements": tuple(map(_statement, row.statements))})
