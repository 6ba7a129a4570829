"""The page: whole without a network and without scripts, and nothing that anybody typed is markup in it."""

from __future__ import annotations

import base64
import hashlib
import re

from bot.cli.audit.page import policy
from tests.bot.cli.audit.conftest import Export, Page
from tests.support.audited import MALLORY, SCRIPT


def digest(source: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()


def inside(page: str, tag: str) -> str:
    (found,) = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
    return str(found)


def test_the_policy_allows_the_own_style_and_script_and_nothing_else(exported: Export, read: Page) -> None:
    (meta,) = read.all("meta", **{"http-equiv": "Content-Security-Policy"})
    style, script = inside(exported.page, "style"), inside(exported.page, "script")
    assert meta["content"] == policy(style, script)
    sources = f"style-src '{digest(style)}'; script-src '{digest(script)}'"
    assert meta["content"] == f"default-src 'none'; {sources}; base-uri 'none'; form-action 'none'"


def test_nothing_is_loaded_from_anywhere(read: Page) -> None:
    assert not [name for name, _ in read.elements if name in {"link", "img", "iframe", "object", "base"}]
    assert not [found for _, found in read.elements if {"src", "style", "onclick"} & set(found)]
    assert [found for found in read.all("script") if found] == []
    hrefs = {str(found["href"]) for found in read.all("a")}
    assert all(re.match(r"#|packets/|proofs/", href) for href in hrefs)


def test_links_lead_to_files_and_to_places_on_the_page(exported: Export, read: Page) -> None:
    ids = {found["id"] for _, found in read.elements if "id" in found}
    for link in read.all("a"):
        href = str(link["href"])
        assert href.removeprefix("#") in ids if href.startswith("#") else (exported.folder / href).is_file()


def test_what_people_typed_is_text(exported: Export, read: Page) -> None:
    assert len(read.all("script")) == 1
    assert SCRIPT not in exported.page.replace(inside(exported.page, "script"), "")
    assert MALLORY in read.text()
    assert "[U+202E]gnp.exe" in read.text()
    assert "\u202e" not in exported.page


def test_every_promotion_is_a_row(exported: Export, read: Page) -> None:
    rows = [row for row in read.all("tr") if "data-outcome" in row]
    assert len(rows) == len(exported.made.promotions)
    assert sum(row["data-outcome"] == "undecided" for row in rows) == 1
    assert {"deviation", "self_approved", "no_person", "quick"} == {
        mark for row in rows for mark in str(row["data-mark"]).split()
    }


def test_tables_name_their_columns_and_charts_have_words(read: Page) -> None:
    assert {found.get("scope") for found in read.all("th")} <= {"col", "row"}
    assert len(read.all("caption")) == len(read.all("table"))
    charts = read.all("svg")
    assert len(charts) >= 5
    assert all(found["role"] == "img" and found["aria-labelledby"] for found in charts)
    assert len(read.all("title")) == len(charts) + 1 and len(read.all("desc")) == len(charts)


def test_landmarks_and_headings(read: Page) -> None:
    for name in ("header", "main", "nav", "footer", "h1"):
        assert len(read.all(name)) == 1, name
    sections = read.all("section")
    headings = {found["id"] for found in read.all("h2")}
    assert {found["aria-labelledby"] for found in sections} == headings


def test_ids_are_there_once(read: Page) -> None:
    ids = [found["id"] for _, found in read.elements if "id" in found]
    assert len(ids) == len(set(ids))


def test_it_says_what_it_is_of(exported: Export, read: Page) -> None:
    text = read.text()
    assert "2026-03-01 to 2026-03-31 (UTC, both days included); all environments." in text
    assert exported.told["rootHash"] in text
    assert text.count("How this is computed.") >= 8
