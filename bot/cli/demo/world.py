"""Releases and decided promotions to look at, made through the use cases like anybody's."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from bot.cli.demo.findings import BLOCKING, EXCUSED, WAIVED_ID, trivy_report, vex_document
from core.app.access import CreateToken
from core.app.countersign import Countersign
from core.app.deciding import CancelPromotion, CastVote
from core.app.deploying import ReportDeployment
from core.app.drafts import EnvironmentDraft, ReleaseDraft, ScanDraft
from core.app.journal import REFRESH, Journal
from core.app.ports import Store
from core.app.requesting import RequestPromotion
from core.app.scanning import SubmitReport
from core.app.transparency import LOG_ID
from core.app.waiving import WaiveFinding
from core.domain.people import SYSTEM_REF, Actor, Right
from core.domain.promotion import Promotion, VoteChoice
from core.domain.release import Artifact, DeploymentStatus, Release
from core.gates.webhook import WebhookGate

CLI = Actor(SYSTEM_REF, "cli")
PEOPLE = ("alice", "bob", "carol", "sam")
PIPELINE = "demo-pipeline"
PIPELINE_SCOPES = frozenset({Right.REQUESTER, Right.PUBLISHER, Right.DEPLOYER})


@dataclass(frozen=True, slots=True)
class World:
    """Everybody who can act in the demo, and the tokens by which they do so over REST."""

    countersign: Countersign
    tokens: dict[str, str] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)

    async def let_in(self) -> None:
        """Give everybody a token, and recognise them by it."""
        access = self.countersign.access
        wanted = {name: CreateToken(person_email=f"{name}@example.com") for name in PEOPLE}
        wanted[PIPELINE] = CreateToken(service_name=PIPELINE, scopes=PIPELINE_SCOPES)
        for name, command in wanted.items():
            issued = await access.create_token(CLI, command)
            self.tokens[name] = issued.text
            self.actors[name] = await access.by_token(issued.text)

    async def furnish(self) -> None:
        """Make releases in every situation worth trying, and some history."""
        await self._shipped(await self._release("billing", "1.8.2", "Nils Nygaard", high=1))
        await self._shipped(
            await self._release("shop", "2.3.0", "Bob Baker", high=2), rejected="Checkout fails on Safari"
        )
        await self._taken_back(await self._release("search", "1.1.0", "Ines Ito"))
        for component, version, author, critical, high in (
            ("shop", "2.3.1", "Ines Ito", 0, 3),
            ("search", "1.2.0", "Nils Nygaard", 0, 0),
            ("cart", "1.0.0", "Carol Chen", 0, 1),
        ):
            await self._in_staging(await self._release(component, version, author, critical=critical, high=high))
        await self._scanned()
        await self._release("billing", "1.9.0", "Carol Chen", high=2)

    async def _scanned(self) -> None:
        """Releases with a scanner's own file: one that its findings block, one that a waiver and VEX let through."""
        scanning, pipeline = self.countersign.scanning, self.actors[PIPELINE]
        blocked = await self._register("shop", "2.4.0", "Bob Baker")
        await scanning.submit_report(pipeline, SubmitReport(blocked.id, trivy_report(blocked.name, BLOCKING)))
        await self._in_staging(blocked)
        passing = await self._register("payments", "3.1.0", "Carol Chen")
        await scanning.submit_report(pipeline, SubmitReport(passing.id, trivy_report(passing.name, EXCUSED)))
        await scanning.submit_vex(pipeline, passing.id, vex_document())
        await self._in_staging(passing)
        _, production = await self.countersign.reading.resolve(CLI, passing.name, "production")
        await self.countersign.waiving.waive(
            self.actors["sam"],
            WaiveFinding(
                vulnerability=WAIVED_ID,
                component=passing.component,
                environment_id=production.id,
                reason="Archives come from our own build alone; the fixed package is planned for 3.2",
                ends_at=self.countersign.ports.clock() + timedelta(days=30),
            ),
        )

    async def ask_for_one(self) -> None:
        """Leave one promotion waiting, so that there is something to approve at once."""
        release, production = await self.countersign.reading.resolve(CLI, "search-1.2.0", "production")
        await self._asked(release, production.id, "Search finds things again")

    async def ask_board_at(self, url: str) -> None:
        """Have the change board asked where it sits this time."""
        countersign = self.countersign
        for environment in await countersign.reading.all_environments(CLI):
            if WebhookGate.name in environment.gates:
                draft = EnvironmentDraft(
                    environment.name,
                    environment.source_environment_id,
                    environment.require_sod,
                    environment.slack_channel,
                    {**environment.gates, WebhookGate.name: {"services": [{"name": "change-board", "url": url}]}},
                    environment.announce,
                )
                await countersign.administering.update_environment(CLI, environment.id, draft)

    async def show_again(self) -> None:
        """Post the cards of what is open anew: a playground begins empty, whatever stood in an earlier one."""
        ports = self.countersign.ports

        def body(store: Store) -> None:
            journal = Journal(store, CLI, ports.clock())
            for promotion_id in store.promotions.open_ids():
                for message in store.sent.of(promotion_id):
                    store.sent.forget(message.key)
                journal.tell(promotion_id, *REFRESH)
            for message in store.sent.of(LOG_ID):
                store.sent.forget(message.key)

        await ports.transactions.write(body)

    async def _release(self, component: str, version: str, author: str, *, critical: int = 0, high: int = 0) -> Release:
        release = await self._register(component, version, author)
        draft = ScanDraft(release.id, "example-scanner", critical=critical, high=high)
        await self.countersign.releasing.submit_scan(self.actors[PIPELINE], draft)
        return release

    async def _register(self, component: str, version: str, author: str) -> Release:
        digest = hashlib.sha256(f"{component} {version}".encode()).hexdigest()
        image = Artifact(f"registry.example.com/{component}:{version}", f"sha256:{digest}")
        source = f"https://git.example.com/{component}/tree/v{version}"
        changes = f"https://git.example.com/{component}/compare/v{version}"
        draft = ReleaseDraft(
            component, version, artifacts=(image,), authors=(author,), source_ref=source, changes_url=changes
        )
        return await self.countersign.releasing.register(self.actors[PIPELINE], draft)

    async def _in_staging(self, release: Release) -> None:
        _, staging = await self.countersign.reading.resolve(CLI, release.name, "staging")
        promotion = await self._asked(release, staging.id, f"Try {release.name}", PIPELINE)
        await self._deployed(promotion)

    async def _shipped(self, release: Release, rejected: str = "") -> None:
        await self._in_staging(release)
        promotion = await self._to_production(release)
        if rejected:
            await self._vote("carol", promotion, VoteChoice.REJECTED, rejected)
            return
        await self._vote("bob", promotion, VoteChoice.APPROVED, "Release notes read, scan is fine")
        await self._vote("sam", promotion, VoteChoice.APPROVED, "Dashboards are quiet")
        await self._deployed(promotion)

    async def _taken_back(self, release: Release) -> None:
        await self._in_staging(release)
        promotion = await self._to_production(release)
        command = CancelPromotion(promotion.id, "A newer one comes tomorrow")
        await self.countersign.deciding.cancel(self.actors["alice"], command)

    async def _to_production(self, release: Release) -> Promotion:
        _, production = await self.countersign.reading.resolve(CLI, release.name, "production")
        return await self._asked(release, production.id, f"Ship {release.name}")

    async def _asked(self, release: Release, environment_id: UUID, reason: str, who: str = "alice") -> Promotion:
        command = RequestPromotion(release.id, environment_id, reason)
        promotion = await self.countersign.requesting.request(self.actors[who], command)
        return await self.countersign.evaluating.evaluate(promotion.id) or promotion

    async def _vote(self, name: str, promotion: Promotion, choice: VoteChoice, comment: str) -> None:
        await self.countersign.deciding.vote(self.actors[name], CastVote(promotion.id, choice, comment))

    async def _deployed(self, promotion: Promotion) -> None:
        for status in (DeploymentStatus.DEPLOYING, DeploymentStatus.DEPLOYED):
            await self.countersign.deploying.report(self.actors[PIPELINE], ReportDeployment(promotion.id, status))
