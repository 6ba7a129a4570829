from __future__ import annotations

from bot.cli.demo.findings import BLOCKING, EXCUSED, WAIVED_ID, trivy_report, vex_document
from bot.cli.demo.world import CLI, World
from core.gates.reports.reading import read_report
from core.gates.vex.reading import read_vex
from tests.support.clock import MORNING


def test_the_files_are_what_they_say_they_are() -> None:
    assert len(read_report(trivy_report("shop-2.4.0", BLOCKING)).findings) == len(BLOCKING)
    assert read_vex(vex_document(), MORNING).author == "Example Security Team"
    assert WAIVED_ID in {row.id for row in EXCUSED}


async def test_one_release_is_blocked_and_one_passes_by_a_waiver_and_vex(world: World) -> None:
    await world.furnish()
    messages = {}
    for name in ("shop-2.4.0", "payments-3.1.0"):
        found, production = await world.countersign.reading.resolve(CLI, name, "production")
        preview = await world.countersign.evaluating.preview(world.actors["alice"], found.id, production.id)
        messages[name] = next(gate.message for gate in preview.gates if gate.gate_name == "security-gate")

    assert messages["shop-2.4.0"] == "3 critical vulnerabilities exceed threshold (max: 0)"
    assert messages["payments-3.1.0"].endswith("; 1 waived; 1 not affected or fixed (VEX)")
