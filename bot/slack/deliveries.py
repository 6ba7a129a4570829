"""Slack delivers again when in doubt; each deed is done once."""

from __future__ import annotations

from collections import OrderedDict

REMEMBERED = 5000


class Deliveries:
    """The ids of the last deliveries that were taken. The domain refuses a second vote anyway; this keeps it quiet."""

    def __init__(self, most: int = REMEMBERED) -> None:
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._most = most

    def is_first(self, delivery_id: str) -> bool:
        """Whether that delivery is new; from now on it is not. One without an id is always new."""
        if not delivery_id:
            return True
        if delivery_id in self._seen:
            return False
        self._seen[delivery_id] = None
        if len(self._seen) > self._most:
            self._seen.popitem(last=False)
        return True

    def forget(self, delivery_id: str) -> None:
        """It could not be handled, so the next try counts as the first."""
        self._seen.pop(delivery_id, None)
