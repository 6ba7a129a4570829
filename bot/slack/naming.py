"""From names that people type to what they mean, with suggestions where a name is nearly right."""

from __future__ import annotations

from uuid import UUID

from bot.slack.grammar import Names, near_misses
from core.app.countersign import Countersign
from core.app.pages import MAX_PAGE_SIZE, PageRequest
from core.app.ports import PromotionFilter
from core.domain.environment import Environment
from core.domain.people import Actor
from core.domain.release import Release
from core.domain.text import NAME_MAX
from core.errors import NotFoundError


async def resolved(countersign: Countersign, actor: Actor, names: Names) -> tuple[Release, Environment]:
    """The release and the environment of those names. Raises NotFoundError, with names that come near."""
    try:
        return await countersign.reading.resolve(actor, names.release, names.environment)
    except NotFoundError as error:
        if error.params.get("kind") == "release":
            known = await _release_names(countersign, actor, names.release)
            near = near_misses(names.release, known)
        else:
            known = [each.name for each in await countersign.reading.all_environments(actor)]
            near = near_misses(names.environment, known) or known[:3]
        raise NotFoundError(error.message, hint=error.hint, **{**error.params, "suggestions": near}) from error


async def promotion_id(countersign: Countersign, actor: Actor, subject: Names | UUID) -> UUID:
    """The promotion of that id, or the newest one of that release to that environment. Raises NotFoundError."""
    if isinstance(subject, UUID):
        return subject
    release, environment = await resolved(countersign, actor, subject)
    wanted = PromotionFilter(release_id=release.id, environment_id=environment.id)
    page = await countersign.reading.promotions(actor, wanted, PageRequest(1, 1))
    if not page.items:
        raise NotFoundError(
            f"Nobody has asked for {release.name} to go to {environment.name} yet",
            hint="Ask for it with /promote.",
            kind="promotion",
        )
    return page.items[0].id


async def _release_names(countersign: Countersign, actor: Actor, typed: str) -> list[str]:
    """Releases that hold what was typed, and the newest ones."""
    holding = await countersign.reading.search_releases(actor, typed[:NAME_MAX], MAX_PAGE_SIZE)
    newest = await countersign.reading.releases(actor, PageRequest(1, MAX_PAGE_SIZE))
    return list(dict.fromkeys(release.name for release in (*holding, *newest.items)))
