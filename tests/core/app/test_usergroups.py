from __future__ import annotations

import pytest

from core.app.usergroups import NO_USERGROUPS
from core.errors import UnavailableError


async def test_without_a_workspace_nobody_can_say_who_is_in_a_user_group() -> None:
    with pytest.raises(UnavailableError) as refused:
        await NO_USERGROUPS.all()
    assert "SLACK_BOT_TOKEN" in refused.value.hint
