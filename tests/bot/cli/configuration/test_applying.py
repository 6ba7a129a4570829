from __future__ import annotations

import pytest

from bot.cli.configuration.yaml_tree import Flaw, FlawedFileError
from bot.db.database import Database
from core.app.pages import PageRequest
from core.app.ports import Ports, Store
from core.errors import InUseError
from tests.bot.cli.conftest import EXAMPLE
from tests.bot.cli.room import applied, fields, verbs
from tests.support.wired import ports_on


@pytest.fixture
def ports(sqlite_database: Database) -> Ports:
    return ports_on(sqlite_database)


async def count(ports: Ports) -> dict[str, int]:
    def body(store: Store) -> dict[str, int]:
        audit = store.audit.page(PageRequest(size=100)).total
        return {"people": len(store.people.all()), "environments": len(store.environments.all()), "audit": audit}

    return await ports.transactions.read(body)


async def refused(ports: Ports, source: str) -> Flaw:
    with pytest.raises(FlawedFileError) as error:
        await applied(ports, source)
    return error.value.flaws[0]


async def test_applying_twice_changes_nothing_the_second_time(ports: Ports) -> None:
    assert set(verbs(await applied(ports, EXAMPLE)).values()) == {"create"}
    before = await count(ports)
    assert set(verbs(await applied(ports, EXAMPLE)).values()) == {"unchanged"}
    assert await count(ports) == before


async def test_a_dry_run_says_the_same_and_stores_nothing(ports: Ports) -> None:
    dry = await applied(ports, EXAMPLE, dry_run=True)
    assert await count(ports) == {"people": 0, "environments": 0, "audit": 0}
    assert verbs(await applied(ports, EXAMPLE)) == verbs(dry)


async def test_each_change_is_in_the_audit_log_as_the_command_line_s(ports: Ports) -> None:
    await applied(ports, EXAMPLE)
    page = await ports.transactions.read(lambda store: store.audit.page(PageRequest(size=100)))
    assert {event.door for event in page.items} == {"cli"}
    assert sorted(event.action for event in page.items)[0] == "approval_policy:created"


async def test_a_refusal_at_the_end_leaves_nothing_of_the_beginning(ports: Ports) -> None:
    flaw = await refused(ports, EXAMPLE.replace("2027-01-03", "2025-01-03"))
    assert flaw == Flaw(15, "freezeWindows[0].endsAt", "A freeze window must end after it starts")
    assert await count(ports) == {"people": 0, "environments": 0, "audit": 0}


@pytest.mark.parametrize(
    ("source", "flaw"),
    [
        (
            "environments:\n  - name: a\n    promotesFrom: b\n",
            (3, "environments[0].promotesFrom", "there is no environment 'b', neither in this file nor stored"),
        ),
        (
            "environments:\n  - {name: a, promotesFrom: a}\n",
            (2, "environments[0].promotesFrom", "there is no environment 'a', neither in this file nor stored"),
        ),
        (
            "environments:\n  - name: a\n    gates:\n      security-gate: {maxHigh: many}\n",
            (
                4,
                "environments[0].gates.security-gate.maxHigh",
                "gates.security-gate.maxHigh: Input should be a valid integer",
            ),
        ),
        (
            "environments:\n  - name: a\n    gates: {moon-gate: {}}\n",
            (3, "environments[0].gates", "There is no gate called 'moon-gate'"),
        ),
        (
            "approverGroups:\n  - name: g\n    members:\n      - nobody@example.com\n",
            (
                4,
                "approverGroups[0].members[0]",
                "there is no person with the e-mail address 'nobody@example.com', neither in this file nor stored",
            ),
        ),
        (
            "environments: [{name: e}]\napprovalPolicies:\n"
            "  - {name: p, environment: e, requiredApprovals: 1,\n     approverGroups: [g]}\n",
            (
                4,
                "approvalPolicies[0].approverGroups[0]",
                "there is no approver group 'g', neither in this file nor stored",
            ),
        ),
        (
            "environments: [{name: e}]\napprovalPolicies:\n  - {name: p, environment: e, requiredApprovals: 200}\n",
            (3, "approvalPolicies[0].requiredApprovals", "requiredApprovals must be between 0 and 100"),
        ),
        ("people: [{email: bob, name: Bob}]", (1, "people[0].email", "bob is not an e-mail address")),
    ],
)
async def test_what_a_rule_refuses_is_told_with_its_place(
    ports: Ports, source: str, flaw: tuple[int, str, str]
) -> None:
    found = await refused(ports, source)
    assert (found.line, found.path, found.message) == flaw


async def test_what_the_file_does_not_name_stays(ports: Ports) -> None:
    await applied(ports, EXAMPLE)
    await applied(ports, "people: [{email: zoe@example.com, name: Zoe}]")
    assert (await count(ports))["people"] == 3


async def test_pruning_takes_what_the_sections_of_the_file_do_not_name(ports: Ports) -> None:
    await applied(ports, EXAMPLE)
    rest = "environments: [{name: staging}]\napprovalPolicies: []\nfreezeWindows: []\n"
    rest += "people: [{email: bob@example.com, name: Bob}]\n"
    assert verbs(await applied(ports, rest, prune=True)) == {
        "people bob@example.com": "unchanged",
        "environments staging": "unchanged",
        "freezeWindows year-end": "delete",
        "approvalPolicies production-policy": "delete",
        "environments production": "delete",
        "people alice@example.com": "deactivate",
    }
    groups = await ports.transactions.read(lambda store: store.groups.all())
    assert len(groups) == 2, "the file has no section of groups"
    assert verbs(await applied(ports, rest, prune=True)).keys() == {"people bob@example.com", "environments staging"}


async def test_pruning_what_is_in_use_changes_nothing_at_all(ports: Ports) -> None:
    await applied(ports, EXAMPLE)
    before = await count(ports)
    with pytest.raises(InUseError, match="sre-team cannot be pruned"):
        await applied(ports, "approverGroups: [{name: release-managers}]\npeople: [{email: z@x, name: Z}]", prune=True)
    assert await count(ports) == before


async def test_changes_tell_old_and_new(ports: Ports) -> None:
    await applied(ports, EXAMPLE)
    changes = await applied(
        ports, EXAMPLE.replace("maxHigh: 5", "maxHigh: 3").replace("requiredApprovals: 2", "requiredApprovals: 1")
    )
    assert fields(changes["approvalPolicies production-policy"]) == {"requiredApprovals": (2, 1)}
    gate = fields(changes["environments production"])["gates.security-gate"]
    old, new = gate
    assert isinstance(old, dict)
    assert (old["maxCritical"], old["maxHigh"]) == (0, 5)
    assert new == old | {"maxHigh": 3}
