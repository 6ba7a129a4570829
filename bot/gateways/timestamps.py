"""Having decisions timestamped by somebody else (RFC 3161, over HTTP)."""

from __future__ import annotations

from uuid import UUID

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout

from core.app.outbox import OutboxEntry
from core.app.ports import Ports, Store
from core.errors import InvalidError, UnavailableError
from core.evidence.timestamp import Timestamp, answered, timestamp_request

_TIMEOUT = ClientTimeout(total=10)
_LONGEST_ANSWER = 65_536


class TimestampAuthority:
    """One authority, by its address. A decision waits for it never; an errand asks until it answers."""

    def __init__(self, url: str, session: ClientSession, ports: Ports) -> None:
        self._url = url
        self._session = session
        self._ports = ports

    async def stamp(self, entry: OutboxEntry) -> None:
        """Have the packet of one decision stamped, once. Raises UnavailableError where the authority does not."""
        packet = await self._ports.transactions.read(lambda store: store.evidence.of(entry.subject_id))
        if packet is None or await self._is_stamped(packet.id):
            return
        request = timestamp_request(packet.canonical)
        response = await self._asked(request.as_bytes())
        try:
            stamped_at = answered(request, response)
        except InvalidError as error:
            raise UnavailableError(error.message) from error
        made = Timestamp(packet_id=packet.id, response=response, stamped_at=stamped_at, authority=self._url)

        def body(store: Store) -> None:
            if store.evidence.timestamp(packet.id) is None:
                store.evidence.add_timestamp(made)

        await self._ports.transactions.write(body)

    async def _is_stamped(self, packet_id: UUID) -> bool:
        known = await self._ports.transactions.read(lambda store: store.evidence.timestamp(packet_id))
        return known is not None

    async def _asked(self, request: bytes) -> bytes:
        headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
        try:
            async with self._session.post(
                self._url, data=request, headers=headers, timeout=_TIMEOUT, allow_redirects=False
            ) as answer:
                if answer.status != 200:
                    raise UnavailableError(f"the timestamp authority answered {answer.status}")
                return await _read(answer)
        except (ClientError, TimeoutError) as error:
            raise UnavailableError(f"the timestamp authority cannot be reached ({type(error).__name__})") from error


async def _read(answer: ClientResponse) -> bytes:
    received = bytearray()
    async for chunk in answer.content.iter_chunked(8192):
        received += chunk
        if len(received) > _LONGEST_ANSWER:
            raise UnavailableError("the timestamp authority answers more than any timestamp is long")
    return bytes(received)
