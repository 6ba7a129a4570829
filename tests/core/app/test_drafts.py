"""What is left out of a draft is the careful choice, and the same as in the thing itself."""

from __future__ import annotations

from dataclasses import MISSING, Field, fields
from typing import Any

import pytest

from core.app.drafts import EnvironmentDraft, FreezeWindowDraft, GroupDraft, PersonDraft, PolicyDraft, ReleaseDraft
from core.domain.environment import DEFAULT_GATES, Environment, FreezeWindow
from core.domain.people import Person
from core.domain.policy import ApprovalPolicy, ApproverGroup
from core.domain.release import Release
from tests.support.clock import nth_id

PAIRS = [
    (EnvironmentDraft, Environment),
    (PolicyDraft, ApprovalPolicy),
    (GroupDraft, ApproverGroup),
    (FreezeWindowDraft, FreezeWindow),
    (PersonDraft, Person),
    (ReleaseDraft, Release),
]


MADE = {"name", "notify"}
"""A release's name is made of component and version; a policy's `notify` of a draft with the group's name."""


def default(field: Field[Any]) -> Any:
    return field.default_factory() if field.default_factory is not MISSING else field.default


@pytest.mark.parametrize(("draft", "thing"), PAIRS)
def test_a_draft_and_its_thing_agree_on_what_is_left_out(draft: Any, thing: Any) -> None:
    of_thing = {field.name: default(field) for field in fields(thing)}
    both = [field for field in fields(draft) if field.name in of_thing and default(field) is not MISSING]
    assert [field.name for field in both if of_thing[field.name] != default(field) and field.name not in MADE] == []


def test_a_policy_separates_duties_unless_told_otherwise() -> None:
    assert PolicyDraft("p", nth_id(1), 1, ("g",)).require_separation_of_duties


def test_an_environment_keeps_freezes_unless_told_otherwise() -> None:
    assert EnvironmentDraft("e").gates == DEFAULT_GATES
