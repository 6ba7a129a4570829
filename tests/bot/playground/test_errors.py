from __future__ import annotations

from bot.playground import SlackError


def test_a_refusal_looks_as_slack_s() -> None:
    assert SlackError("not_authed").body() == {"ok": False, "error": "not_authed"}
    assert SlackError("missing_scope", needed="chat:write").body()["needed"] == "chat:write"
    messages = SlackError("invalid_blocks", "[ERROR] a", "[ERROR] b").body()["response_metadata"]
    assert messages == {"messages": ["[ERROR] a", "[ERROR] b"]}
