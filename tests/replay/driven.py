"""A recording's client part played to a server on this machine, and what was recorded of it compared."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from rtdebug.cli.diff import _read
from rtdebug.recording.reader import RecordingReader
from rtdebug.replay.client import Manner, Run, driver
from rtdebug.replay.destination import destination
from rtdebug.replay.editing import edited
from rtdebug.replay.edits import Edits
from rtdebug.replay.load import load
from rtdebug.reports.diff import compare
from rtdebug.reports.diff.tolerance import read_tolerance

Event = dict[str, Any]
# At once, the user speaks before the answer has been heard, and a recording that was cut off has an end now.
TALKED_INTO: dict[str, set[str]] = {"vad-conversation": {"responses"}, "g711": {"responses"}, "killed": {"session"}}
NOT_TIMED = ("session", "config", "transcript", "responses", "tools", "errors", "audio", "usage", "events")
WAIT_S = 30


async def driven(
    path: Path, url: str, out: Path, *, edits: Edits | None = None, model: str = "", key: str = "", **manner: Any
) -> Run:
    """Play once, at once unless told otherwise."""
    recorded = load(path)
    recorded.script = edited(recorded.script, edits or Edits()).script
    endpoint = destination(url, recorded.script, model=model, key=key)
    settings = Manner(**{"patience_s": 5.0, "beta": path.name == "beta", **manner})
    try:
        async with asyncio.timeout(WAIT_S), driver(recorded, endpoint, settings, out) as one:
            return await one.run()
    finally:
        recorded.close()


def sent(run: Run, type_: str = "") -> list[Event]:
    """Return the client's events in the recording of a run, microphone audio left out unless it is asked for."""
    assert run.folder is not None
    with RecordingReader(run.folder) as reader:
        texts = [entry.text for entry in reader.entries() if entry.kind == "message" and entry.sender == "client"]
    events = [json.loads(text) for text in texts if text and text.startswith(b"{") and text.endswith(b"}")]
    wanted = [event for event in events if event["type"] == type_ or not type_]
    return wanted if type_ else [event for event in wanted if event["type"] != "input_audio_buffer.append"]


def head(run: Run) -> list[str]:
    """Return the handshake's request as recorded."""
    assert run.folder is not None
    with RecordingReader(run.folder) as reader:
        (opened,) = [entry for entry in reader.entries() if entry.kind == "opened"]
    lines: list[str] = opened.fields["request"]["head"]
    return lines


def differing(path: Path, again: Path | None, *, tolerance: str = "audio=1%") -> dict[str, list[str]]:
    """Say in which aspects a recording differs from another, and in what; how long things took is no aspect."""
    assert again is not None
    sides = [_read(one, NOT_TIMED) for one in (path, again)]
    found = compare(sides[0], sides[1], read_tolerance([tolerance]), NOT_TIMED)
    return {
        one.aspect: [difference.what for difference in one.differences] for one in found.compared if one.differences
    }


Answer = Callable[[ServerConnection, Event], Any]


@asynccontextmanager
async def server(answer: Answer, *, greets: bool = True) -> AsyncIterator[str]:
    """Serve a conversation of the test's own making; yield its address."""

    async def converse(line: ServerConnection) -> None:
        try:
            if greets:
                await tell(line, "session.created", session={"id": "sess_of_the_test"})
            async for message in line:
                await answer(line, json.loads(message))
        except ConnectionClosed:
            pass

    async with serve(converse, "127.0.0.1", 0, compression=None, max_size=None, close_timeout=2) as running:
        yield f"127.0.0.1:{next(iter(running.sockets)).getsockname()[1]}"


async def tell(line: ServerConnection, type_: str, /, **fields: Any) -> None:
    await line.send(json.dumps({"type": type_, "event_id": f"event_{type_}", **fields}))
