from __future__ import annotations

import io

from rich.console import Console

from bot.cli.configuration.changes import Change, FieldChange, Verb
from bot.cli.diff import print_diff

CHANGES = (
    Change("people", "a@x", Verb.CREATE, (FieldChange("name", None, "A"), FieldChange("active", None, True))),
    Change("people", "b@x", Verb.DEACTIVATE),
    Change(
        "environments",
        "prod",
        Verb.CHANGE,
        (FieldChange("requireSod", False, True), FieldChange("slackChannel", "", "#p")),
    ),
    Change("environments", "dev", Verb.UNCHANGED),
    Change("environments", "old", Verb.DELETE),
    Change("environments", "e", Verb.CHANGE, (FieldChange("gates.g", {"max": 1, "advisory": False}, None),)),
)


def shown(*changes: Change, dry_run: bool = False) -> str:
    paper = io.StringIO()
    print_diff(Console(file=paper, width=80, highlight=False, markup=False), changes, dry_run=dry_run)
    return paper.getvalue()


def test_the_diff_by_section() -> None:
    assert shown(*CHANGES) == (
        "people\n"
        "  + a@x\n"
        "      name    A\n"
        "      active  true\n"
        "  - b@x  (deactivated)\n"
        "environments\n"
        "  ~ prod\n"
        "      requireSod    false -> true\n"
        "      slackChannel  (none) -> #p\n"
        "  = dev\n"
        "  - old\n"
        "  ~ e\n"
        "      gates.g  max: 1, advisory: false -> (none)\n"
        "1 created, 2 changed, 1 unchanged, 1 deleted, 1 deactivated.\n"
    )


def test_a_dry_run_speaks_of_what_would_be() -> None:
    assert shown(*CHANGES, dry_run=True).endswith(
        "1 to create, 2 to change, 1 unchanged, 1 to delete, 1 to deactivate. Dry run: nothing was changed.\n"
    )


def test_names_cannot_steer_the_terminal() -> None:
    assert "\x1b" not in shown(Change("people", "\x1b[31m", Verb.CREATE, (FieldChange("name", None, "\x1b[2J"),)))
