"""Whatever is filtered, a list walks along an index, at its beginning and deep in it: no scan, no sort but of pages."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import chain, combinations
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event, text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.db.database import open_database
from bot.db.urls import parse_url
from core.app.auditing import AuditFilter
from core.app.pages import Mark, PageRequest
from core.app.ports import PromotionFilter, Store
from core.domain.events import Action
from core.domain.promotion import Status
from tests.bot.db.samples import ALICE, PRODUCTION, release
from tests.support.clock import MORNING, nth_id

Body = Callable[[Store], object]
Seen = list[tuple[str, Any]]

PROMOTION_FILTERS: dict[str, dict[str, Any]] = {
    "status": {"statuses": frozenset({Status.PENDING})},
    "open": {"statuses": frozenset({Status.PENDING, Status.AWAITING_APPROVAL})},
    "release": {"release_id": release().id},
    "environment": {"environment_id": PRODUCTION.id},
    "requester": {"requested_by": ALICE.id},
}
AUDIT_FILTERS: dict[str, dict[str, Any]] = {
    "action": {"actions": frozenset({Action.VOTE_APPROVED})},
    "actions": {"actions": frozenset({Action.VOTE_APPROVED, Action.PROMOTION_REQUESTED})},
    "subject": {"subject_id": nth_id(1)},
    "actor": {"actor_id": ALICE.id},
    "from": {"since": MORNING},
    "to": {"until": MORNING + timedelta(days=1)},
}
ON = PageRequest(after=Mark("promotions", MORNING, nth_id(5)))
AUDIT_ON = PageRequest(after=Mark("audit_entries", MORNING, 5))


def mixed(filters: dict[str, dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every combination of filters."""
    for names in chain.from_iterable(combinations(filters, count) for count in range(len(filters) + 1)):
        merged: dict[str, Any] = {}
        for name in names:
            merged |= filters[name]
        yield merged


def promotion_pages() -> Iterator[tuple[PromotionFilter, PageRequest]]:
    for wanted in dict.fromkeys(PromotionFilter(**each) for each in mixed(PROMOTION_FILTERS)):
        yield from ((wanted, PageRequest()), (wanted, ON))


def audit_pages() -> Iterator[tuple[AuditFilter, PageRequest]]:
    for wanted in dict.fromkeys(AuditFilter(**each) for each in mixed(AUDIT_FILTERS)):
        yield from ((wanted, PageRequest()), (wanted, AUDIT_ON))


def promotion_index(wanted: PromotionFilter) -> str:
    """The index that must serve."""
    if wanted.release_id:
        return "ix_promotions_release_id_requested_at_id"
    if wanted.requested_by:
        return "ix_promotions_requester_" + ("environment" if wanted.environment_id else "status")
    if wanted.environment_id:
        return "ix_promotions_target_environment_id_status_requested_at_id"
    return f"ix_promotions_{'status_' if wanted.statuses else ''}requested_at_id"


def audit_index(wanted: AuditFilter) -> str:
    if wanted.subject_id:
        return "ix_audit_entries_subject_id_at_sequence"
    columns = [*["actor_id"] * bool(wanted.actor_id), *["action"] * bool(wanted.actions)]
    return "_".join(("ix_audit_entries", *columns, "at", "sequence"))


def cases() -> Iterator[tuple[str, Body, str]]:
    for wanted, page in promotion_pages():
        body: Body = lambda store, wanted=wanted, page=page: store.promotions.page(wanted, page)  # type: ignore[misc]  # noqa: E731
        yield f"{wanted} {page}", body, promotion_index(wanted)
    for entries, page in audit_pages():
        body = lambda store, wanted=entries, page=page: store.audit.page(page, wanted)  # type: ignore[misc]  # noqa: E731
        yield f"{entries} {page}", body, audit_index(entries)
    newest = "ix_releases_created_at_id"
    yield "releases", lambda store: store.releases.page(PageRequest()), newest
    on = PageRequest(after=Mark("releases", MORNING, nth_id(5)))
    yield "releases on", lambda store: store.releases.page(on), newest
    for page in (PageRequest(), PageRequest(after=Mark("scan_reports", 7))):
        body = lambda store, page=page: store.scans.page(nth_id(1), page)  # type: ignore[misc]  # noqa: E731
        yield f"scans {page}", body, "ix_scan_reports_release_id_sequence"


@contextmanager
def selects() -> Iterator[Seen]:
    """What is asked of a database meanwhile."""
    seen: Seen = []

    def note(_c: object, _k: object, statement: str, parameters: Any, *_: object) -> None:
        if statement.startswith("SELECT"):
            seen.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def test_every_filter_of_a_list_walks_along_its_index_on_sqlite(sqlite_store_url: str) -> None:
    database = open_database(sqlite_store_url)
    file = sqlite3.connect(Path(parse_url(sqlite_store_url).database or ""))
    try:
        for name, body, index in cases():
            with selects() as seen:
                await database.read(body)
            for statement, parameters in seen:
                plan = [row[3] for row in file.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)]
                touched = [line for line in plan if line.startswith(("SEARCH", "SCAN")) and "(subquery" not in line]
                rows = [line for line in touched if "anon_" not in line and "sqlite_autoindex" not in line]
                # What everything fits may be counted along any index; what is filtered is looked up, never scanned.
                if "count(" in statement:
                    assert all("INDEX" in line and ("SEARCH" in line or "WHERE" not in statement) for line in rows), (
                        plan
                    )
                else:
                    assert all(f"INDEX {index}" in line for line in rows), (name, plan)
                sorted_rows = any("TEMP B-TREE" in line for line in plan)
                assert not sorted_rows or "UNION ALL" in statement, (name, plan)
    finally:
        file.close()
        await database.close()


async def test_every_filter_of_a_list_walks_along_its_index_on_postgresql(postgres_store_url: str) -> None:
    """Without sequential scans and bitmaps, which a planner rightly prefers for tables that are nearly empty."""
    database = open_database(postgres_store_url)
    engine = create_async_engine(parse_url(postgres_store_url))
    async with engine.connect() as connection:
        for setting in ("enable_seqscan", "enable_bitmapscan", "enable_sort"):
            await connection.execute(text(f"SET {setting} = off"))
        for name, body, index in cases():
            with selects() as seen:
                await database.read(body)
            for statement, parameters in seen:
                explained = await connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters)
                (plan,) = explained.scalars().all()
                nodes = list(walked((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]))
                tables = [node for node in nodes if node.get("Relation Name") in {"promotions", "audit_entries"}]
                assert all("Index" in node["Node Type"] for node in tables), (name, nodes)
                filtered = "WHERE" in statement and "count(" not in statement
                assert all("Index Cond" in node or not filtered for node in tables), (name, nodes)
                sorts = [node for node in nodes if node["Node Type"] == "Sort"]
                assert not sorts or "UNION ALL" in statement, (name, index, nodes)
    await engine.dispose()
    await database.close()


def walked(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for each in node.get("Plans", ()):
        yield from walked(each)


def test_the_filters_are_many() -> None:
    assert len(list(cases())) > 100
