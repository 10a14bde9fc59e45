"""The caller's telephone line: the `openai` client where it is installed, else a bare WebSocket."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote, urlsplit, urlunsplit

import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from rtdebug.simulator.refusals import Json

if TYPE_CHECKING:
    from openai.resources.realtime.realtime import AsyncRealtimeConnection

_SCHEMES = {"http": "ws", "https": "wss"}
_DIRECTLY: Any = {"proxy": None}  # openai hands it on to websockets, and has no type for it


class Line(Protocol):
    """An open session, seen from the client."""

    async def send(self, event: Json) -> None:
        """Send a client event."""

    def events(self) -> AsyncIterator[Json]:
        """Yield server events until the session closes."""
        ...

    async def close(self) -> None:
        """End the session."""


@asynccontextmanager
async def dial(base_url: str, *, api_key: str, model: str) -> AsyncIterator[Line]:
    """Open a session under a base address such as `ws://127.0.0.1:8080` or `https://api.openai.com/v1`.

    It is dialled directly: a proxy that the environment names may not lead back to this machine.
    """
    address = socket_base(base_url)
    if find_spec("openai") is None:
        headers = {"Authorization": f"Bearer {api_key}"}
        url = f"{address}/realtime?model={quote(model)}"
        async with connect(url, additional_headers=headers, max_size=None, compression=None, proxy=None) as socket:
            yield _Socket(socket)
        return
    from openai import AsyncOpenAI, DefaultAsyncHttpxClient

    async with (
        # Nothing is asked over HTTP; yet the client that it makes for that would look for the environment's proxies.
        DefaultAsyncHttpxClient(trust_env=False) as http,
        AsyncOpenAI(api_key=api_key, websocket_base_url=address, http_client=http) as client,
        client.realtime.connect(model=model, websocket_connection_options=_DIRECTLY) as connection,
    ):
        yield _OpenAI(connection)


def socket_base(base_url: str) -> str:
    """Return the address that `/realtime` is appended to."""
    parts = urlsplit(base_url)
    path = parts.path.rstrip("/") or "/v1"
    return urlunsplit((_SCHEMES.get(parts.scheme, parts.scheme), parts.netloc, path, "", ""))


@dataclass(frozen=True, slots=True)
class _Socket:
    socket: ClientConnection

    async def send(self, event: Json) -> None:
        await self.socket.send(orjson.dumps(event).decode())

    async def events(self) -> AsyncIterator[Json]:
        with suppress(ConnectionClosed):
            async for message in self.socket:
                yield orjson.loads(message)

    async def close(self) -> None:
        await self.socket.close()


@dataclass(frozen=True, slots=True)
class _OpenAI:
    connection: "AsyncRealtimeConnection"

    async def send(self, event: Json) -> None:
        await self.connection.send(event)  # type: ignore[arg-type] # any event, as a dict

    async def events(self) -> AsyncIterator[Json]:
        with suppress(ConnectionClosed):
            async for event in self.connection:
                yield event.to_dict(mode="json")

    async def close(self) -> None:
        await self.connection.close()
