"""The person at the other end of the demo: speaks the script's lines into an open microphone, and listens."""

import asyncio
from base64 import b64decode, b64encode
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial

from websockets.exceptions import ConnectionClosed, WebSocketException

from rtdebug.clock import Clock
from rtdebug.errors import UpstreamError
from rtdebug.simulator.audio import FORMATS
from rtdebug.simulator.line import Line, dial
from rtdebug.simulator.player import Player
from rtdebug.simulator.refusals import Json
from rtdebug.simulator.script import DEFAULT
from rtdebug.simulator.session import DEFAULT_MODEL
from rtdebug.simulator.voice import speech

OnEvent = Callable[[Json], None]

_PCM = FORMATS["audio/pcm"]
_CHUNK_MS = 20
_PAUSE_S = 0.35
_INTERRUPT_AFTER_MS = 700
_LONGEST_CALL_S = 60.0
_SHORTEST_PATIENCE_S = 10.0
_LOOK_AGAIN_S = 0.01
_TRAINS = '{"trains": [{"leaves": "10:15", "platform": 4}, {"leaves": "10:40", "change": "York"}]}'
_FIND_TRAINS = {
    "type": "function",
    "name": "find_trains",
    "description": "Find the next trains to a town.",
    "parameters": {"type": "object", "properties": {"to": {"type": "string"}}, "required": ["to"]},
}
_SESSION = {
    "type": "realtime",
    "instructions": "You work in a ticket office. Answer in one or two sentences.",
    "output_modalities": ["audio"],
    "audio": {
        "input": {
            "format": {"type": "audio/pcm", "rate": 24000},
            "transcription": {"model": "gpt-4o-mini-transcribe"},
            "turn_detection": {"type": "server_vad", "silence_duration_ms": 300},
        },
        "output": {"format": {"type": "audio/pcm", "rate": 24000}, "voice": "marin"},
    },
    "tools": [_FIND_TRAINS],
    "tool_choice": "auto",
}


async def call(
    base_url: str,
    *,
    api_key: str,
    on_event: OnEvent | None = None,
    pace: float = 1.0,
    model: str = DEFAULT_MODEL,
) -> None:
    """Have the demo's conversation: a tool call, a barge-in, a goodbye; about 15 seconds at pace 1."""
    patience_s = max(_SHORTEST_PATIENCE_S, _LONGEST_CALL_S / pace)
    # Speech is read before the line is open, where a pause would be heard.
    lines = [await asyncio.to_thread(speech, turn.user, "user") for turn in DEFAULT.turns]
    try:
        async with asyncio.timeout(patience_s), dial(base_url, api_key=api_key, model=model) as line:
            await _Caller(line, pace, on_event).call(lines)
    except TimeoutError:
        message = f"{base_url} left the caller waiting; is a Realtime API served there?"
        raise UpstreamError(message) from None
    except (OSError, WebSocketException) as error:
        raise UpstreamError(f"no call to {base_url}: {error}; is the address right?") from error
    except BaseExceptionGroup as group:
        raise _first(group) from None


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """Return the error that brought the others about."""
    error = group.exceptions[0]
    return _first(error) if isinstance(error, BaseExceptionGroup) else error


class _Caller:
    def __init__(self, line: Line, pace: float, on_event: OnEvent | None) -> None:
        self._line = line
        self._pace = pace
        self._on_event = on_event
        self._clock = Clock()
        self._player = Player(pace)
        self._to_say = b""
        self._is_ready = False
        self._is_answering = False
        self._has_hung_up = False

    async def call(self, lines: list[bytes]) -> None:
        """Talk, listen, and hang up in the end."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._listen())
            group.create_task(self._keep_microphone_open())
            await self._converse(lines)
            self._has_hung_up = True
            await self._line.close()

    async def _converse(self, lines: list[bytes]) -> None:
        """Say the lines: the second into the first reply, each other after the reply before it."""
        await self._until(lambda: self._is_ready)
        first, interruption, *others = lines
        await self._say(first)
        await self._until(lambda: self._played_ms() >= _INTERRUPT_AFTER_MS or self._heard_all(None))
        for line in (interruption, *others):
            before = self._player.item_id
            await self._say(line)
            await self._until(partial(self._heard_all, before))

    async def _say(self, line: bytes) -> None:
        """Draw breath, then speak to the end."""
        await asyncio.sleep(_PAUSE_S / self._pace)
        self._to_say += line
        await self._until(lambda: not self._to_say)

    async def _keep_microphone_open(self) -> None:
        """Send sound in real time for as long as the call lasts: what is to be said, else silence."""
        size = _PCM.size(_CHUNK_MS)
        await self._until(lambda: self._is_ready)
        due_ns = self._clock.now_ns()
        while not self._has_hung_up:
            chunk, self._to_say = self._to_say[:size], self._to_say[size:]
            audio = b64encode(chunk.ljust(size, b"\0")).decode()
            with suppress(ConnectionClosed):  # the listener is told as well
                await self._line.send({"type": "input_audio_buffer.append", "audio": audio})
            due_ns += int(_CHUNK_MS * 1e6 / self._pace)
            await asyncio.sleep(max(0.0, (due_ns - self._clock.now_ns()) / 1e9))

    async def _listen(self) -> None:
        async for event in self._line.events():
            if self._on_event is not None:
                self._on_event(event)
            if act := self._ACTS.get(event["type"]):
                await act(self, event)
        if not self._has_hung_up:
            raise UpstreamError("the upstream hung up in the middle of the call; its last events say why")

    async def _until(self, happened: Callable[[], bool]) -> None:
        # Playing ends by the clock alone, which no event tells of.
        while not happened():  # noqa: ASYNC110
            await asyncio.sleep(_LOOK_AGAIN_S / self._pace)

    def _played_ms(self) -> int:
        return self._player.played_ms(self._clock.now_ns())

    def _heard_all(self, before: str | None) -> bool:
        """Tell whether another item than the one before was played to its end."""
        is_quiet = not self._is_answering and not self._player.is_playing(self._clock.now_ns())
        return is_quiet and self._player.item_id != before

    async def _configure(self, _event: Json) -> None:
        await self._line.send({"type": "session.update", "session": _SESSION})

    async def _begin(self, _event: Json) -> None:
        self._is_ready = True

    async def _play(self, event: Json) -> None:
        ms = _PCM.ms(len(b64decode(event["delta"])))
        self._player.receive(event["item_id"], ms, self._clock.now_ns())

    async def _fall_silent(self, _event: Json) -> None:
        """Stop the loudspeaker when interrupted, and tell the server how much was heard."""
        now_ns = self._clock.now_ns()
        if not self._player.is_playing(now_ns):
            return
        heard_ms = self._player.played_ms(now_ns)
        self._player.stop()
        where = {"item_id": self._player.item_id, "content_index": 0}
        await self._line.send({"type": "conversation.item.truncate", **where, "audio_end_ms": heard_ms})

    async def _expect_reply(self, _event: Json) -> None:
        self._is_answering = True

    async def _answer_calls(self, event: Json) -> None:
        """Answer the function calls of a finished response, and ask for the next one."""
        self._is_answering = False
        output = event["response"].get("output") or []
        calls = [item for item in output if item["type"] == "function_call" and item.get("status") == "completed"]
        for item in calls:
            answer = {"type": "function_call_output", "call_id": item["call_id"], "output": _TRAINS}
            await self._line.send({"type": "conversation.item.create", "item": answer})
        if calls:
            await self._line.send({"type": "response.create"})

    _ACTS: dict[str, Callable[["_Caller", Json], Awaitable[None]]] = {  # noqa: RUF012 (a constant)
        "session.created": _configure,
        "session.updated": _begin,
        "response.created": _expect_reply,
        "response.output_audio.delta": _play,
        "input_audio_buffer.speech_started": _fall_silent,
        "response.done": _answer_calls,
    }
