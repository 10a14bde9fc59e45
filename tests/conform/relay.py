"""A server that passes everything on to another one, and back with whatever disorder it is told to bring in."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any

import orjson
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

Event = dict[str, Any]
Edit = Callable[[Event], Iterable[Event]]
"""What comes out for each event of the server; made anew for each connection."""


@asynccontextmanager
async def relay(upstream: str, disorder: Callable[[], Edit]) -> AsyncIterator[str]:
    """Listen, and yield the address."""

    async def serve_one(client: ServerConnection) -> None:
        assert client.request is not None
        edit = disorder()
        async with connect(upstream + client.request.path, max_size=None, compression=None) as server:
            tasks = [asyncio.create_task(_forward(client, server)), asyncio.create_task(_back(server, client, edit))]
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async with serve(serve_one, "127.0.0.1", 0, max_size=None, compression=None) as server:
        yield f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"


async def _forward(source: Any, target: Any) -> None:
    try:
        async for message in source:
            await target.send(message)
    except ConnectionClosed:
        pass


async def _back(source: Any, target: Any, edit: Edit) -> None:
    try:
        async for message in source:
            for event in edit(orjson.loads(message)):
                await target.send(orjson.dumps(event).decode())
    except ConnectionClosed:
        pass


# Disorders.


def faithful() -> Edit:
    return lambda event: [event]


def without(*types: str) -> Callable[[], Edit]:
    return lambda: lambda event: [] if event["type"] in types else [event]


def twice(type_: str) -> Callable[[], Edit]:
    """Tell an event twice, the second time under another event id."""
    return lambda: (
        lambda event: [event, {**event, "event_id": f"{event['event_id']}_again"}][: 1 + (event["type"] == type_)]
    )


def swapped(type_: str) -> Callable[[], Edit]:
    """Tell an event only after the one behind it."""

    def disorder() -> Edit:
        held: list[Event] = []

        def edit(event: Event) -> list[Event]:
            if event["type"] == type_ and not held:
                held.append(event)
                return []
            told = [event, *held]
            held.clear()
            return told

        return edit

    return disorder


def changed(type_: str, change: Callable[[Event], Event]) -> Callable[[], Edit]:
    return lambda: lambda event: [change(event) if event["type"] == type_ else event]
