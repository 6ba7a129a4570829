"""What is around every answer."""

from __future__ import annotations

import pytest
import structlog
from aiohttp import ClientSession, web

from bot.api.answers import RefusedError
from bot.api.envelope import envelope
from tests.bot.api.conftest import NOWHERE, Api, serving


async def test_every_answer_has_the_security_headers(api: Api) -> None:
    for who, path in (("bob", "/me"), ("", "/me"), ("bob", "/nowhere"), ("", "/docs"), ("", "/.well-known/jwks.json")):
        headers = (await api.call(who, "GET", path)).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Server"] == "Countersign"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert "Access-Control-Allow-Origin" not in headers
        assert headers["Cache-Control"] in {"no-store", "public, max-age=300"}


@pytest.mark.parametrize("path", ["/nowhere", "/promotions/", "", "/promotions/1/approve", "/promotions//x"])
async def test_unknown_paths_are_problems(api: Api, path: str) -> None:
    reply = await api.call("bob", "GET", path)
    assert (reply.status, reply.code) == (404, "not_found")
    assert reply.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("DELETE", "/promotions", "GET, POST"),
        ("PATCH", f"/promotions/{NOWHERE}", "GET"),
        ("GET", f"/promotions/{NOWHERE}/approve", "POST"),
        ("GET", "/promotions/preview-gates", "POST"),
        ("OPTIONS", "/me", "GET"),
        ("POST", "/.well-known/jwks.json", "GET"),
        ("PUT", "/approver-groups", "GET, POST"),
    ],
)
async def test_a_wrong_method_is_told_the_right_ones(api: Api, method: str, path: str, allow: str) -> None:
    reply = await api.call("bob", method, path)
    assert (reply.status, reply.code) == (405, "method_not_allowed")
    assert reply.headers["Allow"] == allow


async def test_a_problem_has_all_members(api: Api) -> None:
    reply = await api.call("bob", "GET", f"/promotions/{NOWHERE}")
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert reply.body == {
        "type": "/api/v1/docs#not_found",
        "title": "Not found",
        "status": 404,
        "detail": f"There is no promotion {NOWHERE}",
        "code": "not_found",
        "instance": f"/api/v1/promotions/{NOWHERE}",
        "kind": "promotion",
        "wanted": NOWHERE,
    }


async def test_the_correlation_id_comes_back(api: Api) -> None:
    given = await api.call("bob", "GET", "/me", headers={"X-Correlation-Id": "build-4711"})
    assert given.headers["X-Correlation-Id"] == "build-4711"
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    traced = await api.call("bob", "GET", "/me", headers={"traceparent": trace})
    assert traced.headers["X-Correlation-Id"] == "4bf92f3577b34da6a3ce929d0e0e4736"
    for unusable in ("a b", "x" * 65, "<script>", ""):
        reply = await api.call("bob", "GET", "/me", headers={"X-Correlation-Id": unusable})
        assert reply.headers["X-Correlation-Id"] not in {unusable, ""}
    assert (await api.call("", "GET", "/nowhere")).headers["X-Correlation-Id"]


async def test_a_defect_is_a_500_without_internals_and_one_log_line() -> None:
    async def broken(_request: web.Request) -> web.Response:
        raise ValueError("secret internals")

    app = web.Application(middlewares=[envelope])
    app.router.add_get("/", broken)
    headers = {"X-Correlation-Id": "build-4711"}
    with structlog.testing.capture_logs() as lines:
        async with serving(app) as url, ClientSession() as session, session.get(url, headers=headers) as answer:
            body = await answer.json(content_type="application/problem+json")
    assert (answer.status, body["code"], body["correlationId"]) == (500, "internal_error", "build-4711")
    assert "secret internals" not in str(body)
    (line,) = lines
    assert (line["event"], line["log_level"], line["path"]) == ("a request failed", "error", "/")


async def test_a_refusal_at_the_door_has_its_headers() -> None:
    async def refused(_request: web.Request) -> web.Response:
        raise RefusedError("too_many_requests", "Slowly", headers={"Retry-After": "3"})

    app = web.Application(middlewares=[envelope])
    app.router.add_get("/", refused)
    async with serving(app) as url, ClientSession() as session, session.get(url) as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (429, "3")
