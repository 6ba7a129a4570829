from __future__ import annotations

from bot.cli.configuration.applying import _ORDER
from bot.cli.configuration.schema import Configuration
from bot.cli.configuration.section import UnknownReferenceError


def test_every_section_of_a_file_is_applied() -> None:
    assert {section.key for section in _ORDER} == {field.alias for field in Configuration.model_fields.values()}


def test_a_reference_to_nothing_says_what_was_looked_for() -> None:
    error = UnknownReferenceError("environment", "prod", ("promotesFrom",))
    assert str(error) == "there is no environment 'prod', neither in this file nor stored"
    assert error.path == ("promotesFrom",)
