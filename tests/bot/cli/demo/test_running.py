from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from bot.cli.demo.running import Demo, DemoPorts, demo_settings, running


async def told(demo: Demo, who: str, path: str) -> Any:
    headers = {"Authorization": f"Bearer {demo.tokens[who]}"}
    async with ClientSession() as session, session.get(f"{demo.api_url}/api/v1{path}", headers=headers) as answer:
        assert answer.status == 200
        return await answer.json()


async def test_the_demo_runs_and_comes_back_as_it_was(tmp_path: Path) -> None:
    async with running(tmp_path, DemoPorts(0, 0)) as demo:
        async with ClientSession() as session, session.get(demo.playground_url) as page:
            assert page.status == 200
        (waiting,) = await told(demo, "bob", "/my/pending-approvals")
        assert waiting["releaseName"] == "search-1.2.0"
        before = (await told(demo, "alice", "/promotions"))["meta"]["totalCount"]
    assert {"countersign.db", "countersign.yaml", "signing-key.pem"} <= set(os.listdir(tmp_path))  # noqa: PTH208
    async with running(tmp_path, DemoPorts(0, 0)) as again:
        assert (await told(again, "alice", "/promotions"))["meta"]["totalCount"] == before


async def test_a_real_workspace_in_the_environment_is_not_met(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("SLACK_APP_TOKEN=xapp-real\nCOUNTERSIGN_DEPLOY_WEBHOOK_URL=https://example.com\n")
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-real")
    monkeypatch.setenv("COUNTERSIGN_DATABASE_URL", "postgresql://real/db")
    settings = demo_settings(tmp_path, api_url="http://127.0.0.1:1/api/", token="xoxb-demo", secret="s")
    assert settings.slack_bot_token.get_secret_value() == "xoxb-demo"
    assert settings.slack_app_token.get_secret_value() == ""
    assert settings.deploy_webhook_url == ""
    assert settings.database_url == f"sqlite:///{tmp_path / 'countersign.db'}"
