from __future__ import annotations

import pytest

from bot.cli.configuration.yaml_tree import FlawedFileError
from bot.db.database import Database
from core.app.ports import Ports
from tests.bot.cli.room import applied, fields, verbs
from tests.support.wired import ports_on


@pytest.fixture
def ports(sqlite_database: Database) -> Ports:
    return ports_on(sqlite_database)


async def sources(ports: Ports) -> dict[str, str | None]:
    environments = await ports.transactions.read(lambda store: store.environments.all())
    names = {each.id: each.name for each in environments}
    return {
        each.name: names[each.source_environment_id] if each.source_environment_id else None for each in environments
    }


async def test_environments_may_be_listed_in_any_order(ports: Ports) -> None:
    await applied(ports, "environments: [{name: c, promotesFrom: B}, {name: b, promotesFrom: a}, {name: a}]")
    assert await sources(ports) == {"a": None, "b": "a", "c": "b"}


async def test_the_way_through_environments_can_be_turned_round(ports: Ports) -> None:
    await applied(ports, "environments: [{name: a}, {name: b, promotesFrom: a}]")
    await applied(ports, "environments: [{name: a, promotesFrom: b}, {name: b, promotesFrom: null}]")
    assert await sources(ports) == {"a": "b", "b": None}


async def test_a_circle_is_refused(ports: Ports) -> None:
    await applied(ports, "environments: [{name: a}, {name: b, promotesFrom: a}]")
    with pytest.raises(FlawedFileError, match="each other's source"):
        await applied(ports, "environments:\n - {name: a, promotesFrom: b}\n - {name: b, promotesFrom: a}")


async def test_pruning_starts_at_the_end_of_the_way(ports: Ports) -> None:
    await applied(ports, "environments: [{name: z}, {name: a, promotesFrom: z}, {name: m, promotesFrom: a}]")
    changes = await applied(ports, "environments: []", prune=True)
    assert list(changes) == ["environments m", "environments a", "environments z"]


async def test_a_key_that_is_left_out_stays_and_an_empty_one_clears(ports: Ports) -> None:
    await applied(ports, "environments: [{name: a, slackChannel: '#a', requireSod: true, gates: {sequence-gate: {}}}]")
    assert set(verbs(await applied(ports, "environments: [{name: a}]")).values()) == {"unchanged"}
    changes = await applied(ports, "environments: [{name: a, slackChannel: '', gates: {freeze-window-gate: }}]")
    assert fields(changes["environments a"]) == {
        "slackChannel": ("#a", ""),
        "gates.freeze-window-gate": (None, {"advisory": False}),
        "gates.sequence-gate": ({"advisory": False}, None),
    }


async def test_an_environment_gets_a_workspace_and_keeps_it(ports: Ports) -> None:
    changes = await applied(ports, "environments: [{name: a, slackTeam: T0EU}]")
    assert fields(changes["environments a"])["slackTeam"] == (None, "T0EU")
    assert set(verbs(await applied(ports, "environments: [{name: a}]")).values()) == {"unchanged"}
    with pytest.raises(FlawedFileError, match="not the id of a Slack workspace"):
        await applied(ports, "environments: [{name: a, slackTeam: example}]")


async def test_announcing_is_switched_on_and_stays_on(ports: Ports) -> None:
    changes = await applied(ports, "environments: [{name: a, announce: true}]")
    assert fields(changes["environments a"])["announce"] == (None, True)
    assert set(verbs(await applied(ports, "environments: [{name: a}]")).values()) == {"unchanged"}
    environment = await ports.transactions.read(lambda store: store.environments.named("a"))
    assert environment is not None
    assert environment.announce


async def test_a_new_spelling_of_a_name_is_a_change_not_a_new_thing(ports: Ports) -> None:
    await applied(ports, "environments: [{name: prod}]")
    changes = await applied(ports, "environments: [{name: Prod}]")
    assert fields(changes["environments Prod"]) == {"name": ("prod", "Prod")}


async def test_the_order_of_names_does_not_count(ports: Ports) -> None:
    base = "environments: [{name: e}, {name: f}]\napproverGroups: [{name: a}, {name: b}]\n"
    policy = "approvalPolicies: [{name: p, environment: E, requiredApprovals: 1, approverGroups: [%s]}]\n"
    window = "freezeWindows: [{name: w, environments: [%s], startsAt: %s, endsAt: 2027-01-01T00:00:00Z}]\n"
    await applied(ports, base + policy % "a, b" + window % ("e, f", "2026-12-01T00:00:00Z"))
    changes = await applied(ports, base + policy % "B, a" + window % ("F, e", "2026-12-01T01:00:00+01:00"))
    assert set(verbs(changes).values()) == {"unchanged"}


async def test_an_expiry_can_be_taken_away(ports: Ports) -> None:
    policy = "approvalPolicies: [{name: p, environment: e, requiredApprovals: 0, autoExpireHours: %s}]"
    await applied(ports, "environments: [{name: e}]\n" + policy % 24)
    changes = await applied(ports, policy % "null")
    assert fields(changes["approvalPolicies p"]) == {"autoExpireHours": (24, None)}


async def test_a_freeze_window_can_be_moved_and_keeps_its_reason(ports: Ports) -> None:
    window = "freezeWindows: [{name: w, environments: [e], startsAt: 2026-12-01T00:00:00Z, endsAt: %s%s}]"
    await applied(ports, "environments: [{name: e}]\n" + window % ("2026-12-02T00:00:00Z", ", reason: stocktaking"))
    changes = await applied(ports, window % ("2026-12-03T00:00:00Z", ""))
    assert fields(changes["freezeWindows w"]) == {"endsAt": ("2026-12-02T00:00:00Z", "2026-12-03T00:00:00Z")}


_POLICY = """
environments: [{name: a}]
people: [{email: bob@example.com, name: Bob}]
approverGroups: [{name: g, members: [bob@example.com]}]
approvalPolicies: [{name: p, environment: a, requiredApprovals: 1, approverGroups: [g]%s}]
"""
_WISHES = ", notify: {via: channel, remindAtPercent: null, escalateAtPercent: 75, escalateToGroup: g}"


async def test_a_policys_wishes_are_applied_and_left_alone_where_the_file_says_nothing(ports: Ports) -> None:
    await applied(ports, _POLICY % "")
    await applied(ports, _POLICY % _WISHES)
    await applied(ports, _POLICY % "")
    policy = await ports.transactions.read(lambda store: store.policies.named("p"))
    assert policy is not None
    assert policy.escalation_group is not None
    assert (policy.notify.via, policy.notify.remind_at_percent, policy.escalation_group.name) == ("channel", None, "g")


async def test_an_escalation_to_a_stranger_is_refused(ports: Ports) -> None:
    with pytest.raises(FlawedFileError, match="escalateAtPercent"):
        await applied(ports, _POLICY % ", notify: {escalateAtPercent: 75}")
