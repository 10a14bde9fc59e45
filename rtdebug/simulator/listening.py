"""Client events about input audio, and what the VAD makes of it."""

from collections.abc import Callable
from math import ceil

from rtdebug.simulator.agenda import Steps
from rtdebug.simulator.closing import cancel
from rtdebug.simulator.conversation import Item
from rtdebug.simulator.items import decoded, input_format
from rtdebug.simulator.refusals import Json, Refused, bad_audio, buffer_too_small, need
from rtdebug.simulator.responses import start
from rtdebug.simulator.session import for_response
from rtdebug.simulator.state import Handler, State
from rtdebug.simulator.usage import pieces, text_tokens
from rtdebug.simulator.vad import Mark, Started, Stopped, VadSettings

_SMALLEST_MS = 100
_LARGEST_BYTES = 15 << 20
_TRANSCRIBE_NS = 150_000_000
_WORD_NS = 30_000_000
_BY_DURATION = ("whisper-1", "gpt-realtime-whisper")
"""Transcription models that charge by the second; the others charge tokens."""
_AT_ONCE = ("whisper-1",)
"""Transcription models that send the whole transcript as one delta."""
_MS_PER_TOKEN = 100
# A loudness meter cannot tell whether a sentence is over; the eager ones just wait less.
_SEMANTIC_SILENCE_MS = {"low": 1200, "medium": 700, "high": 400, "auto": 700}


def configure(state: State) -> None:
    """Listen as the session says."""
    state.ear.configure(input_format(state), _settings(state.session["audio"]["input"]["turn_detection"]))


def _settings(detection: Json | None) -> VadSettings | None:
    if detection is None:
        return None
    if detection["type"] == "semantic_vad":
        return VadSettings(silence_duration_ms=_SEMANTIC_SILENCE_MS[detection["eagerness"]])
    return VadSettings(
        threshold=detection["threshold"],
        prefix_padding_ms=detection["prefix_padding_ms"],
        silence_duration_ms=detection["silence_duration_ms"],
    )


def _append(state: State, event: Json) -> None:
    audio = decoded(need(event, "audio", str), "audio")
    if len(audio) > _LARGEST_BYTES:
        raise bad_audio("audio", "more than 15 MiB")
    for mark in state.ear.append(bytes(audio)):
        _MARKS[type(mark)](state, mark)


def _commit(state: State, _event: Json) -> None:
    if state.ear.held_ms < _SMALLEST_MS:
        raise buffer_too_small(state.ear.held_ms)
    _hear_out(state, state.ids.item(), state.ear.take())


def _clear(state: State, _event: Json) -> None:
    state.ear.clear()
    state.send("input_audio_buffer.cleared")


def _started(state: State, mark: Mark) -> None:
    assert isinstance(mark, Started)
    state.speech_item_id, state.speech_start_ms = state.ids.item(), mark.audio_start_ms
    state.send("input_audio_buffer.speech_started", audio_start_ms=mark.audio_start_ms, item_id=state.speech_item_id)
    if state.active is not None and _detection(state)["interrupt_response"]:
        cancel(state, state.active, "turn_detected")


def _stopped(state: State, mark: Mark) -> None:
    assert isinstance(mark, Stopped) and state.speech_item_id is not None
    item_id = state.speech_item_id
    state.send("input_audio_buffer.speech_stopped", audio_end_ms=mark.audio_end_ms, item_id=item_id)
    audio = state.ear.take(state.speech_start_ms, mark.audio_end_ms)
    # The client may have committed or cleared in the middle of the speech and left nothing.
    if not audio:
        return
    _hear_out(state, item_id, audio)
    if _detection(state)["create_response"]:
        try:
            start(state, for_response(state.session, {}))
        except Refused as refused:
            state.send("error", error=refused.error(None))


_MARKS: dict[type[Mark], Callable[[State, Mark], None]] = {Started: _started, Stopped: _stopped}


def _detection(state: State) -> Json:
    detection: Json = state.session["audio"]["input"]["turn_detection"]
    return detection


def _hear_out(state: State, item_id: str, audio: bytearray) -> None:
    """Make a user item of committed audio, and have it transcribed if the session wants that."""
    content = [{"type": "input_audio", "transcript": None}]
    body = {"id": item_id, "type": "message", "status": "completed", "role": "user", "content": content}
    item = Item(body, turn=state.next_turn(), audio=audio, format=state.ear.format)
    previous = state.conversation.add(item)
    state.send("input_audio_buffer.committed", previous_item_id=previous, item_id=item_id)
    state.send("conversation.item.added", previous_item_id=previous, item=dict(body))
    state.send("conversation.item.done", previous_item_id=previous, item=dict(body))
    transcription = state.session["audio"]["input"]["transcription"]
    if transcription is not None:
        state.agenda.start(_transcribe(state, item, str(transcription["model"])), state.now_ns)


def _transcribe(state: State, item: Item, model: str) -> Steps:
    """Write down what the script takes the user to have said."""
    assert item.turn is not None
    kind = "conversation.item.input_audio_transcription"
    where = {"item_id": item.id, "content_index": 0}
    words = item.turn.user
    yield _TRANSCRIBE_NS
    for piece in [words] if model in _AT_ONCE else pieces(words):
        state.send(f"{kind}.delta", **where, delta=piece, obfuscation=state.ids.obfuscation(piece))
        yield _WORD_NS
    usage = _transcription_usage(item.audio_ms, words, model)
    item.body["content"] = [{"type": "input_audio", "transcript": words}]
    state.send(f"{kind}.completed", **where, transcript=words, usage=usage)


def _transcription_usage(audio_ms: int, words: str, model: str) -> Json:
    if model in _BY_DURATION:
        return {"type": "duration", "seconds": ceil(audio_ms / 1000)}
    heard, written = audio_ms // _MS_PER_TOKEN, text_tokens(words)
    return {
        "type": "tokens",
        "total_tokens": heard + written,
        "input_tokens": heard,
        "output_tokens": written,
        "input_token_details": {"text_tokens": 0, "audio_tokens": heard},
    }


HANDLERS: dict[str, Handler] = {
    "input_audio_buffer.append": _append,
    "input_audio_buffer.commit": _commit,
    "input_audio_buffer.clear": _clear,
}
