"""A quarter to audit, made through the use cases: everything that an auditor looks for happens in it at least once.

Decisions are made on a few days in March 2026, by the people of `tests.core.app.room`. The key that signs is in
`key_file`, for whoever goes on with the command line.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bot.cli.demo.findings import EXCUSED, WAIVED_ID, trivy_report, vex_document
from core.app.drafts import PersonDraft
from core.app.emergencies import LiftFreeze
from core.app.ports import Store, Transactions
from core.app.requesting import RequestPromotion
from core.app.scanning import SubmitReport
from core.app.waiving import WaiveFinding
from core.domain.environment import Environment
from core.domain.notices import Call, Notice
from core.domain.people import SYSTEM, Right
from core.domain.promotion import Promotion
from core.domain.release import Release
from tests.core.app.room import Room
from tests.support.wired import begun

SCRIPT = "<script>alert(1)</script>"
FORMULA = '=HYPERLINK("http://evil.example.com";"click")'
TURNED = "fixes \u202egnp.exe\u202c, \uff1dSUM(A1)"
MALLORY = f"Mallory {SCRIPT} O'Neil"


@dataclass
class Quarter:
    """What was made, by a word for it."""

    room: Room
    promotions: dict[str, UUID] = field(default_factory=dict)


async def quarter(transactions: Transactions, *, usual: int = 0) -> Quarter:
    """Make all of it, and so many usual promotions beside."""
    room = Room()
    room.use(transactions)
    await transactions.write(lambda store: begun(store, room.clock.now))
    await room.furnish()
    made = Quarter(room)
    sandbox, gated = await _environments(room)
    await _usual(made, usual)
    await _exceptions(made, sandbox)
    await _outcomes(made, gated)
    await _hostile(made)
    await _told(made, transactions)
    made.promotions["open"] = (await _asked(made, "10.0.0")).id
    return made


def key_file(folder: Path) -> Path:
    """The private key that signed it."""
    key = ec.derive_private_key(20260302, ec.SECP256R1())
    file = folder / "key.pem"
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    file.chmod(0o600)
    return file


async def _environments(room: Room) -> tuple[Environment, Environment]:
    """One where the requester may approve and a gate only advises, and one where gates alone decide."""
    sandbox = await room.environment("Sandbox", gates={"switch": {"advisory": True}})
    await room.policy_for(sandbox, 1, "release-managers", require_separation_of_duties=False)
    gated = await room.environment("Test", gates={"switch": {}})
    await room.policy_for(gated, 0)
    await room.change("bob", roles=frozenset({Right.REQUESTER}))
    return sandbox, gated


async def _asked(
    made: Quarter,
    version: str,
    to: Environment | None = None,
    *,
    who: str = "alice",
    component: str = "shop",
    reason: str = "",
) -> Promotion:
    room = made.room
    release = await room.a_release_with_scan(version, component)
    return await _requested(made, release, to or room.production, who, reason or f"Ships {release.name}")


async def _requested(made: Quarter, release: Release, to: Environment, who: str, reason: str) -> Promotion:
    room = made.room
    command = RequestPromotion(release.id, to.id, reason)
    asked = await room.countersign.requesting.request(room.actor(who), command)
    return await room.evaluate(asked.id) or asked


async def _usual(made: Quarter, count: int) -> None:
    """Everyday promotions, mostly let through, at all hours of the working day."""
    room, chance = made.room, random.Random(7)
    for number in range(count):
        room.clock.advance(minutes=chance.choice((30, 90, 240)))
        who = chance.choice(("alice", "alice", "bob"))
        component = chance.choice(("shop", "billing", "search"))
        asked = await _asked(made, f"1.{number}.0", who=who, component=component, reason=f"Sprint {number // 9 + 1}")
        fate = chance.random()
        first, second = chance.sample([each for each in ("bob", "carol", "dave", "sam") if each != who], 2)
        room.clock.advance(seconds=chance.choice((6, 45, 240, 900, 2400, 9000, 30_000)))
        if fate < 0.08:
            await room.reject(first, asked.id, "The dashboards are not quiet")
        elif fate < 0.13:
            await room.cancel(who, asked.id, "A newer one comes tomorrow")
        else:
            await room.approve(first, asked.id, "Release notes read")
            room.clock.advance(seconds=chance.choice((20, 300, 1200)))
            await room.approve(second, asked.id)


async def _exceptions(made: Quarter, sandbox: Environment) -> None:
    room = made.room
    room.switch.passes = False
    own = await _asked(made, "2.0.0", sandbox)
    room.clock.advance(minutes=3)
    await room.approve("alice", own.id, "I know what I do")
    made.promotions["own"] = own.id
    room.switch.passes = True

    await room.freeze(ends=1, name="year-end")
    frozen = await _asked(made, "2.1.0")
    lift = LiftFreeze(frozen.id, "The checkout is down", room.clock() + timedelta(minutes=50))
    await room.countersign.emergencies.lift(room.actor("erin"), lift)
    made.promotions["frozen"] = await _approved(made, frozen)
    room.clock.advance(hours=2)

    release = await room.a_release("2.2.0", "payments")
    pipeline = room.ci
    await room.countersign.scanning.submit_report(pipeline, SubmitReport(release.id, trivy_report("payments", EXCUSED)))
    await room.countersign.scanning.submit_vex(pipeline, release.id, vex_document())
    ends = room.clock() + timedelta(days=30)
    waiver = WaiveFinding(WAIVED_ID, "payments", room.production.id, "The archives are our own", ends)
    await room.countersign.waiving.waive(room.actor("wendy"), waiver)
    waived = await _requested(made, release, room.production, "alice", "Refunds")
    made.promotions["waived"] = await _approved(made, waived)


async def _approved(made: Quarter, asked: Promotion, *voters: str) -> UUID:
    for voter in voters or ("bob", "sam"):
        made.room.clock.advance(minutes=20)
        await made.room.approve(voter, asked.id, "Looked at the scan")
    return asked.id


async def _outcomes(made: Quarter, gated: Environment) -> None:
    room = made.room
    made.promotions["gated"] = (await _asked(made, "3.0.0", gated)).id
    rejected = await _asked(made, "3.1.0")
    room.clock.advance(hours=1)
    await room.reject("carol", rejected.id, "Checkout fails on Safari")
    cancelled = await _asked(made, "3.2.0")
    await room.cancel("alice", cancelled.id, "Too early")
    superseded = await _asked(made, "3.3.0")
    room.clock.advance(minutes=1)
    made.promotions["newer"] = await _approved(made, await _asked(made, "3.4.0"))
    expired = await _asked(made, "3.5.0", component="search")
    room.clock.advance(hours=25)
    await room.countersign.deciding.expire_due()
    quick = await _asked(made, "3.6.0")
    room.clock.advance(seconds=4)
    await room.approve("carol", quick.id, "")
    made.promotions["quick"] = await _approved(made, quick, "sam")
    made.promotions |= {
        "rejected": rejected.id,
        "cancelled": cancelled.id,
        "superseded": superseded.id,
        "expired": expired.id,
    }


async def _hostile(made: Quarter) -> None:
    """Somebody with a name that is markup asks for reasons that are formulas."""
    room = made.room
    draft = PersonDraft("mallory@example.com", MALLORY, frozenset({Right.REQUESTER}))
    room.people["mallory"] = await room.countersign.administering.create_person(SYSTEM, draft)
    formula = await _asked(made, "4.0.0", who="mallory", component=f"{SCRIPT}", reason=FORMULA)
    room.clock.advance(hours=3)
    await room.reject("bob", formula.id, f'"quoted", \n{FORMULA}\n{SCRIPT}')
    turned = await _asked(made, "4.1.0", who="mallory", reason=TURNED)
    await room.cancel("mallory", turned.id, "\uff1dcmd|' /C calc'!A0")
    made.promotions |= {"formula": formula.id, "turned": turned.id}


async def _told(made: Quarter, transactions: Transactions) -> None:
    """Dave is told long after the request, and approves at once."""
    room = made.room
    asked = await _asked(made, "5.0.0")
    told_at = room.clock.advance(hours=5)
    notice = Notice(asked.id, room.people["dave"].id, Call.ASK, told_at, told_at, "notice:1", told_at)

    def body(store: Store) -> None:
        store.notices.put([notice])

    await transactions.write(body)
    room.clock.advance(seconds=3)
    await room.approve("dave", asked.id, "ok")
    made.promotions["told"] = await _approved(made, asked, "sam")
