from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from bot.bootstrap import build_core
from bot.settings import load_settings
from core.app.drafts import ReleaseDraft
from core.domain.people import SYSTEM
from tests.bot.cli.conftest import Terminal
from tests.core.gates.reports.samples import SARIF, TRIVY
from tests.core.gates.reports.test_reading import SHARED


@pytest.fixture
def known(configured: Terminal) -> Terminal:
    """A terminal beside a database that knows one release."""

    async def register() -> None:
        async with build_core(load_settings(signing_key="key.pem")) as core:
            await core.countersign.releasing.register(SYSTEM, ReleaseDraft("shop", "1.4.0"))

    asyncio.run(register())
    return configured


def counts(answer: dict[str, object]) -> dict[str, object]:
    return {name.removesuffix("Count"): value for name, value in answer.items() if name.endswith("Count") and value}


@pytest.mark.parametrize("name", SHARED)
def test_real_reports_have_the_counts_that_their_readme_says(known: Terminal, shared_data: Path, name: str) -> None:
    answer = known.json("scan", "submit", str(shared_data / "scans" / name), "--release", "shop-1.4.0")

    assert (answer["format"], counts(answer)) == SHARED[name]


def test_a_person_gets_a_table(known: Terminal) -> None:
    file = known.write("report.json", json.dumps(TRIVY))

    result = known.run("scan", "submit", file, "--release", "SHOP-1.4.0")

    assert result.exit_code == 0, result.output
    assert "shop-1.4.0: report by trivy (trivy) submitted." in result.stdout
    assert [line.split() for line in result.stdout.splitlines() if line.startswith("critical")] == [["critical", "1"]]


def test_standard_input_and_a_name_of_its_own(known: Terminal) -> None:
    words = ("scan", "submit", "-", "--release", "shop-1.4.0", "--scanner", "grype web", "--json")

    result = known.run(*words, typed=json.dumps(SARIF).encode())

    assert json.loads(result.stdout)["scanner"] == "grype web"


def test_what_cannot_be_taken_is_said_in_a_sentence(known: Terminal) -> None:
    file = known.write("report.json", "{")
    release = ("--release", "shop-1.4.0")

    broken = known.run("scan", "submit", file, *release)
    assert (broken.exit_code, "not JSON" in broken.stderr) == (1, True)
    missing = known.run("scan", "submit", "nowhere.json", *release)
    assert (missing.exit_code, "cannot be read" in missing.stderr) == (2, True)
    unknown = known.run("scan", "submit", file, "--release", "shop-1")
    assert (unknown.exit_code, "Releases like it: shop-1.4.0." in unknown.stderr) == (1, True)
    known.write("big.json", b" " * (1024 * 1024 + 1))
    big = known.run("scan", "submit", "big.json", *release, COUNTERSIGN_DOCUMENT_LIMIT="1")
    assert (big.exit_code, "larger than 1 MiB" in big.stderr) == (2, True)
