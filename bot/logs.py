"""Log lines: structured, with the correlation id of the request they belong to, and without secrets.

Message bodies, tokens, signatures and response URLs are never logged: libraries that would are kept at WARNING, and
keys that name a secret are masked whatever their value.
"""

from __future__ import annotations

import logging
import re
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.web import RequestPayloadError
from structlog.typing import EventDict, Processor, WrappedLogger

_SECRET_KEY = re.compile(r"token|secret|authorization|signature|passphrase|password|response_url|body", re.IGNORECASE)
_SECRET_VALUE = re.compile(r"xox[a-z]-[\w-]+|xapp-[\w-]+|csn_[\w-]+|whsec_[\w+/=]+|https://hooks\.slack\.com/\S+")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_CONTROL_BUT_LINES = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_CORRELATION = re.compile(r"[A-Za-z0-9._:-]{1,64}")
MASK = "***"
_TALKATIVE = ("slack_sdk", "slack_bolt", "aiohttp.access", "sqlalchemy", "alembic", "asyncio", "aiosqlite")


def configure_logging(log_format: str, level: str) -> None:
    """Send all log lines to standard error as `console` or `json`, from `level` on."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        masked,
        printable,
    ]
    colours = sys.stderr.isatty()
    renderer: Processor = (
        structlog.processors.JSONRenderer() if log_format == "json" else structlog.dev.ConsoleRenderer(colors=colours)
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer]
    )
    handler.setFormatter(formatter)
    logging.getLogger("aiohttp.server").addFilter(_without_what_was_malformed)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level)))


def _without_what_was_malformed(record: logging.LogRecord) -> bool:
    """A request that is no HTTP is no fault of ours, and the error's text would quote it, headers and all."""
    if record.exc_info and isinstance(record.exc_info[1], HttpProcessingError | RequestPayloadError):
        record.levelno, record.levelname = logging.INFO, "INFO"
        record.exc_info = record.exc_text = None
    return record.levelno >= logging.getLogger().level


def masked(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    """Mask what is secret by its key, and what looks like a secret in any text."""
    for key, value in line.items():
        if key not in {"event", "logger", "level"} and _SECRET_KEY.search(key):
            line[key] = MASK
        elif isinstance(value, str):
            line[key] = _SECRET_VALUE.sub(MASK, value)
    return line


def printable(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    """Write control characters out: what somebody sent begins no line of its own and commands no terminal.

    Tracebacks keep their lines.
    """
    for key, value in line.items():
        if isinstance(value, str):
            wanted = _CONTROL_BUT_LINES if key == "exception" else _CONTROL
            line[key] = wanted.sub(lambda found: ascii(found[0])[1:-1], value)
    return line


@contextmanager
def correlated(correlation_id: str = "") -> Iterator[str]:
    """Bind a correlation id to every log line inside; one that is missing or not plain is made anew."""
    usable = correlation_id if _CORRELATION.fullmatch(correlation_id) else uuid.uuid4().hex[:16]
    with structlog.contextvars.bound_contextvars(correlation_id=usable):
        yield usable
