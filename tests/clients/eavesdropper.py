"""An upstream of the proxy's that hears exactly what is said there, and has the simulator answer."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

Said = tuple[str, bytes]


@dataclass
class Heard:
    """What crossed the upstream's end of one run: (sender, message) in order, and where to dial."""

    url: str
    messages: list[Said] = field(default_factory=list)

    def of(self, sender: str) -> list[bytes]:
        return [message for who, message in self.messages if who == sender]


@asynccontextmanager
async def eavesdropping(simulator_url: str) -> AsyncIterator[Heard]:
    """Answer for the simulator and note every message."""

    async def relay(ws: ServerConnection) -> None:
        assert ws.request is not None
        headers = {"Authorization": ws.request.headers.get("Authorization", "")}
        async with connect(simulator_url + ws.request.path, additional_headers=headers, max_size=None) as upstream:

            async def pass_on(source, target, sender: str) -> None:
                try:
                    while True:
                        message = await source.recv()
                        heard.messages.append((sender, message.encode() if isinstance(message, str) else message))
                        await target.send(message)
                except ConnectionClosed:
                    code = source.close_code or 1000
                    await target.close(1000 if code in (1005, 1006) else code)

            await asyncio.gather(pass_on(ws, upstream, "client"), pass_on(upstream, ws, "server"))

    def choose(_: ServerConnection, offered: Sequence[Subprotocol]) -> Subprotocol | None:
        return next((name for name in offered if name == "realtime"), None)

    async with serve(relay, "127.0.0.1", 0, max_size=None, compression=None, select_subprotocol=choose) as server:
        heard = Heard(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        yield heard
