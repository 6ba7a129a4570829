from __future__ import annotations

from bot.cli.configuration.changes import Change, FieldChange, Verb, changed_fields, counted


def test_only_what_differs_is_a_change() -> None:
    before = {"name": "a", "roles": ["admin"], "active": True}
    assert changed_fields(before, before | {"roles": []}) == (FieldChange("roles", ["admin"], []),)


def test_a_key_that_goes_is_a_change() -> None:
    assert changed_fields({"gates.a": {"x": 1}}, {}) == (FieldChange("gates.a", {"x": 1}, None),)


def test_of_a_new_thing_what_says_nothing_is_left_out() -> None:
    fields = changed_fields({}, {"name": "a", "slackChannel": "", "promotesFrom": None, "roles": [], "active": False})
    assert fields == (FieldChange("name", None, "a"), FieldChange("active", None, False))


def test_changes_are_counted_by_what_happens() -> None:
    changes = [
        Change("people", "a", Verb.CREATE),
        Change("people", "b", Verb.CREATE),
        Change("people", "c", Verb.DEACTIVATE),
    ]
    assert counted(changes) == {"create": 2, "change": 0, "unchanged": 0, "delete": 0, "deactivate": 1}


def test_a_change_as_json() -> None:
    change = Change("people", "a", Verb.CHANGE, (FieldChange("active", True, False),))
    assert change.as_json() == {
        "section": "people",
        "name": "a",
        "action": "change",
        "fields": [{"name": "active", "old": True, "new": False}],
    }
