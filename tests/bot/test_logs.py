import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from bot.logs import MASK, configure_logging, correlated, masked


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.parametrize("key", ["token", "slack_bot_token", "signing_secret", "Authorization", "response_url", "body"])
def test_whatever_is_named_like_a_secret_is_masked(key: str) -> None:
    assert masked(None, "info", {"event": "x", key: "anything"})[key] == MASK


@pytest.mark.parametrize(
    "secret",
    ["xoxb-12-abc", "xapp-1-A", "csn_abc-DEF_1", "whsec_abc+/=", "https://hooks.slack.com/actions/T1/2/3"],
)
def test_whatever_looks_like_a_secret_is_masked_in_any_text(secret: str) -> None:
    line = masked(None, "info", {"event": f"it was {secret}!"})
    assert secret not in line["event"]
    assert MASK in line["event"]


def test_lines_are_json_with_the_correlation_id(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("json", "INFO")
    with correlated("request-7"):
        structlog.get_logger("somewhere").info("something happened", promotion="p", token="canary")
        logging.getLogger("elsewhere").warning("an old style line with xoxb-canary")
    first, second = map(json.loads, capsys.readouterr().err.splitlines())
    assert (first["event"], first["correlation_id"], first["level"]) == ("something happened", "request-7", "info")
    assert second["correlation_id"] == "request-7"
    assert "canary" not in json.dumps([first, second])


def test_libraries_that_would_log_bodies_are_kept_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("console", "DEBUG")
    logging.getLogger("slack_sdk.webhook").debug("canary")
    logging.getLogger("slack_bolt.App").info("canary")
    assert "canary" not in capsys.readouterr().err


@pytest.mark.parametrize("unusable", ["", "a b", "x" * 65, "line\nbreak", "ü"])
def test_an_unusable_correlation_id_is_made_anew(unusable: str) -> None:
    with correlated(unusable) as made:
        assert made != unusable
        assert len(made) == 16


@pytest.mark.parametrize("form", ["console", "json"])
@pytest.mark.parametrize(
    "wicked", ["\n2026-01-01 [info] approved by Bob", "\x1b[2J\x1b]0;owned\x07", "\r\u202edesrever", "\x9b31m"]
)
def test_what_somebody_sent_begins_no_line_and_commands_no_terminal(
    form: str, wicked: str, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging(form, "INFO")
    structlog.get_logger("a").warning(f"about {wicked}", path=wicked)
    logging.getLogger("b").warning("an old style line about %s", wicked)
    written = capsys.readouterr().err
    assert written.count("\n") == len(written.splitlines()) == 2
    assert not {character for character in wicked if not character.isprintable()} & set(written.replace("\n", ""))


def test_a_traceback_keeps_its_lines_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("console", "INFO")
    try:
        raise ValueError("\x1b[31mred")
    except ValueError:
        structlog.get_logger("a").exception("it failed")
    written = capsys.readouterr().err
    assert "\n  File " in written and "\\x1b[31mred" in written
    assert "\x1b" not in written
