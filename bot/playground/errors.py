"""How the playground says no: Slack's own error codes, as one exception."""

from __future__ import annotations

from typing import Any


class SlackError(Exception):
    """A Web API refusal: `code` is what Slack puts in `error`.

    `messages` become `response_metadata.messages`, where Slack says which part of the blocks or arguments is wrong;
    `facts` are further fields of the answer (`needed` and `provided` of `missing_scope`).
    """

    def __init__(self, code: str, *messages: str, **facts: Any) -> None:
        super().__init__(code, *messages)
        self.code = code
        self.messages = messages
        self.facts = facts

    def body(self) -> dict[str, Any]:
        """The JSON answer Slack gives."""
        answer: dict[str, Any] = {"ok": False, "error": self.code, **self.facts}
        if self.messages:
            answer["response_metadata"] = {"messages": list(self.messages)}
        return answer


class NoSuchControlError(LookupError):
    """A person cannot press what is not on the screen: no such button, field, modal or message."""
