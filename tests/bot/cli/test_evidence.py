"""Evidence as files, from the command line."""

from __future__ import annotations

import json
from uuid import UUID

import pytest

from bot.cli.room import inside
from bot.settings import load_settings
from core.app.deciding import CancelPromotion
from core.app.drafts import EnvironmentDraft, ReleaseDraft
from core.app.requesting import RequestPromotion
from core.domain.people import SYSTEM
from tests.bot.cli.conftest import Terminal


@pytest.fixture
def promotion(installed: Terminal) -> UUID:
    """A cancelled promotion in the terminal's database."""

    async def work(core: object, _actor: object) -> UUID:
        countersign = core.countersign  # type: ignore[attr-defined]
        environment = await countersign.administering.create_environment(SYSTEM, EnvironmentDraft("Staging"))
        release = await countersign.releasing.register(SYSTEM, ReleaseDraft("shop", "1.0"))
        asked = await countersign.requesting.request(SYSTEM, RequestPromotion(release.id, environment.id, "because"))
        await countersign.deciding.cancel(SYSTEM, CancelPromotion(asked.id, "no"))
        return UUID(str(asked.id))

    return inside(work, load_settings(signing_key="key.pem"), signs=True)


def test_every_form_is_written_and_verifies(installed: Terminal, promotion: UUID) -> None:
    result = installed.json("evidence", "export", str(promotion), "--out", "out")
    names = result["files"]

    assert [name.partition(".")[2] for name in names] == ["json", "dsse.json", "sigstore.json"]
    verified = installed.run("verify", *names)
    assert verified.exit_code == 0, verified.output
    assert "3 valid, 0 not valid" in verified.stdout
    again = installed.run("evidence", "export", str(promotion), "--out", "out")
    assert (again.exit_code, again.stdout.split()) == (0, names)


def test_one_form_goes_to_standard_output(installed: Terminal, promotion: UUID) -> None:
    packet = json.loads(installed.run("evidence", "export", str(promotion)).stdout)
    bundle = json.loads(installed.run("evidence", "export", str(promotion), "--format", "sigstore").stdout)

    assert packet["content"]["promotion"]["id"] == str(promotion)
    assert bundle["mediaType"].startswith("application/vnd.dev.sigstore.bundle")


def test_what_stands_there_already_is_not_overwritten(installed: Terminal, promotion: UUID) -> None:
    (name, *_) = installed.json("evidence", "export", str(promotion), "--out", "out")["files"]
    installed.write(name, "mine")
    result = installed.run("evidence", "export", str(promotion), "--out", "out")

    assert result.exit_code == 2
    assert "holds something else" in result.stderr
    assert (installed.folder / name).read_text() == "mine"


def test_what_cannot_be_had_says_why(installed: Terminal, promotion: UUID) -> None:
    denied = installed.run("evidence", "export", str(promotion), "--format", "intoto-svr")
    unknown = installed.run("evidence", "export", str(UUID(int=7)))
    nowhere = installed.run("evidence", "export", str(promotion), "--json")

    assert (denied.exit_code, unknown.exit_code, nowhere.exit_code) == (1, 1, 2)
    assert "denied" in denied.stderr and "no promotion" in unknown.stderr and "--out" in nowhere.stderr
