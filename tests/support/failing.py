"""The real command, which kills itself at a named point: `python -m tests.support.failing serve`.

    COUNTERSIGN_FAIL_POINT=after-commit:3      SIGKILL at the third passing of that point
    COUNTERSIGN_KEY_ELSEWHERE=1                the signing key is asked outside of transactions, as an HSM is

Points are put around the product from here, before it starts: the product itself knows nothing of them.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from alembic.operations import Operations

from bot import bootstrap
from bot.cli.app import app
from bot.db.log import Log
from bot.db.outbox import Outbox
from bot.db.postgres import PostgresDatabase
from bot.db.sqlite import SqliteDatabase
from bot.gateways.remote_signers import RemoteSigner
from bot.gateways.slack_client import SlackClient
from bot.settings import Settings
from core.evidence.signing import LocalSigner

POINT, ELSEWHERE = "COUNTERSIGN_FAIL_POINT", "COUNTERSIGN_KEY_ELSEWHERE"

SERVING = (
    "before-commit",
    "after-commit",
    "before-log-append",
    "after-log-append",
    "checkpoint",
    "before-slack",
    "after-slack",
    "before-done",
    "after-done",
)
SIGNING = ("before-signing", "after-signing")
"""Only where the key is elsewhere."""
MIGRATING = "migration"
"""At every change of the schema."""


class FailPoint:
    """Counts how often one point is passed, and ends the program there and then when it is time."""

    def __init__(self, setting: str) -> None:
        self._name, _, nth = setting.partition(":")
        self._left = int(nth or 1)

    def __call__(self, name: str) -> None:
        if name == self._name:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


def install(passes: Callable[[str], None]) -> None:
    """Put every point in its place."""
    for database in (SqliteDatabase, PostgresDatabase):
        _around_commits(database, passes)
    _around(Log, "settle", passes, "log-append")
    _around(Outbox, "finish", passes, "done")
    _before(Operations, "invoke", passes, MIGRATING)
    _before(Log, "add_checkpoint", passes, "checkpoint")
    _around_await(SlackClient, "api_call", passes, "slack")
    _around_await(RemoteSigner, "sign_all", passes, "signing")


def _around_commits(database: Any, passes: Callable[[str], None]) -> None:
    write = database.write

    async def failing(self: Any, body: Callable[[Any], Any]) -> Any:
        def ending(store: Any) -> Any:
            value = body(store)
            passes("before-commit")
            return value

        value = await write(self, ending)
        passes("after-commit")
        return value

    database.write = failing


def _around(owner: Any, name: str, passes: Callable[[str], None], point: str) -> None:
    original = getattr(owner, name)

    def failing(*args: Any, **options: Any) -> Any:
        passes(f"before-{point}")
        value = original(*args, **options)
        passes(f"after-{point}")
        return value

    setattr(owner, name, failing)


def _before(owner: Any, name: str, passes: Callable[[str], None], point: str) -> None:
    original = getattr(owner, name)

    def failing(*args: Any, **options: Any) -> Any:
        passes(point)
        return original(*args, **options)

    setattr(owner, name, failing)


def _around_await(owner: Any, name: str, passes: Callable[[str], None], point: str) -> None:
    original = getattr(owner, name)

    async def failing(*args: Any, **options: Any) -> Any:
        passes(f"before-{point}")
        value = await original(*args, **options)
        passes(f"after-{point}")
        return value

    setattr(owner, name, failing)


def sign_elsewhere() -> None:
    """Treat the key file as a key that is asked over a network."""
    in_file = bootstrap.signing_key

    def remote(settings: Settings) -> RemoteSigner:
        signer = in_file(settings)
        assert isinstance(signer, LocalSigner)
        driver = SimpleNamespace(sign=lambda message: SimpleNamespace(signature=signer.sign(message).hex()))
        return RemoteSigner(driver, signer.public_key_pem)

    bootstrap.signing_key = remote


if __name__ == "__main__":
    install(FailPoint(os.environ.get(POINT, "")))
    if ELSEWHERE in os.environ:
        sign_elsewhere()
    app()
