"""The REST door: routes, schemas, authentication, problems, idempotency, OpenAPI and a docs page.

`table` lists all endpoints; `endpoint` says what a handler is; `dispatch` serves them.
"""

from bot.api.mounting import add_api

__all__ = ["add_api"]
