"""A client that does what a recorded one did, with ids of its own: what the tests of the replay have on the line."""

import asyncio
import json
import re
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from rtdebug.replay.load import Recorded, load
from rtdebug.replay.steps import Command, Piece, Say, Speech

RECORDINGS = Path(__file__).parents[2] / "recordings"
SAMPLES = sorted(path.parent.name for path in RECORDINGS.glob("*/events.jsonl"))
WAIT_S = 20
Event = dict[str, Any]
Change = Callable[[Event], Event | None]


def as_it_was(event: Event) -> Event | None:
    return event


@dataclass
class Heard:
    """What the server said, and how it ended."""

    events: list[Event] = field(default_factory=list)
    code: int | None = None
    reason: str = ""

    def types(self) -> list[str]:
        return [event["type"] for event in self.events]


class Actor:
    """Sends the recorded client's events, each once what was heard before it has been heard again."""

    def __init__(
        self,
        recorded: Recorded,
        *,
        change: Change = as_it_was,
        chunk_ms: float = 0,
        share: float = 1,
        suffix: str = "",
    ) -> None:
        self.recorded = recorded
        self.heard = Heard()
        self._change = change
        self._chunk_ms = chunk_ms
        self._share = share
        self._suffix = suffix
        self._names: dict[str, str] = {}
        self._came = asyncio.Event()
        self._over = False

    async def play(self, url: str, **options: Any) -> Heard:
        async with asyncio.timeout(WAIT_S), connect(url, max_size=None, compression=None, **options) as line:
            listening = asyncio.ensure_future(self._listen(line))
            try:
                await self._act(line)
            except ConnectionClosed:
                pass
            await line.close()
            await listening
        return self.heard

    async def _act(self, line: ClientConnection) -> None:
        said = 0
        microphone: asyncio.Task[None] | None = None
        for step in self.recorded.script.steps:
            if isinstance(step, Say):
                said += 1
            elif isinstance(step, Command):
                await self._wait(said)
                await self._command(line, step)
            elif isinstance(step, Speech) and self._chunk_ms:
                microphone = microphone or asyncio.ensure_future(self._open_microphone(line))
            elif isinstance(step, Speech):
                await self._wait(said)
                for piece in step.pieces:
                    await line.send(_append(self._sound(piece)))
        if microphone is not None:
            await microphone
        await self._wait(said)

    async def _open_microphone(self, line: ClientConnection) -> None:
        """Send all audio in chunks of another size, and wait for nothing."""
        runs = (step for step in self.recorded.script.steps if isinstance(step, Speech))
        sound = b"".join(self._sound(piece) for step in runs for piece in step.pieces)
        size = int(48 * self._chunk_ms)
        with suppress(ConnectionClosed):
            for at in range(0, int(len(sound) * self._share), size):
                await line.send(_append(sound[at : at + size]))

    async def _command(self, line: ClientConnection, step: Command) -> None:
        try:
            event = json.loads(self._in_my_names(step.text.decode()))
        except ValueError:
            await line.send(step.text.decode())
            return
        changed = self._change(event)
        if changed is not None:
            await line.send(json.dumps(changed))

    def _sound(self, piece: Piece) -> bytes:
        if piece.place is not None:
            return self.recorded.audio(piece.place, "client")
        return b64decode(json.loads(piece.text)["audio"])

    def _in_my_names(self, text: str) -> str:
        for recorded in self.recorded.script.client_ids:
            if self._suffix:
                text = text.replace(f'"{recorded}"', f'"{recorded}{self._suffix}"')
        return re.sub(r"[A-Za-z0-9_-]{6,}", lambda found: self._names.get(found[0], found[0]), text)

    async def _listen(self, line: ClientConnection) -> None:
        said = [step for step in self.recorded.script.steps if isinstance(step, Say)]
        try:
            async for message in line:
                event = json.loads(message)
                if len(self.heard.events) < len(said):
                    self._learn(json.loads(said[len(self.heard.events)].text), event)
                self.heard.events.append(event)
                self._came.set()
        except ConnectionClosed:
            pass
        self.heard.code, self.heard.reason = line.close_code, line.close_reason or ""
        self._over = True
        self._came.set()

    async def _wait(self, number: int) -> None:
        while len(self.heard.events) < number and not self._over:
            self._came.clear()
            await self._came.wait()

    def _learn(self, recorded: Any, now: Any) -> None:
        if isinstance(recorded, dict) and isinstance(now, dict):
            for key in recorded.keys() & now.keys():
                if isinstance(recorded[key], str) and (key == "id" or key.endswith("_id")):
                    self._names[recorded[key]] = now[key]
                else:
                    self._learn(recorded[key], now[key])
        elif isinstance(recorded, list) and isinstance(now, list):
            for one, other in zip(recorded, now, strict=False):
                self._learn(one, other)


def _append(sound: bytes) -> str:
    return json.dumps({"type": "input_audio_buffer.append", "audio": b64encode(sound).decode()})


@asynccontextmanager
async def actor(path: Path, **options: Any) -> AsyncIterator[Actor]:
    recorded = load(path)
    try:
        yield Actor(recorded, **options)
    finally:
        recorded.close()


async def played(path: Path, url: str, *, headers: dict[str, str] | None = None, **options: Any) -> Heard:
    async with actor(path, **options) as one:
        return await one.play(url, additional_headers=headers)
