"""A scene is a call written down for both ends; played twice, it must look the same with and without a proxy."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from .frames import asking, granting
from .wiretap import End, Upstream, dial

Play = Callable[[End, End], Awaitable[None]]


@dataclass(frozen=True)
class Scene:
    """A call."""

    name: str
    play: Play
    extensions: str = ""
    """What the answer says of extensions."""
    gap: bool = False
    """Its recording admits that something in it could not be read."""
    with_answer: Callable[[End], bytes] | None = None
    """What the server sends in the same segment as the 101."""
    with_request: Callable[[End], bytes] | None = None
    """What the client sends in the same segment as its request."""
    dribbled: bool = False
    """The answer comes byte by byte."""
    leaves: str = ""
    """How the server leaves with its answer: nothing, "eof" or "reset"."""


@dataclass(frozen=True)
class Outcome:
    """What both ends saw."""

    answer: bytes
    client: bytes
    client_ending: str
    server: bytes
    server_ending: str


SCENES: list[Scene] = []


def scene(**options: object) -> Callable[[Play], Play]:
    """Put a play on the programme, under its own name."""

    def add(play: Play) -> Play:
        name = re.sub("_+", "-", play.__name__.strip("_"))
        SCENES.append(Scene(name, play, **options))  # type: ignore[arg-type]
        return play

    return add


async def perform(scene: Scene, upstream: Upstream, port: int) -> tuple[Outcome, End, End]:
    """Play a scene with the client dialling this port."""
    client = await dial(port)
    offer = (f"Sec-WebSocket-Extensions: {scene.extensions}",) if scene.extensions else ()
    early = scene.with_request(client) if scene.with_request else b""
    await client.sends(asking(f"127.0.0.1:{port}", *offer) + early)
    server = await upstream.answers()
    await server.head()
    answer = granting(*offer) + (scene.with_answer(server) if scene.with_answer else b"")
    await (server.dribbles(answer) if scene.dribbled else server.sends(answer))
    if scene.leaves == "reset":
        server.resets()
    elif scene.leaves == "eof":
        server.half_closes()
    granted = await client.head()
    await scene.play(client, server)
    for end in (client, server):
        if end.link.fileno() >= 0:
            end.half_closes()
    await asyncio.gather(*(end.ended() for end in (client, server) if end.link.fileno() >= 0))
    for end in (client, server):
        end.hangs_up()
    outcome = Outcome(granted, bytes(client.received), client.ending, bytes(server.received), server.ending)
    return outcome, client, server
