"""Client events about input audio, and what the VAD makes of it."""

from collections.abc import Callable

from rtdebug.simulator.closing import cancel
from rtdebug.simulator.idle import is_idle, take_silence
from rtdebug.simulator.items import decoded, input_format
from rtdebug.simulator.refusals import Json, Refused, bad_audio, buffer_too_small, need
from rtdebug.simulator.responses import start
from rtdebug.simulator.session import for_response
from rtdebug.simulator.state import Handler, State
from rtdebug.simulator.transcribing import hear_out
from rtdebug.simulator.vad import Mark, Started, Stopped, VadSettings

_SMALLEST_MS = 100
_LARGEST_BYTES = 15 << 20
_MOST_SILENCE_MS = {"low": 8000, "medium": 4000, "high": 2000, "auto": 4000}
"""What semantic VAD waits at most, by its eagerness."""
# Nothing here understands speech: only a sentence whose words are known can be taken for a whole one.
_SILENCE_AFTER_KNOWN_MS = {"low": 1200, "medium": 700, "high": 400, "auto": 700}


def configure(state: State) -> None:
    """Listen as the session says."""
    state.ear.configure(input_format(state), _settings(state.session["audio"]["input"]["turn_detection"]))


def _settings(detection: Json | None) -> VadSettings | None:
    if detection is None:
        return None
    if detection["type"] == "semantic_vad":
        eagerness = detection["eagerness"]
        return VadSettings(silence_duration_ms=_MOST_SILENCE_MS[eagerness], pause_ms=_SILENCE_AFTER_KNOWN_MS[eagerness])
    return VadSettings(
        threshold=detection["threshold"],
        prefix_padding_ms=detection["prefix_padding_ms"],
        silence_duration_ms=detection["silence_duration_ms"],
    )


def _append(state: State, event: Json) -> None:
    audio = decoded(need(event, "audio", str), "audio")
    if len(audio) > _LARGEST_BYTES:
        raise bad_audio("audio", "more than 15 MiB")
    for mark in state.ear.append(bytes(audio), state.knows):
        _MARKS[type(mark)](state, mark)
    if is_idle(state):
        take_silence(state)
        if _detection(state)["create_response"]:
            _answer(state)


def _commit(state: State, _event: Json) -> None:
    if state.ear.held_ms < _SMALLEST_MS:
        raise buffer_too_small(state.ear.held_ms)
    hear_out(state, state.ids.item(), state.ear.take())


def _clear(state: State, _event: Json) -> None:
    state.ear.clear()
    state.send("input_audio_buffer.cleared")


def _started(state: State, mark: Mark) -> None:
    assert isinstance(mark, Started)
    state.speech_item_id, state.speech_start_ms = state.ids.item(), mark.audio_start_ms
    state.send("input_audio_buffer.speech_started", audio_start_ms=mark.audio_start_ms, item_id=state.speech_item_id)
    state.quiet_since_ms = None
    if state.active is not None and _detection(state).get("interrupt_response"):
        cancel(state, state.active, "turn_detected")


def _stopped(state: State, mark: Mark) -> None:
    assert isinstance(mark, Stopped) and state.speech_item_id is not None
    item_id = state.speech_item_id
    state.send("input_audio_buffer.speech_stopped", audio_end_ms=mark.audio_end_ms, item_id=item_id)
    audio = state.ear.take(state.speech_start_ms, mark.audio_end_ms)
    # The client may have committed or cleared in the middle of the speech and left nothing.
    if not audio:
        return
    hear_out(state, item_id, audio)
    if _detection(state).get("create_response") and not state.manner.transcribes:
        _answer(state)


def _answer(state: State) -> None:
    try:
        start(state, for_response(state.session, {}, state.manner, heard=state.voice))
    except Refused as refused:
        state.send("error", error=refused.error(None))


_MARKS: dict[type[Mark], Callable[[State, Mark], None]] = {Started: _started, Stopped: _stopped}


def _detection(state: State) -> Json:
    detection: Json = state.session["audio"]["input"]["turn_detection"]
    return detection


HANDLERS: dict[str, Handler] = {
    "input_audio_buffer.append": _append,
    "input_audio_buffer.commit": _commit,
    "input_audio_buffer.clear": _clear,
}
