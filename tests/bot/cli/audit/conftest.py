"""A quarter and its export, made once by the real command."""

from __future__ import annotations

import asyncio
import csv
import json
import shutil
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.cli.app import app
from bot.db.database import open_database
from tests.support.audited import Quarter, key_file, quarter


@dataclass
class Export:
    """What was written, and of what."""

    folder: Path
    told: dict[str, Any]
    made: Quarter
    environment: dict[str, str]

    def rows(self, table: str) -> list[dict[str, str]]:
        """The rows of a table."""
        with (self.folder / f"{table}.csv").open(newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file, strict=True))

    def of(self, word: str, table: str = "promotions") -> dict[str, str]:
        """The row of one promotion by its word."""
        id = str(self.made.promotions[word])
        return next(row for row in self.rows(table) if row["promotion_id"] == id)

    @property
    def page(self) -> str:
        """The page."""
        return (self.folder / "index.html").read_text(encoding="utf-8")


def sums_of(folder: Path) -> dict[str, str]:
    """The digest of each file by its path, as SHA256SUMS has them."""
    lines = (folder / "SHA256SUMS").read_text().splitlines()
    return {path: digest for digest, path in (line.split("  ") for line in lines)}


class Page(HTMLParser):
    """What a browser makes of a page: elements with attributes, and the text in each."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.texts.append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_data(self, data: str) -> None:
        if self.texts:
            self.texts[-1] += data

    def all(self, tag: str, **wanted: str) -> list[dict[str, str | None]]:
        """The attributes of elements of a kind."""
        return [found for name, found in self.elements if name == tag and wanted.items() <= found.items()]

    def text(self) -> str:
        """Everything that can be read."""
        return " ".join(self.texts)


@pytest.fixture(scope="session")
def exported(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Export:
    """The export of the quarter; nobody changes it."""
    place = tmp_path_factory.mktemp("audited")
    shutil.copyfile(sqlite_template, place / "countersign.db")
    url = f"sqlite:///{place / 'countersign.db'}"
    environment = {"COUNTERSIGN_DATABASE_URL": url, "COUNTERSIGN_SIGNING_KEY": str(key_file(place))}

    async def make() -> Quarter:
        database = open_database(url)
        made = await quarter(database)
        await database.close()
        return made

    made = asyncio.run(make())
    words = ["audit", "export", "--from", "2026-03-01", "--to", "2026-03-31", "--out", str(place / "out"), "--json"]
    result = CliRunner().invoke(app, words, env=environment)
    assert result.exit_code == 0, result.output
    return Export(place / "out", json.loads(result.stdout), made, environment)


@pytest.fixture(scope="session")
def read(exported: Export) -> Page:
    """Its page."""
    return Page(exported.page)
