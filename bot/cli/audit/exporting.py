"""Writing an export: a period is read piece by piece, and each piece goes into files, tables and figures at once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import BinaryIO

from bot.cli.audit.folder import Folder, Growing
from bot.cli.audit.page import Taken, page
from bot.cli.audit.parts import evidence_name
from bot.cli.audit.readme import Example, commands, readme
from bot.cli.audit.rows import Rows
from bot.cli.audit.tables import (
    COLUMNS,
    Entry,
    approver_entries,
    change_entry,
    csv_header,
    csv_lines,
    decision_entries,
    undecided_entries,
)
from bot.cli.audit.words import moment
from bot.cli.evidence import LOG_VERIFIER_FILE, VERIFIER_FILE
from core.app.reviewing import LoggedChange, LoggedDecision, Review
from core.domain.promotion import Promotion
from core.evidence.audit.case import Party
from core.evidence.audit.figures import Figures
from core.evidence.audit.reviewed import review as looked_at
from core.evidence.keyring import KeyRing
from core.evidence.log.checkpoints import Checkpoint
from core.evidence.log.proofs import SUFFIX

CHANGES_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written."""

    decisions: int
    undecided: int
    changes: int
    checkpoint: Checkpoint


def export(review: Review, folder: Folder) -> Exported:
    """Write everything of the period into the folder, from the beginning."""
    folder.begin()
    with ExitStack() as files:
        fragment = files.enter_context(folder.scratch())
        tables = {name: files.enter_context(folder.growing(f"{name}.csv")) for name in COLUMNS}
        for name, file in tables.items():
            file.write(csv_header(name))
        export = _Export(review, folder, tables, fragment)
        export.take()
        for path, content in export.others():
            folder.write(path, content)
        with folder.growing("index.html") as file:
            for piece in export.page():
                file.write(piece)
        return export.exported


class _Export:
    """One export on its way: files that grow, and what is counted."""

    def __init__(self, review: Review, folder: Folder, tables: Mapping[str, Growing], fragment: BinaryIO) -> None:
        self._review = review
        self._folder = folder
        self._tables = tables
        self._fragment = fragment
        self._figures = Figures(review.period)
        self._rows = Rows(Growing(fragment))
        self._changes: list[LoggedChange] = []
        self._change_count = 0
        self._example: Example | None = None
        self._groups = list(review.groups())

    @property
    def exported(self) -> Exported:
        whole = self._figures.whole
        return Exported(whole.decided, whole.undecided, self._change_count, self._review.published.checkpoint)

    def take(self) -> None:
        """Read the period, and write what is one file or one row for each thing."""
        for leaf in self._review.leaves():
            if isinstance(leaf, LoggedDecision):
                self._take_decision(leaf)
            else:
                self._take_change(leaf)
        for promotion in self._review.undecided():
            self._take_undecided(promotion)
        as_of = moment(self._review.at)
        for group, members in self._groups:
            self._enter(approver_entries(group, members, as_of))
        for published in self._review.checkpoints():
            self._folder.write(f"checkpoints/{published.checkpoint.size:09}.checkpoint", published.text.encode())

    def others(self) -> Iterator[tuple[str, bytes]]:
        """The files of which there is one each."""
        keys = KeyRing(self._review.public_keys())
        yield "keys/jwks.json", json.dumps(keys.to_jwks(), indent=2).encode() + b"\n"
        yield "keys/all.pem", keys.to_pem().encode()
        for key in keys:
            yield f"keys/{key.key_ref}.pem", key.public_key_pem.encode()
        yield "keys/signed-notes.txt", "".join(f"{line}\n" for line in self._review.log_keys()).encode()
        for verifier in (VERIFIER_FILE, LOG_VERIFIER_FILE):
            yield verifier.name, verifier.read_bytes()
        count = self._figures.whole.decided
        told = readme(self._review.period, self._environments, count, self._commands)
        yield "README.txt", told.encode()

    def page(self) -> Iterator[bytes]:
        """The page, once everything is taken."""
        keys = {key.key_ref for key in self._review.public_keys() if key.revoked_at is not None}
        taken = Taken(
            period=self._review.period,
            environments=self._environments,
            checkpoint=self._review.published.checkpoint,
            at=self._review.at,
            groups=self._groups,
            changes=self._changes,
            change_count=self._change_count,
            revoked_keys=[each for each in sorted(self._figures.keys.items()) if each[0] in keys],
            commands=self._commands,
        )
        return page(taken, self._figures, self._rows, self._fragment)

    @property
    def _environments(self) -> tuple[str, ...]:
        return tuple(environment.name for environment in self._review.environments)

    @property
    def _commands(self) -> tuple[str, ...]:
        return commands(self._figures.whole.decided, self._example)

    def _take_decision(self, decision: LoggedDecision) -> None:
        case = decision.case
        reviewed = looked_at(case, decision.told)
        packet, *others = decision.exports
        self._folder.write(f"packets/{packet.name}", packet.content)
        for each in others:
            self._folder.write(f"exports/{each.name}", each.content)
        self._folder.write(f"proofs/{evidence_name(case.packet_id)}{SUFFIX}", decision.proof)
        self._figures.add(reviewed)
        self._rows.add(reviewed)
        self._enter(decision_entries(decision, reviewed))
        self._example = self._example or Example(case.packet_id, case.signer_key_ref)

    def _take_change(self, change: LoggedChange) -> None:
        self._folder.write(f"proofs/leaf-{change.leaf.index}{SUFFIX}", change.proof)
        self._enter([change_entry(change)])
        self._change_count += 1
        if len(self._changes) < CHANGES_SHOWN:
            self._changes.append(change)

    def _take_undecided(self, promotion: Promotion) -> None:
        by = promotion.requested_by
        asked_by = Party(by.kind.value, str(by.id or ""), by.name)
        self._figures.add_undecided(str(promotion.target.id), promotion.target.name, asked_by)
        self._rows.add_undecided(promotion, asked_by)
        self._enter(undecided_entries(promotion))

    def _enter(self, entries: Iterator[Entry] | list[Entry]) -> None:
        for entry in entries:
            self._tables[entry.table].write(csv_lines(entry.table, [entry.row]))
