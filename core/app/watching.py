"""Who is to be looked at again when something that gates depend on has changed.

Only promotions are looked at whose gates can give another verdict: those of the release that was deployed, those to an
environment whose gates follow the component, those to environments whose gates name a group. So the cost grows with
what is affected, not with what is open. Time alone is the scheduler's.
"""

from __future__ import annotations

from collections.abc import Iterable

from core.app.journal import Journal
from core.domain.promotion import Promotion
from core.domain.text import name_key
from core.gates.registry import GateRegistry


def look_again_at_deployment(journal: Journal, gates: GateRegistry, deployed: Promotion) -> None:
    """A deployer has said something: promotions of the release, and those that depend on what runs in the target."""
    store = journal.store
    affected = dict.fromkeys(store.promotions.open_ids(release_id=deployed.release_id))
    target = store.environments.get(deployed.target.id)
    if target and gates.follow_deployments(target.gates, deployed.component):
        affected |= dict.fromkeys(store.promotions.open_ids(environment_id=target.id))
    journal.look_again(affected)


def look_again_at_groups(journal: Journal, gates: GateRegistry, names: Iterable[str]) -> None:
    """Members of approver groups have changed: promotions to environments whose gates name one of them."""
    store = journal.store
    wanted = {name_key(name) for name in names}
    for environment in store.environments.all() if wanted else ():
        named = (name for groups in gates.groups_named(environment.gates).values() for name in groups)
        if wanted & {name_key(name) for name in named}:
            journal.look_again(store.promotions.open_ids(environment_id=environment.id))
