from __future__ import annotations

import pytest

from bot.cli.configuration.yaml_tree import FlawedFileError
from bot.db.database import Database
from core.app.access import Access
from core.app.ports import Ports
from core.domain.people import Person, SlackAccount
from tests.bot.cli.room import applied, fields, verbs
from tests.support.wired import ports_on


@pytest.fixture
def ports(sqlite_database: Database) -> Ports:
    return ports_on(sqlite_database)


async def person(ports: Ports, email: str) -> Person:
    found = await ports.transactions.read(lambda store: store.people.by_email(email))
    assert found is not None
    return found


async def test_people_are_known_by_e_mail_address_whatever_its_letter_case(ports: Ports) -> None:
    await applied(ports, "people: [{email: Bob@Example.com, name: Bob}]")
    changes = await applied(ports, "people: [{email: bob@example.COM, name: Robert, roles: [admin]}]")
    assert fields(changes["people bob@example.com"]) == {"name": ("Bob", "Robert"), "roles": ([], ["admin"])}


async def test_what_slack_said_of_an_account_is_kept(ports: Ports) -> None:
    source = "people: [{email: b@x, name: Bob, slack: [{team: T1, user: U1}]}]"
    await applied(ports, source)
    await Access(ports).note_slack_account(SlackAccount("T1", "U1", "is_restricted"))
    assert set(verbs(await applied(ports, source)).values()) == {"unchanged"}
    await applied(ports, source.replace("Bob", "Rob"))
    assert (await person(ports, "b@x")).slack == (SlackAccount("T1", "U1", "is_restricted"),)


async def test_accounts_that_the_file_does_not_mention_stay(ports: Ports) -> None:
    await applied(ports, "people: [{email: b@x, name: Bob, slack: [{team: T1, user: U1}]}]")
    assert set(verbs(await applied(ports, "people: [{email: b@x, name: Bob}]")).values()) == {"unchanged"}
    changes = await applied(ports, "people: [{email: b@x, name: Bob, slack: []}]")
    assert fields(changes["people b@x"]) == {"slack": (["T1 U1"], [])}


async def test_an_account_can_move_to_somebody_else_in_one_go(ports: Ports) -> None:
    await applied(ports, "people: [{email: b@x, name: B, slack: [{team: T1, user: U1}]}, {email: a@x, name: A}]")
    await applied(
        ports, "people: [{email: a@x, name: A, slack: [{team: T1, user: U1}]}, {email: b@x, name: B, slack: []}]"
    )
    assert (await person(ports, "a@x")).slack == (SlackAccount("T1", "U1"),)


async def test_an_account_of_somebody_else_is_refused_with_its_place(ports: Ports) -> None:
    await applied(ports, "people: [{email: b@x, name: B, slack: [{team: T1, user: U1}]}]")
    with pytest.raises(FlawedFileError) as refused:
        await applied(ports, "people:\n - email: a@x\n   name: A\n   slack: [{team: T1, user: U1}]")
    assert (refused.value.flaws[0].line, refused.value.flaws[0].path) == (4, "people[0].slack")


async def test_people_come_back_when_the_file_says_so(ports: Ports) -> None:
    await applied(ports, "people: [{email: b@x, name: B}, {email: a@x, name: A}]")
    await applied(ports, "people: [{email: b@x, name: B}]", prune=True)
    assert not (await person(ports, "a@x")).active
    await applied(ports, "people: [{email: a@x, name: A, active: true}]")
    assert (await person(ports, "a@x")).active


async def test_members_are_a_set(ports: Ports) -> None:
    people = "people: [{email: a@x, name: A}, {email: b@x, name: B}]\n"
    await applied(ports, people + "approverGroups: [{name: g, members: [a@x, b@x]}]")
    again = await applied(ports, people + "approverGroups: [{name: g, members: [B@X, a@x, b@x]}]")
    assert set(verbs(again).values()) == {"unchanged"}
    fewer = await applied(ports, "approverGroups: [{name: g, members: [b@x], slackUsergroup: S1}]")
    assert fields(fewer["approverGroups g"]) == {"members": (["a@x", "b@x"], ["b@x"]), "slackUsergroup": ("", "S1")}
    assert verbs(await applied(ports, "approverGroups: []", prune=True)) == {"approverGroups g": "delete"}
