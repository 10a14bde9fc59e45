"""The idle timeout: what happens when the user says nothing after an answer."""

from rtdebug.simulator.conversation import Item
from rtdebug.simulator.script import Turn
from rtdebug.simulator.state import State
from rtdebug.simulator.transcribing import hear_out

_STEP_MS = 128
"""Timeouts were seen to last a little longer than was asked for: 5120 ms for 5000."""
_NOTE = "The user has not said anything for a while."
_SILENCE = Turn("", "Are you still there?")
_SAMPLE_BYTES_PER_MS = 48


def is_idle(state: State) -> bool:
    """Tell whether the user was waited for long enough, on the clock of the input audio."""
    return state.quiet_since_ms is not None and state.ear.now_ms >= _end_ms(state, state.quiet_since_ms)


def take_silence(state: State) -> None:
    """Commit the silence as a turn of the user, with a note that says so before it."""
    assert state.quiet_since_ms is not None
    start_ms, end_ms = state.quiet_since_ms, int(_end_ms(state, state.quiet_since_ms))
    state.quiet_since_ms = None
    item_id = state.ids.item()
    state.send("input_audio_buffer.timeout_triggered", audio_start_ms=start_ms, audio_end_ms=end_ms, item_id=item_id)
    _add_note(state)
    state.ear.take(None, end_ms)
    silence = state.ear.format.write(bytes((end_ms - start_ms) * _SAMPLE_BYTES_PER_MS))
    hear_out(state, item_id, bytearray(silence), _SILENCE)


def _end_ms(state: State, since_ms: int) -> float:
    """Return when waiting is over; never while somebody speaks or nobody is to wait."""
    detection = state.session["audio"]["input"]["turn_detection"] or {}
    timeout_ms: int | None = detection.get("idle_timeout_ms")
    speaks = state.active is not None or (state.ear.vad is not None and state.ear.vad.speaking)
    if timeout_ms is None or speaks or state.manner.transcribes:
        return float("inf")
    return since_ms - (-timeout_ms // _STEP_MS) * _STEP_MS


def _add_note(state: State) -> None:
    content = [{"type": "input_text", "text": _NOTE}]
    body = {"id": state.ids.item(), "type": "message", "status": "completed", "role": "system", "content": content}
    previous = state.conversation.add(Item(body))
    state.send("conversation.item.added", previous_item_id=previous, item=dict(body))
    state.send("conversation.item.done", previous_item_id=previous, item=dict(body))
