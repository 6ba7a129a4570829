"""A cheap client: whole promotions over kept connections, by people who wait for each answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import cycle
from time import perf_counter
from typing import Any

CLIENTS = 8


@dataclass(frozen=True)
class Scene:
    """Who asks and approves what: a release for each client, so that none is in the way of another."""

    database: str
    releases: tuple[str, ...]
    target: str
    tokens: dict[str, str]


@dataclass
class Load:
    """What was done: promotions, in how many seconds, and how long each approval took."""

    promotions: list[str] = field(default_factory=list)
    seconds: float = 0.0
    approvals: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Whole promotions a second."""
        return len(self.promotions) / self.seconds

    def __add__(self, other: Load) -> Load:
        return Load(self.promotions + other.promotions, self.seconds + other.seconds, self.approvals + other.approvals)


class Connection:
    """One HTTP/1.1 connection that is kept; no more of the protocol than the servers here speak."""

    def __init__(self, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._host = f"127.0.0.1:{port}"
        self._reader, self._writer = reader, writer

    async def post(self, path: str, token: str, body: Any, prefer: str = "") -> tuple[int, bytes]:
        sent = json.dumps(body).encode()
        head = f"POST /api/v1{path} HTTP/1.1\r\nHost: {self._host}\r\nAuthorization: Bearer {token}\r\n{prefer}"
        head += f"Content-Type: application/json\r\nContent-Length: {len(sent)}\r\n\r\n"
        self._writer.write(head.encode() + sent)
        answered = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        length = int(answered.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        return int(answered[9:12]), await self._reader.readexactly(length)

    async def close(self) -> None:
        self._writer.close()
        await self._writer.wait_closed()


@asynccontextmanager
async def connected(ports: Sequence[int]) -> AsyncIterator[list[Connection]]:
    """A connection to each of the servers."""
    async with AsyncExitStack() as stack:
        connections = []
        for port in ports:
            connection = Connection(port, *await asyncio.open_connection("127.0.0.1", port))
            stack.push_async_callback(connection.close)
            connections.append(connection)
        yield connections


async def load(ports: Sequence[int], scene: Scene, each: int, clients: int = CLIENTS) -> Load:
    """Let every client ask for and approve `each` promotions, its requests going to the servers in turn."""
    done = Load()
    began = perf_counter()
    await asyncio.gather(*(_client(ports, scene, number, each, done) for number in range(clients)))
    done.seconds = perf_counter() - began
    return done


async def _client(ports: Sequence[int], scene: Scene, number: int, each: int, done: Load) -> None:
    wanted = {"releaseId": scene.releases[number], "targetEnvironmentId": scene.target, "reason": "the weekly release"}
    async with connected(ports) as connections:
        servers = cycle(connections[number % len(ports) :] + connections[: number % len(ports)])
        for _ in range(each):
            status, body = await next(servers).post("/promotions", scene.tokens["alice"], wanted, "Prefer: wait=10\r\n")
            assert status == 201, body
            id = json.loads(body)["id"]
            for who, standing in (("bob", b"awaiting_approval"), ("sam", b"approved")):
                began = perf_counter()
                path = f"/promotions/{id}/approve"
                status, body = await next(servers).post(path, scene.tokens[who], {"comment": "fine"})
                done.approvals.append(perf_counter() - began)
                assert (status, standing in body) == (200, True), body
            done.promotions.append(id)
