from __future__ import annotations

import json

from tests.bot.cli.conftest import Terminal
from tests.core.gates.test_kev import CATALOGUE


def test_the_catalogue_is_imported(configured: Terminal) -> None:
    file = configured.write("kev.json", json.dumps(CATALOGUE))

    told = configured.run("kev", "import", file)
    assert told.exit_code == 0, told.output
    assert "Catalogue 2026.01.09 imported: 2 vulnerabilities." in told.stdout
    assert configured.json("kev", "import", file)["count"] == 2


def test_half_a_catalogue_is_refused(configured: Terminal) -> None:
    file = configured.write("kev.json", json.dumps(CATALOGUE | {"count": 1500}))

    refused = configured.run("kev", "import", file)

    assert (refused.exit_code, "says it has 1500" in refused.stderr) == (1, True)
