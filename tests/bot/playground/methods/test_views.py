from __future__ import annotations

from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from tests.bot.playground.conftest import Kitchen
from tests.bot.playground.kettle import mrkdwn, plain
from tests.bot.playground.test_web_api import error_of


def modal(title: str = "T", **more: Any) -> dict[str, Any]:
    return {"type": "modal", "title": plain(title), "blocks": [{"type": "section", "text": mrkdwn("x")}], **more}


async def test_a_trigger_opens_one_modal_in_time(kitchen: Kitchen) -> None:
    triggers, client = kitchen.ground.triggers, kitchen.client
    trigger, late = triggers.issue("U01"), triggers.issue("U01")
    opened = await client.views_open(trigger_id=trigger, view=modal("First"))
    assert opened["view"]["id"] == opened["view"]["root_view_id"]
    assert await error_of(client.views_open(trigger_id=trigger, view=modal())) == "exchanged_trigger_id"
    kitchen.clock.forward(4)
    assert await error_of(client.views_open(trigger_id=late, view=modal())) == "expired_trigger_id"
    assert [one.title for one in kitchen.slack.modals("alice")] == ["First"]


async def test_a_refused_view_does_not_use_the_trigger_up(kitchen: Kitchen) -> None:
    trigger, client = kitchen.ground.triggers.issue("U01"), kitchen.client
    too_long = modal("x" * 25)
    assert await error_of(client.views_open(trigger_id=trigger, view=too_long)) == "invalid_arguments"
    assert await error_of(client.api_call("views.open", json={"trigger_id": trigger})) == "invalid_arguments"
    huge = modal(private_metadata="x" * 250_001)
    assert await error_of(client.views_open(trigger_id=trigger, view=huge)) == "view_too_large"
    assert (await client.views_open(trigger_id=trigger, view=modal()))["ok"]


async def test_at_most_three_modals_stand_on_each_other(kitchen: Kitchen) -> None:
    issue, client = kitchen.ground.triggers.issue, kitchen.client
    first = await client.views_open(trigger_id=issue("U01"), view=modal("1"))
    second = await client.views_push(trigger_id=issue("U01"), view=modal("2"))
    assert second["view"]["previous_view_id"] == second["view"]["root_view_id"] == first["view"]["id"]
    await client.views_push(trigger_id=issue("U01"), view=modal("3"))
    assert await error_of(client.views_push(trigger_id=issue("U01"), view=modal("4"))) == "push_limit_reached"


async def test_an_update_heeds_the_hash(kitchen: Kitchen) -> None:
    client = kitchen.client
    view = (await client.views_open(trigger_id=kitchen.ground.triggers.issue("U01"), view=modal("1", external_id="x")))[
        "view"
    ]
    fresh = (await client.views_update(view_id=view["id"], hash=view["hash"], view=modal("2", external_id="x")))["view"]
    assert fresh["hash"] != view["hash"]
    stale = client.views_update(view_id=view["id"], hash=view["hash"], view=modal("3"))
    assert await error_of(stale) == "hash_conflict"
    await client.views_update(external_id="x", view=modal("4"))
    assert [one.title for one in kitchen.slack.modals("alice")] == ["4"]
    assert await error_of(client.views_update(view_id="V9", view=modal())) == "not_found"
    await kitchen.slack.close_modal("alice")
    assert await error_of(client.views_update(view_id=view["id"], view=modal())) == "not_found"


async def test_an_external_id_names_one_view(kitchen: Kitchen) -> None:
    issue, client = kitchen.ground.triggers.issue, kitchen.client
    await client.views_open(trigger_id=issue("U01"), view=modal(external_id="x"))
    again = client.views_open(trigger_id=issue("U02"), view=modal(external_id="x"))
    assert await error_of(again) == "duplicate_external_id"


async def test_a_home_is_published_to_one_person(client: AsyncWebClient) -> None:
    home = {"type": "home", "blocks": [{"type": "divider"}]}
    first = (await client.views_publish(user_id="U01", view=home))["view"]
    second = (await client.views_publish(user_id="U01", view=home, hash=first["hash"]))["view"]
    assert first["id"] == second["id"]
    assert await error_of(client.views_publish(user_id="U01", view=home, hash=first["hash"])) == "hash_conflict"
    assert await error_of(client.views_publish(user_id="U99", view=home)) == "user_not_found"
    assert await error_of(client.views_publish(user_id="U01", view=modal())) == "invalid_arguments"
