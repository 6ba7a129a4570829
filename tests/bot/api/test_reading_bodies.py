"""Bodies that make no sense: each is a 400 (413, 415) that says where, never a 500, and stores nothing."""

from __future__ import annotations

import gzip
import zlib
from typing import Any

import pytest

from tests.bot.api.conftest import NOWHERE, Api

OK = f'"releaseId": "{NOWHERE}", "targetEnvironmentId": "{NOWHERE}"'


@pytest.mark.parametrize(
    ("source", "field"),
    [
        (b"", None),
        (b"   ", None),
        (b"{", None),
        (b"null", None),
        (b"[]", None),
        (b'"text"', None),
        (b"1", None),
        (b"{} {}", None),
        (b"{'releaseId': 1}", None),
        (b"\xef\xbb\xbf{}", None),
        (b"\xff\xfe{\x00}\x00", None),
        (b'{"reason": "\xc3\x28"}', None),
        (b'{"reason": NaN}', "reason"),
        (b'{"reason": Infinity}', "reason"),
        (b'{"reason": 1e999}', "reason"),
        (b'{"reason": ' + b"9" * 5000 + b"}", "reason"),
        (b'{"reason": "\\ud800"}', "reason"),
        (b'{"\\ud800": 1}', None),
        (b'{"reason": "a", "reason": "b"}', "reason"),
        (b"[" * 100_000, None),
        (b'{"a":' * 5000, None),
        (b"{}", "releaseId"),
        (f'{{{OK}, "extra": 1}}'.encode(), "extra"),
        (f'{{{OK}, "release_id": 1}}'.encode(), "release_id"),
        (f'{{{OK}, "reason": null}}'.encode(), "reason"),
        (f'{{{OK}, "reason": 1}}'.encode(), "reason"),
        (f'{{{OK}, "reason": ["a"]}}'.encode(), "reason"),
        (f'{{{OK}, "reason": "a\\u0000b"}}'.encode(), "reason"),
        (f'{{{OK}, "reason": "{"x" * 10_001}"}}'.encode(), "reason"),
        (f'{{{OK}, "reason": "a\\u001c"}}'.encode(), "reason"),
        (f'{{{OK}, "reason": "\\u0085a"}}'.encode(), "reason"),
        (b'{"releaseId": 1, "targetEnvironmentId": "x"}', "releaseId"),
        (b'{"releaseId": null}', "releaseId"),
    ],
)
async def test_a_broken_body_is_400(api: Api, source: bytes, field: str | None) -> None:
    reply = await api.call("alice", "POST", "/promotions", source)
    assert (reply.status, reply.code) == (400, "invalid_request")
    assert reply.body["detail"]
    if field is not None:
        assert reply.body["field"] == field
        assert field in {error["field"] for error in reply.body["errors"]}
    assert (await api.call("alice", "GET", "/promotions")).body["meta"]["totalCount"] == 0


async def test_every_wrong_field_is_named(api: Api) -> None:
    reply = await api.call("alice", "POST", "/promotions", {"releaseId": "x", "reason": 1, "extra": True})
    assert {error["field"]: error["message"] for error in reply.body["errors"]} == {
        "releaseId": "must be a UUID, like 3f0c2c5e-8d0e-4b53-9d9e-5f1f6c2a7b10",
        "targetEnvironmentId": "is missing",
        "reason": "must be text",
        "extra": "is not a known field here",
    }
    assert reply.body["detail"].startswith("4 fields are wrong: releaseId")
    assert reply.body["hint"] == "Known fields: releaseId, targetEnvironmentId, reason."


async def test_broken_text_says_the_line_and_the_column(api: Api) -> None:
    reply = await api.call("alice", "POST", "/promotions", b'{\n  "releaseId": }')
    assert (reply.body["line"], reply.body["column"]) == (2, 16)


async def test_a_thousand_wrong_fields_do_not_come_back(api: Api) -> None:
    reply = await api.call("alice", "POST", "/promotions", {f"f{i}" * 50: i for i in range(1000)})
    assert reply.status == 400
    assert len(reply.body["errors"]) == 20
    assert len(reply.raw) < 20_000


@pytest.mark.parametrize(
    "body",
    [
        b"{" + b",".join(b'"%x":0' % number for number in range(100_000)) + b"}",
        b'{"a":[' + b",".join([b"[]"] * 300_000) + b"]}",
        b'{"a":[' + b",".join([b'{"a":1,"a":2}'] * 70_000) + b"]}",
    ],
    ids=["fields", "lists", "doubles"],
)
async def test_a_body_of_very_many_members_is_refused_before_it_is_read(api: Api, body: bytes) -> None:
    assert len(body) < 1024 * 1024
    reply = await api.call("alice", "POST", "/promotions", body)
    assert (reply.status, reply.body["errors"]) == (400, [])
    assert reply.body["detail"] == "The body has more members than any request here takes"


async def test_a_long_text_of_commas_is_not_taken_for_members(api: Api) -> None:
    reply = await api.call("alice", "POST", "/promotions", f'{{{OK}, "reason": "{"," * 10_000}"}}'.encode())
    assert reply.status == 404


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "application/xml", "json", ""]
)
async def test_another_content_type_is_415(api: Api, content_type: str) -> None:
    reply = await api.call("alice", "POST", "/promotions", b"{}", {"Content-Type": content_type})
    assert (reply.status, reply.code) == (415, "unsupported_media_type")


async def test_a_charset_may_be_named(api: Api) -> None:
    headers = {"Content-Type": "Application/JSON; charset=utf-8"}
    assert (await api.call("bob", "POST", "/promotions/preview-gates", b"{}", headers)).status == 400


async def test_a_large_body_is_413(api: Api) -> None:
    large = b'{"reason": "' + b"x" * 1024 * 1024 + b'"}'
    reply = await api.call("alice", "POST", "/promotions", large)
    assert (reply.status, reply.code, reply.body["limit"]) == (413, "body_too_large", 1024 * 1024)
    bomb = gzip.compress(b'{"reason": "' + b"x" * 5_000_000 + b'"}')
    reply = await api.call("alice", "POST", "/promotions", bomb, {"Content-Encoding": "gzip"})
    assert (reply.status, reply.code) == (413, "body_too_large")


async def test_compressed_bodies(api: Api) -> None:
    wanted = f"{{{OK}}}".encode()
    for encoding, packed in (("gzip", gzip.compress(wanted)), ("deflate", zlib.compress(wanted))):
        reply = await api.call("alice", "POST", "/promotions", packed, {"Content-Encoding": encoding})
        assert reply.status == 404, encoding
    broken: Any = await api.call("alice", "POST", "/promotions", b"not gzip", {"Content-Encoding": "gzip"})
    assert (broken.status, broken.code) == (400, "invalid_request")


async def test_a_body_that_nobody_asked_for_is_not_read(api: Api) -> None:
    assert (await api.call("bob", "GET", "/me", b"not JSON")).status == 200
