"""Around every answer: correlation id, security headers, and problems instead of anything else that goes wrong."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from bot.api.answers import Answer, RefusedError, problem_of
from bot.api.authentication import CHALLENGE, REFUSED
from bot.api.dispatch import CORRELATION
from bot.api.reading_requests import correlation_of
from bot.logs import correlated
from core.errors import DomainError, InvalidError, NotFoundError, UnauthenticatedError

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Server": "Countersign",
    "X-Content-Type-Options": "nosniff",
}
_log = structlog.get_logger(__name__)


@web.middleware
async def envelope(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer every request, whatever happens."""
    with correlated(correlation_of(request)) as correlation_id:
        request[CORRELATION] = correlation_id
        response = await _response(request, handler)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers["X-Correlation-Id"] = correlation_id
        return response


async def _response(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except UnauthenticatedError as error:
        challenge = REFUSED if "Authorization" in request.headers else CHALLENGE
        return _problem(error, request).with_header("WWW-Authenticate", challenge).response()
    except (DomainError, RefusedError) as error:
        return _problem(error, request).response()
    except web.HTTPException as error:
        return _problem(_routed(error, request), request).response()
    except (web.RequestPayloadError, HttpProcessingError):
        # The body is not what its headers say, such as gzip; why exactly would quote it.
        return _problem(InvalidError("The body cannot be read as its headers announce it"), request).response()
    except Exception:
        _log.exception("a request failed", method=request.method, path=request.path)
        refused = RefusedError(
            "internal_error",
            "Something went wrong inside Countersign",
            hint="Tell an administrator the correlationId.",
            correlationId=request[CORRELATION],
        )
        return _problem(refused, request).response()


def _problem(error: DomainError | RefusedError, request: web.Request) -> Answer:
    return problem_of(error, request.path)


def _routed(error: web.HTTPException, request: web.Request) -> DomainError | RefusedError:
    """What the router found no endpoint for."""
    if isinstance(error, web.HTTPMethodNotAllowed):
        allowed = ", ".join(sorted(error.allowed_methods))
        return RefusedError(
            "method_not_allowed", f"The methods here are {allowed}, not {error.method}", headers={"Allow": allowed}
        )
    return NotFoundError(
        f"There is nothing at {request.path[:200]}", hint="/api/v1/docs lists what there is; ids in paths are UUIDs."
    )
