"""Conversations to judge an endpoint by: they wait for types of events and never for words, as models differ."""

from collections.abc import Sequence
from typing import Final

from rtdebug.conform.phrases import (
    AT_LENGTH,
    BRIEF,
    begin,
    begin_in_audio,
    begin_in_text,
    begun,
    configure,
    create,
    ended,
    listen,
    must,
    must_all,
    respond,
    say,
    speak,
    turn,
    write,
)
from rtdebug.conform.steps import NotPlayed, Play, Scene
from rtdebug.protocol.event import Event
from rtdebug.protocol.reading import text_in

TOOL: Final = {
    "type": "function",
    "name": "look_up_time",
    "description": "Tell the time in a town. Call it whenever somebody asks for the time.",
    "parameters": {"type": "object", "properties": {"town": {"type": "string"}}, "required": ["town"]},
}
_DELTAS: Final = (
    "response.output_audio_transcript.delta",
    "response.output_audio.delta",
    "response.output_text.delta",
)
_TRANSCRIBED: Final = tuple(f"conversation.item.input_audio_transcription.{end}" for end in ("completed", "failed"))
_DETECTION: Final = {
    "type": "server_vad",
    "silence_duration_ms": 500,
    "create_response": True,
    "interrupt_response": True,
}


def scenes(speech: bytes) -> Sequence[Scene]:
    """Return all of them; `speech` is a sentence, 16-bit PCM at 24 kHz."""
    return (
        Scene("beginning", _beginning),
        Scene("written turns", _written),
        Scene("spoken answer", _spoken),
        Scene("turn found by the server", lambda: _detected(speech)),
        Scene("barge-in", lambda: _interrupted(speech)),
        Scene("turn committed by hand", lambda: _committed(speech)),
        Scene("tool call", _tool_call),
        Scene("cancelled answer", _cancelled),
    )


def _beginning() -> Play[None]:
    yield from begin()
    yield from configure()


def _written() -> Play[None]:
    yield from begin_in_text()
    yield from turn("Name a colour.")
    yield from turn("Name another one.")


def _spoken() -> Play[None]:
    yield from begin_in_audio()
    yield from turn("Say good morning.")
    yield from turn("Say good night.")


def _detected(speech: bytes) -> Play[None]:
    yield from begin_in_audio(detection=_DETECTION)
    yield from _transcribing()
    yield from speak(speech)
    yield from _noticed()
    missing = {"answer", "transcript"}
    while missing:
        reply = yield from listen("response.done", *_TRANSCRIBED)
        if reply.failure or reply.heard[-1].type == "error":
            break
        missing.discard("answer" if reply.heard[-1].type == "response.done" else "transcript")
    if "answer" in missing:
        raise NotPlayed("the turn was not answered")


def _transcribing() -> Play[None]:
    """Have what is heard written down; where the endpoint will not, the scene goes on without."""
    transcription = {"model": "gpt-4o-mini-transcribe"}
    update = {"type": "realtime", "audio": {"input": {"transcription": transcription}}}
    about = yield from say("session.update", session=update)
    yield from must(about, "session.updated", "error")


def _noticed() -> Play[None]:
    """Wait until the server has found a turn and put it into the conversation."""
    heard: list[Event] = []
    for end in ("speech_started", "speech_stopped"):
        reply = yield from listen(f"input_audio_buffer.{end}")
        heard += reply.heard
        if reply.failure or reply.heard[-1].type == "error":
            raise NotPlayed(f"there was speech and then silence, and no {end} came")
    yield from _taken_in(heard)


def _taken_in(heard: Sequence[Event] = (), about: str = "") -> Play[None]:
    """Wait until a turn is committed and in the conversation; some servers add its item when speech begins."""
    committed = yield from must_all(about, "input_audio_buffer.committed")
    item_id = text_in(committed.heard[-1].data, "item_id")
    added = [event for event in (*heard, *committed.heard) if event.type == "conversation.item.added"]
    if item_id not in [text_in(event.data, "item", "id") for event in added]:
        yield from must("", "conversation.item.added")


def _interrupted(speech: bytes) -> Play[None]:
    yield from begin_in_audio(detection=_DETECTION, instructions=AT_LENGTH)
    yield from speak(speech)
    yield from _noticed()
    yield from begun()
    yield from must("", *_DELTAS, "response.done")
    yield from speak(speech)
    yield from _noticed()
    yield from ended((yield from begun()))


def _committed(speech: bytes) -> Play[None]:
    yield from begin_in_audio()
    yield from speak(speech, silence_ms=0)
    about = yield from say("input_audio_buffer.commit")
    yield from _taken_in(about=about)
    yield from ended((yield from respond()))


def _tool_call() -> Play[None]:
    yield from begin_in_text(tools=[TOOL], tool_choice="required")
    answer = yield from turn("What time is it in Leeds?")
    calls = answer.items("function_call")
    if not calls:
        raise NotPlayed("no tool was called, though tool_choice was required")
    for call in calls:
        output = {"type": "function_call_output", "call_id": text_in(call, "call_id"), "output": '{"time": "10:15"}'}
        yield from create(output)
    yield from ended((yield from respond(tool_choice="none")))


def _cancelled() -> Play[None]:
    yield from begin_in_audio(instructions=AT_LENGTH)
    yield from write("Please begin.")
    first = yield from respond()
    heard = yield from must("", *_DELTAS, "response.done")
    if heard.type != "response.done":
        yield from say("response.cancel")
        yield from ended(first)
    yield from configure(instructions=BRIEF)
    # Once more, before there is any output.
    second = yield from respond()
    yield from say("response.cancel")
    yield from ended(second)
