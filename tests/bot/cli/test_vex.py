from __future__ import annotations

import json

from tests.bot.cli.conftest import Terminal
from tests.bot.cli.test_scan import known
from tests.core.gates.reports.samples import TRIVY
from tests.core.gates.vex.samples import OPENVEX

__all__ = ["known"]


def test_a_document_is_submitted_and_counted(known: Terminal) -> None:
    file = known.write("vex.json", json.dumps(OPENVEX))
    release = ("--release", "shop-1.4.0")

    told = known.run("vex", "submit", file, *release)
    assert told.exit_code == 0, told.output
    assert "Example Security (openvex) submitted: 1 not affected, 1 under investigation." in told.stdout
    answer = known.json("vex", "submit", file, *release)
    assert answer["statements"] == {"not_affected": 1, "under_investigation": 1}
    assert answer["digest"].startswith("sha256:")


def test_what_is_no_vex_is_refused(known: Terminal) -> None:
    file = known.write("report.json", json.dumps(TRIVY))

    refused = known.run("vex", "submit", file, "--release", "shop-1.4.0")

    assert (refused.exit_code, "no VEX document" in refused.stderr) == (1, True)
