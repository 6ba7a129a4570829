"""Bot and playground in one program, on loopback, wired only as a real Slack would be: over HTTP."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.bootstrap import build, build_core
from bot.cli.configuration.applying import apply_configuration
from bot.cli.configuration.reading import read_configuration
from bot.cli.demo.change_board import sitting
from bot.cli.demo.configuration import SECOND_TEAM, demo_configuration
from bot.cli.demo.installing import install
from bot.cli.demo.pipeline import deploy_what_is_approved
from bot.cli.demo.workspace import LOG_CHANNEL, SECOND_WORKSPACE, WORKSPACE
from bot.cli.demo.world import CLI, PIPELINE, World
from bot.gateways.key_files import create_key_file
from bot.gateways.sealing import new_key
from bot.listening import listening
from bot.playground import AppCredentials, Playground
from bot.playground import serve as serve_playground
from bot.settings import Settings, listen_address

HOST = "127.0.0.1"
KEY_FILE = "signing-key.pem"
ENCRYPTION_KEY_FILE = "encryption-key"
HISTORY_BEGAN = timedelta(hours=26)
"""How long ago the decided promotions were decided."""


@dataclass(frozen=True, slots=True)
class DemoPorts:
    """Where to listen; None takes the usual port, or a free one where that is taken."""

    playground: int | None = None
    api: int | None = None


@dataclass(frozen=True, slots=True)
class Demo:
    """A running demo."""

    playground_url: str
    api_url: str
    tokens: dict[str, str]
    folder: Path
    configuration: Path


@asynccontextmanager
async def running(folder: Path, ports: DemoPorts) -> AsyncIterator[Demo]:
    """Run the demo with its database in `folder` while the block does. Raises OSError where a port is taken."""
    secret = secrets.token_hex(16)
    token = f"xoxb-demo-{secrets.token_hex(12)}"
    app = AppCredentials("demo", secrets.token_hex(16))
    second = Playground(SECOND_WORKSPACE, bot_url="", signing_secret=secret)
    ground = Playground(
        WORKSPACE, bot_url="", signing_secret=secret, bot_token=token, credentials=app, neighbours=(second,)
    )
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(serve_playground(ground, HOST, _port(ports.playground, 8070)))
        key = folder / KEY_FILE
        if not key.exists():
            create_key_file(key)
        api_url = f"http://{HOST}:{_port(ports.api, 8080) or _free_port()}"
        settings = demo_settings(folder, api_url=ground.api_url, token=token, secret=secret)
        settings = with_second_workspace(settings, folder, app, api_url)
        configuration = await _furnished(settings, folder)
        board = await stack.enter_async_context(sitting(settings.gate_webhook_secret.get_secret_value()))
        application = await stack.enter_async_context(build(settings))
        await stack.enter_async_context(listening(application.web, listen_address(api_url.removeprefix("http://"))))
        ground.bot_url = f"{api_url}/slack/events"
        await install(api_url, SECOND_TEAM)
        board.api_url = api_url
        world = World(application.core.countersign)
        await world.let_in()
        await world.ask_board_at(board.url)
        await stack.enter_async_context(_pipeline(world))
        yield Demo(ground.url, api_url, world.tokens, folder, configuration)


def demo_settings(folder: Path, *, api_url: str, token: str, secret: str) -> Settings:
    """Settings of the demo alone: nothing in the environment or in `.env` has a say, so no real workspace is met."""
    wanted: dict[str, Any] = {str(field.validation_alias): field.default for field in Settings.model_fields.values()}
    wanted |= {
        "COUNTERSIGN_DATABASE_URL": f"sqlite:///{folder.resolve() / 'countersign.db'}",
        "COUNTERSIGN_LOG_CHANNEL": f"#{LOG_CHANNEL}",
        "COUNTERSIGN_LOG_LEVEL": "WARNING",
        "COUNTERSIGN_SIGNING_KEY": str(folder.resolve() / KEY_FILE),
        "COUNTERSIGN_GATE_WEBHOOK_SECRET": f"whsec_{secrets.token_hex(16)}",
        "COUNTERSIGN_OUTBOUND_NETWORKS": f"{HOST}/32",
        "SLACK_BOT_TOKEN": token,
        "SLACK_SIGNING_SECRET": secret,
        "SLACK_API_URL": api_url,
    }
    return Settings(**wanted)


def with_second_workspace(settings: Settings, folder: Path, app: AppCredentials, api_url: str) -> Settings:
    """The same settings, and what it takes to be installed in the second workspace."""
    file = folder / ENCRYPTION_KEY_FILE
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(new_key(), encoding="ascii")
    return settings.model_copy(
        update={
            "slack_client_id": app.client_id,
            "slack_client_secret": SecretStr(app.client_secret),
            "encryption_key": SecretStr(file.read_text(encoding="ascii")),
            "slack_teams": SECOND_TEAM,
            "public_url": api_url,
        }
    )


async def _furnished(settings: Settings, folder: Path) -> Path:
    """Make the example world where the folder has none; return where its configuration is written."""
    file = folder / "countersign.yaml"
    if file.exists():
        async with build_core(settings) as core:
            await World(core.countersign).show_again()
        return file
    now = datetime.now(UTC)
    text = demo_configuration(now)
    began = now - HISTORY_BEGAN
    async with build_core(settings, clock=lambda: began + (datetime.now(UTC) - now)) as core:
        await apply_configuration(core.countersign.ports, CLI, read_configuration(text.encode()))
        world = World(core.countersign)
        await world.let_in()
        await world.furnish()
    async with build_core(settings) as core:
        world = World(core.countersign)
        await world.let_in()
        await world.ask_for_one()
    file.write_text(text, encoding="utf-8")
    return file


@asynccontextmanager
async def _pipeline(world: World) -> AsyncIterator[None]:
    task = asyncio.create_task(deploy_what_is_approved(world.countersign, world.actors[PIPELINE]))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _port(wanted: int | None, usual: int) -> int:
    if wanted is not None:
        return wanted
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, usual))
        except OSError:
            return 0
    return usual
