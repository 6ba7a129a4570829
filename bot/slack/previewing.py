"""The request form while it is filled in: what to choose from, and what the gates would say."""

from __future__ import annotations

import asyncio

from slack_sdk.models.blocks import Option

from bot.slack.door import Door
from bot.slack.ids import ActionId
from bot.slack.payloads import Click, Suggestion
from bot.slack.views.request_modal import Preview, environment_choice, release_choice, request_modal
from core.domain.people import Actor

OFFERED = 50


async def show_preview(door: Door, actor: Actor, click: Click) -> None:
    """Show gates and policy in the form as soon as release and environment are chosen."""
    form = click.view
    if form is None:
        return
    release_id, environment_id = form.chosen_id(ActionId.RELEASE), form.chosen_id(ActionId.ENVIRONMENT)
    if release_id is None or environment_id is None:
        return
    countersign = door.countersign
    release, target, gates = await asyncio.gather(
        countersign.reading.release(actor, release_id),
        countersign.reading.environment_view(actor, environment_id),
        countersign.evaluating.preview(actor, release_id, environment_id),
    )
    shown = request_modal(release, target.environment, Preview(gates, target))
    # Slack refuses the hash of a form that was updated meanwhile, so a slow preview never replaces a newer one.
    door.replies.later(door.update_modal(form.id, form.hash, shown))


async def suggest(door: Door, actor: Actor, asked: Suggestion) -> list[Option]:
    """What fits to what has been typed so far."""
    if asked.action_id == ActionId.RELEASE:
        releases = await door.countersign.reading.search_releases(actor, asked.value.strip(), OFFERED)
        return [release_choice(release) for release in releases]
    if asked.action_id == ActionId.ENVIRONMENT:
        typed = asked.value.strip().casefold()
        environments = await door.countersign.reading.all_environments(actor)
        return [environment_choice(each) for each in environments if typed in each.name.casefold()][:OFFERED]
    return []
