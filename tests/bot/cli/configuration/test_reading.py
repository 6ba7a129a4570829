from __future__ import annotations

import pytest

from bot.cli.configuration.reading import read_configuration
from bot.cli.configuration.yaml_tree import Flaw, FlawedFileError
from tests.bot.cli.conftest import EXAMPLE


def flaws_of(source: str) -> tuple[Flaw, ...]:
    with pytest.raises(FlawedFileError) as refused:
        read_configuration(source.encode())
    return refused.value.flaws


def test_the_documented_example_is_read() -> None:
    configuration = read_configuration(EXAMPLE.encode()).configuration
    assert [entry.name for entry in configuration.environments] == ["staging", "production"]
    assert configuration.approval_policies[0].approver_groups == ["release-managers", "sre-team"]
    assert configuration.freeze_windows[0].starts_at.isoformat() == "2026-12-20T00:00:00+00:00"


WINDOW = "freezeWindows:\n  - {name: w, environments: [e], startsAt: START, endsAt: 2027-01-01T00:00:00Z}\n"


@pytest.mark.parametrize(
    ("source", "line", "path", "message"),
    [
        ("- a\n", 1, "", "the file must have keys such as environments and people"),
        ("enviroments: []\n", 1, "", "unknown key 'enviroments'"),
        ("people:\n", 1, "people", "must be a list, not nothing"),
        ("people: {}\n", 1, "people", "must be a list, not keys with values"),
        ("people:\n  - bob\n", 2, "people[0]", "must be keys with values, not 'bob'"),
        ("people:\n  - {name: Bob}\n", 2, "people[0]", "the key 'email' is missing"),
        ("people:\n  - email: b@x\n    name: Bob\n    mail: x\n", 4, "people[0]", "unknown key 'mail'"),
        (
            "people:\n  - email: b@x\n    name: Bob\n    roles:\n      - boss\n",
            5,
            "people[0].roles[0]",
            "'boss' is not one of 'requester', 'approver', 'waiver', 'emergency' or 'admin'",
        ),
        (
            "people:\n  - {email: b@x, name: Bob,\n     slack: [{team: T1, user: bob}]}\n",
            3,
            "people[0].slack[0]",
            "'bob' is not the id of a Slack user",
        ),
        (
            "people:\n  - {email: b@x, name: Bob, active: 'no'}\n",
            2,
            "people[0].active",
            "must be true or false, not 'no'",
        ),
        ("environments:\n  - name: 1.10\n", 2, "environments[0].name", "must be text, not 1.1"),
        ("environments:\n  - name: ' '\n", 2, "environments[0].name", "must not be empty"),
        (
            "environments:\n  - name: a\n    slackChannel: #releases\n",
            3,
            "environments[0].slackChannel",
            "must be text, not nothing",
        ),
        (
            "environments:\n  - name: a\n    gates: [security-gate]\n",
            3,
            "environments[0].gates",
            "must be keys with values, not a list",
        ),
        (
            "environments:\n  - name: a\n    gates:\n      security-gate: 3\n",
            4,
            "environments[0].gates.security-gate",
            "must be keys with values, not 3",
        ),
        (
            "approvalPolicies:\n  - {name: p, environment: e, requiredApprovals: '2'}\n",
            2,
            "approvalPolicies[0].requiredApprovals",
            "must be a whole number, not '2'",
        ),
        (
            "approvalPolicies:\n  - {name: p, environment: e, requiredApprovals: true}\n",
            2,
            "approvalPolicies[0].requiredApprovals",
            "must be a whole number, not true or false",
        ),
        (
            WINDOW.replace("START", "2026-12-20"),
            2,
            "freezeWindows[0].startsAt",
            "must say the time too, such as 2026-12-20T00:00:00Z",
        ),
        (
            WINDOW.replace("START", "2026-12-20T00:00:00"),
            2,
            "freezeWindows[0].startsAt",
            "has no time zone; write Z at its end for UTC, or an offset such as +01:00",
        ),
        (
            WINDOW.replace("START", "soon"),
            2,
            "freezeWindows[0].startsAt",
            "must be a time such as 2026-12-20T00:00:00Z",
        ),
        (
            WINDOW.replace("START", "7"),
            2,
            "freezeWindows[0].startsAt",
            "must be a time such as 2026-12-20T00:00:00Z, not 7",
        ),
        (
            "environments:\n  - name: Prod\n  - name: prod\n",
            3,
            "environments[1].name",
            "'prod' is there twice (first on line 2)",
        ),
        (
            "people:\n  - {email: b@x, name: B}\n  - {email: B@X, name: C}\n",
            3,
            "people[1].email",
            "'B@X' is there twice (first on line 2)",
        ),
        (
            "people:\n  - {email: b@x, name: B, slack: [{team: T1, user: U1}]}\n"
            "  - {email: c@x, name: C, slack: [{team: T1, user: U1}]}\n",
            3,
            "people[1].slack[0]",
            "'T1 U1' is there twice (first on line 2)",
        ),
    ],
)
def test_a_flaw_names_line_key_and_reason(source: str, line: int, path: str, message: str) -> None:
    first = flaws_of(source)[0]
    assert (first.line, first.path, first.message) == (line, path, message)


def test_all_flaws_are_told_in_the_order_of_the_file() -> None:
    flaws = flaws_of("people:\n  - {nme: A, email: a@x}\n  - {name: 3, email: b@x}\n")
    assert [(flaw.line, flaw.message) for flaw in flaws] == [
        (2, "the key 'name' is missing"),
        (2, "unknown key 'nme'"),
        (3, "must be text, not 3"),
    ]


@pytest.mark.parametrize(
    ("source", "hint"),
    [
        ("enviroments: []\n", "Did you mean 'environments'?"),
        ("people:\n  - {email: b@x, name: B, slak: []}\n", "Did you mean 'slack'?"),
        (
            "people:\n  - {email: b@x, name: B, slack: [{team: T1, user: U1, colour: red}]}\n",
            "Known keys are team, user.",
        ),
        ("environments:\n  - name: 1.10\n", "Put it in quotes."),
        ("environments:\n  - name: a\n    slackChannel: #x\n", "A # begins a comment in YAML"),
        ("people:\n", "Write [] for none."),
    ],
)
def test_a_flaw_says_what_would_work(source: str, hint: str) -> None:
    assert any(hint in flaw.hint for flaw in flaws_of(source))


def test_a_later_complaint_finds_its_line_too() -> None:
    file = read_configuration(b"environments:\n  - name: a\n    gates:\n      security-gate: {maxHigh: -1}\n")
    flaw = file.flaw(("environments", 0, "gates", "security-gate", "maxHigh"), "too low").flaws[0]
    assert (flaw.line, flaw.path) == (4, "environments[0].gates.security-gate.maxHigh")
