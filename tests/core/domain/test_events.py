from __future__ import annotations

import re

from core.domain.events import Action, Event
from core.domain.people import SYSTEM_REF
from tests.support.clock import MORNING, nth_id


def test_every_action_reads_subject_and_what_happened() -> None:
    assert [action for action in Action if not re.fullmatch(r"[a-z_]+:[a-z_]+", action)] == []


def test_an_entry_has_no_number_before_it_is_stored() -> None:
    assert Event(Action.PERSON_CREATED, MORNING, SYSTEM_REF, "cli", nth_id(1), {}).sequence is None
