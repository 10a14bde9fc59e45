"""Scenes on real connections: sends, listens and keeps the time."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus

from rtdebug.clock import Clock
from rtdebug.conform.dialling import dial
from rtdebug.conform.endpoint import Endpoint
from rtdebug.conform.phrases import refusal
from rtdebug.conform.stage import Stage
from rtdebug.conform.steps import Pause, Reply, Say, Scene, Step, Wait
from rtdebug.errors import UpstreamError

_BODY: Final = 300


@dataclass(frozen=True, slots=True)
class Limits:
    """How long things may take, in seconds."""

    dial: float = 10.0
    answer: float = 30.0
    """Until an event comes that is owed."""
    grace: float = 2.0
    """Until one comes that should have come already."""
    linger: float = 0.4
    """After the end of a scene, for what belongs behind it."""
    scene: float = 180.0


async def perform(
    endpoint: Endpoint,
    scenes: Sequence[Scene],
    *,
    at_once: int = 4,
    limits: Limits | None = None,
    on_played: Callable[[Stage], None] = lambda stage: None,
) -> list[Stage]:
    """Play all scenes, the first one alone; raise UpstreamError where the endpoint will not speak at all."""
    limits = limits or Limits()
    first = await _play(endpoint, scenes[0], limits)
    _must_speak(endpoint, first, limits)
    on_played(first)
    places = asyncio.Semaphore(at_once)

    async def play(scene: Scene) -> Stage:
        async with places:
            try:
                stage = await _play(endpoint, scene, limits)
            except UpstreamError as error:
                stage = Stage(scene, url=endpoint.url)
                stage.stop(str(error))
        on_played(stage)
        return stage

    async with asyncio.TaskGroup() as tasks:
        playing = [tasks.create_task(play(scene)) for scene in scenes[1:]]
    return [first, *(task.result() for task in playing)]


def _must_speak(endpoint: Endpoint, stage: Stage, limits: Limits) -> None:
    said = stage.server
    if not said:
        what = f"closed the connection with {stage.closed}" if stage.closed else "accepted the connection"
        raise UpstreamError(
            f"{endpoint.shown} {what} and said nothing within {limits.answer:g} s; "
            "is a Realtime API served there? A session begins with session.created"
        )
    if said[0].type == "error" and stage.reason:
        raise UpstreamError(f"{endpoint.shown} will not begin a session: {refusal(said[0])}")


async def _play(endpoint: Endpoint, scene: Scene, limits: Limits) -> Stage:
    stage = Stage(scene, url=endpoint.url)
    connection = await dial(
        endpoint.url,
        shown=endpoint.shown,
        headers=endpoint.headers(),
        subprotocol="realtime",
        seconds=limits.dial,
        refused=_refused,
    )
    clock = Clock()
    async with connection, asyncio.TaskGroup() as tasks:
        actor = _Actor(stage, connection, clock, limits)
        listening = tasks.create_task(actor.listen())
        try:
            async with asyncio.timeout(limits.scene):
                await actor.act()
        except TimeoutError:
            stage.stop(f"it was not over within {limits.scene:g} s")
        await actor.linger()
        listening.cancel()
    return stage


class _Actor:
    """Does what a stage wants done."""

    def __init__(self, stage: Stage, connection: ClientConnection, clock: Clock, limits: Limits) -> None:
        self._stage = stage
        self._connection = connection
        self._clock = clock
        self._limits = limits
        self._news = asyncio.Event()

    async def listen(self) -> None:
        """Take in what the endpoint says, until it or we hang up."""
        try:
            while True:
                message = await self._connection.recv()
                binary = isinstance(message, bytes)
                text = message if isinstance(message, bytes) else message.encode()
                self._stage.hear(text, self._clock.now_ns(), binary=binary)
                self._news.set()
        except ConnectionClosed as closed:
            frame = closed.rcvd
            self._stage.close(f"{frame.code} {frame.reason}".strip() if frame else "no close frame")
            self._news.set()

    async def act(self) -> None:
        """Play to the end."""
        step = self._stage.begin()
        while step is not None:
            step = self._stage.resume(await self._do(step))

    async def linger(self) -> None:
        """Hear what belongs behind the end."""
        if not self._stage.closed:
            await asyncio.sleep(self._limits.linger)

    async def _do(self, step: Step) -> Reply:
        if isinstance(step, Say):
            text, event_id = self._stage.say(step, self._clock.now_ns())
            try:
                await self._connection.send(text)
            except ConnectionClosed:
                pass  # whoever waits for the answer is told
            return Reply(event_id)
        if isinstance(step, Pause):
            await asyncio.sleep(step.ms / 1000)
            return Reply()
        assert isinstance(step, Wait)
        return await self._wait(step)

    async def _wait(self, wait: Wait) -> Reply:
        seconds = self._limits.grace if wait.is_short else self._limits.answer
        try:
            async with asyncio.timeout(seconds):
                while (reply := self._stage.answer(wait)) is None:
                    if self._stage.closed:
                        return self._stage.give_up(f"the connection was closed with {self._stage.closed}")
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            return self._stage.give_up(f"not within {seconds:g} s")
        return reply


def _refused(where: str, refused: InvalidStatus) -> str:
    body = refused.response.body[:_BODY].decode("utf-8", "replace").strip()
    return f"{where} refused the handshake with HTTP {refused.response.status_code}{f': {body}' if body else ''}"
