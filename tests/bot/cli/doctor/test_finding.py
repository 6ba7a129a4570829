from __future__ import annotations

from bot.cli.doctor.finding import failed, ok, skipped, warning


def test_findings_as_json() -> None:
    assert failed("clock", "late", "Set it.").as_json() == {
        "name": "clock",
        "outcome": "failed",
        "message": "late",
        "fix": "Set it.",
    }
    outcomes = [ok("a", "b").outcome, warning("a", "b", "c").outcome, skipped("a", "b").outcome]
    assert outcomes == ["ok", "warning", "skipped"]
