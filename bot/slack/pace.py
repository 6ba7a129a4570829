"""How often one person's deeds in Slack are taken, so that a stuck key or a script takes nothing from the others."""

from __future__ import annotations

import time
from collections.abc import Callable

from bot.slack.payload_parts import Asker
from bot.token_buckets import TokenBuckets

NOTICES_A_SECOND = 0.5
"""An answer to a click is a call to Slack: whoever clicks too often hears so now and then, not each time."""


BURST = 10
"""What anybody may do at once, however slow the pace is: opening a form and sending it are two deeds."""


class Pace:
    """Counts by account, before anything is looked up. `per_second` 0 means no bound; `clock` is in seconds."""

    def __init__(self, per_second: float = 0, clock: Callable[[], float] = time.monotonic) -> None:
        self._deeds = TokenBuckets(per_second, clock, burst=BURST)
        self._notices = TokenBuckets(NOTICES_A_SECOND, clock)

    def wait(self, asker: Asker) -> int:
        """The seconds after which this account is listened to again; 0 where it is now."""
        return self._deeds.take(_account(asker))

    def may_tell(self, asker: Asker) -> bool:
        """Whether it is time to say so."""
        return not self._notices.take(_account(asker))


def _account(asker: Asker) -> str:
    """The same in all workspaces of an organisation."""
    return f"{asker.enterprise or asker.team}/{asker.user}"
