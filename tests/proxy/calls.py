"""Calls as tests need them: set up, and ended in good order."""

import asyncio

from .frames import CLOSE, TEXT, asking, closing, frame, granting
from .stand import Stand
from .wiretap import End, Upstream, dial

REJECTION = frame(0x80 | TEXT, b'{"type":"error"}', masked=False)
REJECTION += frame(0x80 | CLOSE, closing(3000, "invalid_api_key"), masked=False)
"""What the service says to a key it does not know."""


async def call(upstream: Upstream, stand: Stand, *, receive_buffer: int = 0, answer: bytes = b"") -> tuple[End, End]:
    """Set up a call; return its client and its server."""
    client = await dial(stand.port, receive_buffer=receive_buffer)
    await client.sends(asking(stand.host))
    server = await upstream.answers()
    await server.head()
    await server.sends(granting() + answer)
    if not receive_buffer:
        await client.head()
    return client, server


async def closing_in_order(upstream: Upstream, stand: Stand) -> None:
    client, server = await call(upstream, stand)
    await client.says(b"hello")
    await ending(client, server)


async def ending(client: End, server: End) -> None:
    """End a call as well-behaved parties do."""
    await server.closes(1000)
    for end in (client, server):
        end.half_closes()
    await asyncio.gather(client.ended(), server.ended())
    client.hangs_up()
    server.hangs_up()
