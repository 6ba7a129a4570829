"""Who a Slack user is, by what we know, by what Slack says, and while Slack is silent."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import time
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.gateways.slack_accounts import SlackAccounts, blocked_by
from bot.gateways.slack_channels import SlackChannels
from bot.gateways.slack_workspaces import Workspace, Workspaces
from core.app.countersign import Countersign
from core.app.drafts import PersonDraft
from core.domain.people import SYSTEM, SlackAccount
from core.domain.quiet import QuietHours
from core.errors import UnknownPersonError
from tests.support.clock import FakeClock, SequentialIds
from tests.support.memory import MemoryTransactions
from tests.support.wired import ports_on
from tests.support.workspaces import only

TEAM = "T01"


@dataclass
class Directory(AsyncWebClient):
    """Slack's `users.info`; an exception instead of a profile is raised."""

    profile: dict[str, Any] | Exception = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def users_info(self, *, user: str, **_: Any) -> Any:
        self.asked.append(user)
        if isinstance(self.profile, Exception):
            raise self.profile
        return {"ok": True, "user": self.profile}


@pytest.fixture
async def countersign(clock: FakeClock, new_id: SequentialIds) -> Countersign:
    made = Countersign(ports_on(MemoryTransactions(), clock, new_id))
    known = PersonDraft("bob@example.com", "Bob", slack=(SlackAccount(TEAM, "U01"),))
    await made.administering.create_person(SYSTEM, known)
    await made.administering.create_person(SYSTEM, PersonDraft("carol@example.com", "Carol"))
    return made


def carol(**flags: Any) -> dict[str, Any]:
    return {"profile": {"email": "Carol@example.com"}, "is_email_confirmed": True, "team_id": TEAM, **flags}


async def test_a_known_account_is_its_person(countersign: Countersign) -> None:
    actor = await SlackAccounts(only(Directory(), TEAM), countersign).actor(TEAM, "U01", "c-1")
    assert (actor.ref.name, actor.door, actor.correlation_id) == ("Bob", "slack", "c-1")
    assert actor.account == SlackAccount(TEAM, "U01")


@pytest.mark.parametrize("flag", ["deleted", "is_bot", "is_restricted", "is_stranger"])
async def test_what_slack_says_of_an_account_counts_at_once_and_is_kept(countersign: Countersign, flag: str) -> None:
    actor = await SlackAccounts(only(Directory({flag: True}), TEAM), countersign).actor(TEAM, "U01")
    assert actor.account is not None
    assert actor.account.blocked_by == flag
    silent = SlackAccounts(only(Directory(TimeoutError()), TEAM), countersign)
    assert (await silent.actor(TEAM, "U01")).account == actor.account


async def test_slack_is_asked_once_a_day(countersign: Countersign, clock: FakeClock) -> None:
    directory = Directory()
    accounts = SlackAccounts(only(directory, TEAM), countersign)
    for _ in range(3):
        await accounts.actor(TEAM, "U01")
    assert directory.asked == ["U01"]
    clock.advance(hours=24)
    directory.profile = {"deleted": True}
    blocked = (await accounts.actor(TEAM, "U01")).account
    assert blocked is not None
    assert blocked.blocked_by == "deleted"


@pytest.mark.parametrize("trouble", [TimeoutError(), OSError("down"), RuntimeError("limited")])
async def test_known_people_go_on_while_slack_is_silent(
    countersign: Countersign, clock: FakeClock, trouble: Exception
) -> None:
    directory = Directory(trouble)
    accounts = SlackAccounts(only(directory, TEAM), countersign)
    for _ in range(3):
        assert (await accounts.actor(TEAM, "U01")).ref.name == "Bob"
    assert len(directory.asked) == 1
    clock.advance(minutes=1)
    await accounts.actor(TEAM, "U01")
    assert len(directory.asked) == 2


async def test_an_unknown_account_stays_unknown_unless_matching_is_switched_on(countersign: Countersign) -> None:
    directory = Directory(carol())
    with pytest.raises(UnknownPersonError):
        await SlackAccounts(only(directory, TEAM), countersign).actor(TEAM, "U02")
    assert directory.asked == []


async def test_a_verified_address_links_the_account_for_good(countersign: Countersign) -> None:
    accounts = SlackAccounts(only(Directory(carol()), TEAM), countersign, match_email=True)
    assert (await accounts.actor(TEAM, "U02")).ref.name == "Carol"
    without = SlackAccounts(only(Directory(TimeoutError()), TEAM), countersign)
    assert (await without.actor(TEAM, "U02")).ref.name == "Carol"


UNLINKABLE: dict[str, dict[str, Any] | Exception] = {
    "not verified": carol(is_email_confirmed=False),
    "verified, says a text": carol(is_email_confirmed="true"),
    "nothing said of verification": {"profile": {"email": "carol@example.com"}},
    "no address": carol(profile={}),
    "an address that is none": carol(profile={"email": 7}),
    "nobody's address": carol(profile={"email": "eve@example.com"}),
    "a guest": carol(is_restricted=True),
    "a single-channel guest": carol(is_ultra_restricted=True),
    "a stranger": carol(is_stranger=True),
    "of another workspace": carol(team_id="T99"),
    "a bot": carol(is_bot=True),
    "deactivated": carol(deleted=True),
    "Slack silent": TimeoutError(),
}


@pytest.mark.parametrize("profile", UNLINKABLE.values(), ids=UNLINKABLE)
async def test_anything_less_links_nothing(countersign: Countersign, profile: dict[str, Any] | Exception) -> None:
    with pytest.raises(UnknownPersonError):
        await SlackAccounts(only(Directory(profile), TEAM), countersign, match_email=True).actor(TEAM, "U02")


def test_flags_are_named_as_slack_names_them() -> None:
    assert blocked_by({}, TEAM) == ""
    assert blocked_by({"team_id": TEAM}, TEAM) == ""
    assert blocked_by({"is_ultra_restricted": True}, TEAM) == "is_restricted"
    assert blocked_by({"is_workflow_bot": True}, TEAM) == "is_bot"
    assert blocked_by({"deleted": True, "is_bot": True}, TEAM) == "deleted"


@pytest.mark.parametrize("flag", ["deleted", "is_bot", "is_restricted", "is_ultra_restricted", "is_stranger"])
async def test_what_an_event_says_of_an_account_counts_without_asking(countersign: Countersign, flag: str) -> None:
    directory = Directory(TimeoutError())
    accounts = SlackAccounts(only(directory, TEAM), countersign)
    await accounts.heard_of(TEAM, {"id": "U01", flag: True})
    assert directory.asked == []
    account = (await accounts.actor(TEAM, "U01")).account
    assert account is not None
    assert account.blocked_by == flag.replace("ultra_", "")
    await accounts.heard_of(TEAM, {"id": "U01"})
    assert (await accounts.actor(TEAM, "U01")).account == SlackAccount(TEAM, "U01")


async def test_an_event_links_a_newcomer_and_never_moves_an_account(countersign: Countersign) -> None:
    accounts = SlackAccounts(only(Directory(TimeoutError()), TEAM), countersign, match_email=True)
    await accounts.heard_of(TEAM, carol(id="U02"))
    assert (await accounts.actor(TEAM, "U02")).ref.name == "Carol"
    await accounts.heard_of(TEAM, carol(id="U01"))
    assert (await accounts.actor(TEAM, "U01")).ref.name == "Bob"


@pytest.mark.parametrize("profile", [{}, {"id": 7}, carol(id="U02")])
async def test_an_event_of_nobody_we_know_leaves_nothing(countersign: Countersign, profile: dict[str, Any]) -> None:
    accounts = SlackAccounts(only(Directory(), TEAM), countersign)
    await accounts.heard_of(TEAM, profile)
    with pytest.raises(UnknownPersonError):
        await accounts.actor(TEAM, "U02")


GRID = {"enterprise_id": "E05", "teams": ["T51", "T52"]}


@pytest.mark.parametrize(
    ("profile", "flag"),
    [
        ({"team_id": "T51", "enterprise_user": GRID}, ""),
        ({"team_id": "T52", "enterprise_user": GRID}, ""),
        ({"team_id": "T90", "enterprise_user": {"enterprise_id": "E09", "teams": ["T90"]}}, "is_stranger"),
        ({"team_id": "T51", "enterprise_user": GRID, "is_stranger": True}, "is_stranger"),
        ({"team_id": "T51", "enterprise_user": GRID, "is_restricted": True}, "is_restricted"),
    ],
)
def test_who_belongs_to_the_organisation_is_no_stranger_in_its_workspaces(profile: dict[str, Any], flag: str) -> None:
    assert blocked_by(profile, "T51") == flag


async def test_an_account_of_the_organisation_is_looked_up_and_kept(countersign: Countersign) -> None:
    await countersign.access.link_slack_account(SYSTEM, "carol@example.com", SlackAccount("E05", "W09"))
    directory = Directory({"team_id": "T52", "enterprise_user": GRID, "is_restricted": True})
    accounts = SlackAccounts(only(directory, "T51"), countersign)
    actor = await accounts.actor("T51", "W09", enterprise="E05")
    assert actor.account == SlackAccount("T51", "W09", "is_restricted")
    assert directory.asked == ["W09"]


async def test_addresses_are_matched_only_where_the_workspace_vouches_for_them(countersign: Countersign) -> None:
    directory = Directory(carol(team_id="T77"))
    channels = SlackChannels(directory)

    class Stranger(Workspaces):
        async def find(self, team: str, enterprise: str = "") -> Workspace | None:
            return Workspace(team, directory, channels, vouches=False)

    accounts = SlackAccounts(Stranger(countersign.ports.clock, "", None), countersign, match_email=True)
    with pytest.raises(UnknownPersonError):
        await accounts.actor("T77", "U02")
    assert directory.asked == ["U02"]


async def test_the_time_zone_of_a_profile_moves_quiet_hours(countersign: Countersign) -> None:
    actor = await countersign.access.by_slack(TEAM, "U01")
    await countersign.notifying.quiet(actor, QuietHours(time(22), time(7)), "Europe/Berlin")
    accounts = SlackAccounts(only(Directory({"tz": "Asia/Tokyo"}), TEAM), countersign)
    await accounts.actor(TEAM, "U01")
    assert (await countersign.notifying.preferences(actor)).time_zone == "Asia/Tokyo"
    for zone, kept in (("Europe/Lisbon", "Europe/Lisbon"), (17, "Europe/Lisbon"), ("x" * 99, "Europe/Lisbon")):
        await accounts.heard_of(TEAM, {"id": "U01", "tz": zone})
        assert (await countersign.notifying.preferences(actor)).time_zone == kept
