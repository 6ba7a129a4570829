from __future__ import annotations

import logging

import pytest

from bot.bootstrap import Core
from bot.cli.room import inside, quiet_logging
from bot.settings import load_settings
from core.domain.people import Actor, ActorKind
from tests.bot.cli.conftest import Terminal


def test_work_is_done_by_the_system_at_the_door_cli(installed: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERSIGN_SIGNING_KEY", "key.pem")

    async def work(core: Core, actor: Actor) -> Actor:
        assert await core.countersign.reading.all_environments(actor) == ()
        return actor

    actor = inside(work)
    assert (actor.ref.kind, actor.door) == (ActorKind.SYSTEM, "cli")
    assert actor.correlation_id


@pytest.mark.parametrize(("wanted", "level"), [("DEBUG", logging.WARNING), ("ERROR", logging.ERROR)])
def test_commands_log_nothing_below_a_warning(terminal: Terminal, wanted: str, level: int) -> None:
    quiet_logging(load_settings(log_level=wanted))
    assert logging.getLogger().level == level
