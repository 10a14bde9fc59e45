"""What becomes of committed audio: a user's item, and the words in it."""

from math import ceil

from rtdebug.simulator.agenda import Steps
from rtdebug.simulator.conversation import Item
from rtdebug.simulator.refusals import Json
from rtdebug.simulator.script import Turn
from rtdebug.simulator.state import State
from rtdebug.simulator.usage import pieces, text_tokens

_TRANSCRIBE_NS = 150_000_000
_WORD_NS = 30_000_000
_BY_DURATION = ("whisper-1", "gpt-realtime-whisper")
"""Transcription models that charge by the second; the others charge tokens."""
_AT_ONCE = ("whisper-1",)
"""Transcription models that send the whole transcript as one delta."""
_MS_PER_TOKEN = 100


def hear_out(state: State, item_id: str, audio: bytearray, turn: Turn | None = None) -> None:
    """Make a user item of committed audio, and have it transcribed if the session wants that."""
    content = [{"type": "input_audio", "transcript": None}]
    body = {"id": item_id, "type": "message", "status": "completed", "role": "user", "content": content}
    said = None if turn else state.recognise(bytes(audio), state.ear.format)
    item = Item(body, turn=turn or state.next_turn(said), audio=audio, format=state.ear.format)
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
    for piece in [words] if words and model in _AT_ONCE else pieces(words):
        state.send(f"{kind}.delta", **where, delta=piece, obfuscation=state.ids.obfuscation(piece))
        yield _WORD_NS
    usage = _usage(item.audio_ms if words else 0, words, model)
    item.body["content"] = [{"type": "input_audio", "transcript": words}]
    state.send(f"{kind}.completed", **where, transcript=words, usage=usage)


def _usage(audio_ms: int, words: str, model: str) -> Json:
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
