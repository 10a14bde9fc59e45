"""The client's side of real sessions, played to the machine: the same types of events come in the same order."""

from base64 import b64encode
from collections import Counter
from collections.abc import Callable
from itertools import groupby
from typing import Any

import pytest

from rtdebug.simulator.options import Flavour, Manner
from rtdebug.simulator.script import Script
from rtdebug.simulator.script_reply import Reply, ToolCall
from rtdebug.simulator.script_rule import Rule, When
from tests.protocol.shared import SHARED, needs_real, told

from .client import Client

pytestmark = needs_real
Event = dict[str, Any]
Lines = list[tuple[str, Event]]

REAL = SHARED / "real"
VOICE, QUIET = b"\x00\x40\x00\xc0" * 1200, bytes(4800)
CHUNK_MS = 100
VOICED_CHUNKS = 25
TRANSCRIPTION = "conversation.item.input_audio_transcription."


def without(*types: str) -> Callable[[list[Event]], list[Event]]:
    return lambda events: [event for event in events if not event["type"].startswith(types)]


def one_by_one(events: list[Event]) -> list[Event]:
    """Put what belongs to one output item together, in the order of the first events."""
    first: dict[str, int] = {}
    for place, event in enumerate(events):
        first.setdefault(owner(event) or f"{place}", place)
    return sorted(events, key=lambda event: first.get(owner(event), events.index(event)))


def owner(event: Event) -> str:
    item = event.get("item")
    return str(event.get("item_id") or (item.get("id") if isinstance(item, dict) else "") or "")


ACCEPTED: dict[str, list[tuple[str, Callable[[list[Event]], list[Event]]]]] = {
    "*": [
        ("a recording stops at response.done, or has the limits only behind some", without("rate_limits.")),
        ("what is understood of speech floats beside the response; it is compared apart", without(TRANSCRIPTION)),
    ],
    "openai_ws_sideband__webrtc_sideband_audio_turn": [
        ("a sideband joins a call that has begun", without("session.created")),
        ("sound and its playing go through WebRTC", without("output_audio_buffer.", "response.output_audio.delta")),
    ],
    "parity_ws__text_tool_round_parity_openai-current": [
        ("a reasoning model begins an item before the last one is done", one_by_one),
    ],
}
"""The differences that are meant, for all files and for each: why, and what takes it out of both sides."""
FLAVOURS: tuple[Flavour, ...] = ("azure", "xai")
FILES = [
    "azure_ws__tool_call_round",
    "xai_ws__audio_in_server_vad_turn",
    "xai_ws__tool_call_round",
    "openai_ws__audio_in_server_vad_turn",
    "openai_ws__text_in_audio_out_turn",
    "openai_ws__tool_call_round",
    "openai_ws_sideband__webrtc_sideband_audio_turn",
    "parity_ws__text_tool_round_parity_openai-current",
]


def script_of(lines: Lines) -> Script:
    """Return a script by which the machine says and calls what the service did."""
    ends = [event["response"]["output"] for sender, event in lines if event["type"] == "response.done"]
    return Script(rules=tuple(Rule(When(kind=None if not n else "output"), reply(end)) for n, end in enumerate(ends)))


def reply(output: list[Event]) -> Reply:
    parts = [part for item in output for part in item.get("content", ())]
    calls = (ToolCall(item["name"], item["arguments"]) for item in output if item["type"] == "function_call")
    return Reply(say="".join(part.get("text") or part["transcript"] for part in parts), calls=tuple(calls))


def play(lines: Lines, flavour: Flavour = "openai") -> Client:
    """Send what the client sent, each time once what it had heard by then has come."""
    begun = next((event["session"] for _, event in lines if event["type"] == "session.created"), {})
    model, manner = begun.get("model", "gpt-realtime"), Manner(flavour)
    client = Client(script=script_of(lines), pace=1.0, model=model, manner=manner)
    heard: Counter[str] = Counter()
    appended = 0
    for sender, event in lines:
        kind = event["type"]
        if sender == "client" and kind == "input_audio_buffer.append":
            # The recorded sound was cut short by whoever recorded it.
            sound = VOICE if appended < VOICED_CHUNKS else QUIET
            client.say(kind, audio=b64encode(sound).decode())
            client.wait(CHUNK_MS)
            appended += 1
        elif sender == "client":
            client.send(with_call_id(client, event))
        elif not kind.endswith(".delta") and not kind.startswith(
            ("output_audio_buffer.", "rate_limits.", TRANSCRIPTION)
        ):
            heard[kind] += 1
            if len(client.all(kind)) < heard[kind]:
                client.wait_for(kind)
    client.wait(60_000)
    return client


def with_call_id(client: Client, event: Event) -> Event:
    if event.get("item", {}).get("type") != "function_call_output":
        return event
    call_id = client.the("response.function_call_arguments.done")["call_id"]
    return {**event, "item": {**event["item"], "call_id": call_id}}


def types(events: list[Event]) -> list[str]:
    """Return the types in order, a run of deltas of one output as one."""
    names = (event["type"].replace("_transcript.delta", ".delta") for event in events)
    return [name for name, _ in groupby(names)]


@pytest.mark.parametrize("name", FILES)
def test_the_order_of_a_real_session(name: str) -> None:
    lines = told(REAL / f"{name}.jsonl")
    flavour = next((known for known in FLAVOURS if name.startswith(known)), "openai")
    real, made = [event for sender, event in lines if sender == "server"], play(lines, flavour).events
    for _, take_out in (*ACCEPTED["*"], *ACCEPTED.get(name, ())):
        real, made = take_out(real), take_out(made)
    assert types(made) == types(real)


def test_speech_is_written_down_in_the_order_of_a_real_session() -> None:
    lines = told(REAL / "openai_ws__audio_in_server_vad_turn.jsonl")
    real, made = [event for sender, event in lines if sender == "server"], play(lines).events
    written = [[event for event in side if event["type"].startswith(TRANSCRIPTION)] for side in (real, made)]
    assert types(written[0]) == types(written[1])


UNMADE = ("phase", "output_audio_buffer.started", "output_audio_buffer.stopped")
"""What is not made here: the phases of a reasoning model, and what a WebRTC call plays."""


@pytest.mark.parametrize("name", [name for name in FILES if not name.startswith("xai")])
def test_the_fields_of_a_real_session(name: str) -> None:
    lines = told(REAL / f"{name}.jsonl")
    made = fields(play(lines, "azure" if name.startswith("azure") else "openai").events)
    for kind, names in fields([event for sender, event in lines if sender == "server"]).items():
        if kind not in UNMADE:
            assert {one for one in names if not one.endswith(UNMADE)} == made[kind], kind


def fields(events: list[Event]) -> dict[str, set[str]]:
    """Return the paths of all fields that the events of each type have."""
    found: dict[str, set[str]] = {}
    for event in events:
        found.setdefault(event["type"], set()).update(paths(event))
    return found


def paths(value: Any, place: str = "") -> set[str]:
    if isinstance(value, list):
        return {path for one in value for path in paths(one, f"{place}[]")}
    if not isinstance(value, dict):
        return {place}
    return {path for name, one in value.items() for path in paths(one, f"{place}.{name}")} | {place}
