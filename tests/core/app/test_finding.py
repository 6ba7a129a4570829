from __future__ import annotations

import pytest

from core.app.finding import found
from core.errors import NotFoundError
from tests.support.clock import nth_id


def test_what_is_there_is_given() -> None:
    assert found("it", "release", nth_id(1)) == "it"
    assert found("", "text", "x") == ""


def test_what_is_not_there_is_named_with_what_was_wanted() -> None:
    with pytest.raises(NotFoundError, match="There is no release shop") as caught:
        found(None, "release", "shop")

    assert caught.value.params == {"kind": "release", "wanted": "shop"}


def test_the_field_that_asked_is_named_where_there_is_one() -> None:
    with pytest.raises(NotFoundError) as caught:
        found(None, "release", nth_id(1), "releaseId")

    assert caught.value.params["field"] == "releaseId"


def test_a_long_name_is_not_repeated_in_full() -> None:
    with pytest.raises(NotFoundError) as caught:
        found(None, "release", "x" * 5000)

    assert len(caught.value.message) < 150
