"""A way to PostgreSQL that is cut at a COMMIT: before the server has it, or after it has done it.

    async with cut_way(cluster.socket) as way:
        database = open_database(way.url("test_1"))
        with way.cut("after", Promotions, "save"):     # the COMMIT of the transaction that calls it
            ...

Whoever waits for the answer sees the same both times: the connection is gone.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import Connection

COMMIT, COMMITTED = b"COMMIT", b"COMMIT\0"


@dataclass
class CutWay:
    """Lets everything through, but for the COMMIT that is to be cut. `cuts` counts."""

    socket: Path
    port: int = 0
    cuts: int = 0
    _marked: dict[int, str] = field(default_factory=dict)
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of a database by this way."""
        return f"postgresql+asyncpg://postgres@127.0.0.1:{self.port}/{database}"

    @contextmanager
    def cut(self, when: str, owner: type, name: str, nth: int = 1) -> Iterator[None]:
        """Cut, `before` or `after` the server has done it, the COMMIT of the nth transaction that calls a method."""
        calls, original = 0, getattr(owner, name)

        def marking(repository: Any, *args: Any, **options: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == nth:
                self._marked[port_of(repository._connection)] = when
            return original(repository, *args, **options)

        with patch.object(owner, name, marking):
            yield

    async def pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, both directions, until either end or the cut."""
        from_server, to_server = await asyncio.open_unix_connection(str(self.socket))
        self._open |= {writer, to_server}
        done = asyncio.Event()  # set: what the server says next is kept back
        ways = [
            asyncio.create_task(self._asked(reader, to_server, done, writer.get_extra_info("peername")[1])),
            asyncio.create_task(self._answered(from_server, writer, done)),
        ]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        for end in (writer, to_server):
            end.transport.abort()
            self._open.discard(end)

    async def _asked(
        self, reader: asyncio.StreamReader, to_server: asyncio.StreamWriter, done: asyncio.Event, port: int
    ) -> None:
        while asked := await reader.read(65536):
            when = self._marked.pop(port, "") if COMMIT in asked else ""
            self.cuts += bool(when)
            if when == "before":
                return
            if when == "after":
                done.set()
            to_server.write(asked)

    async def _answered(
        self, from_server: asyncio.StreamReader, writer: asyncio.StreamWriter, done: asyncio.Event
    ) -> None:
        while answered := await from_server.read(65536):
            if done.is_set() and COMMITTED in answered:
                return
            writer.write(answered)

    def close(self) -> None:
        """Cut whatever is still open."""
        for end in self._open:
            end.transport.abort()


def port_of(connection: Connection) -> int:
    """The port that a connection comes from."""
    driver: Any = connection.connection.driver_connection
    return int(driver._transport.get_extra_info("sockname")[1])


@asynccontextmanager
async def cut_way(socket: Path) -> AsyncIterator[CutWay]:
    """A way to the server behind a unix socket, on a port of its own."""
    way = CutWay(socket)
    server = await asyncio.start_server(way.pass_on, "127.0.0.1", 0)
    way.port = server.sockets[0].getsockname()[1]
    try:
        yield way
    finally:
        way.close()
        server.close()
        with suppress(TimeoutError):
            await asyncio.wait_for(server.wait_closed(), 5)
