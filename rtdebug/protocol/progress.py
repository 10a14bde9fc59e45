"""What the server's events mean to a client that waits for them, and what of them can be recognised in another call."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from rtdebug.protocol.event import Event
from rtdebug.protocol.identity import ids_in, response_of
from rtdebug.protocol.reading import inside, list_in, loads, text_in, whole_in

_MOMENTS: Final = (
    "input_audio_buffer.speech_started",
    "input_audio_buffer.speech_stopped",
    "input_audio_buffer.committed",
    "input_audio_buffer.timeout_triggered",
    "conversation.item.input_audio_transcription.completed",
)


@dataclass(frozen=True, slots=True)
class Call:
    """A function that the model calls."""

    call_id: str
    item_id: str
    name: str
    arguments: str
    response_id: str


def is_moment(told: Event) -> bool:
    """Say whether clients act on an event, though it answers nothing that they said."""
    return told.type in _MOMENTS


def is_pulse(told: Event) -> bool:
    """Say whether an event tells no more than that the server is there."""
    return told.type in ("ping", "rate_limits.updated")


def speaks(told: Event) -> bool:
    """Say whether an event brings a piece of an answer."""
    return told.type.startswith("response.") and told.type.endswith(".delta")


def begins_speech_ms(told: Event) -> int | None:
    """Return where in the microphone's audio the user begins to speak, where an event says so."""
    return whole_in(told.data, "audio_start_ms") if told.type == "input_audio_buffer.speech_started" else None


def heard_later(told: Event, from_ms: float, by_ms: float) -> Event:
    """Return an event as it were if something had been put into the microphone's audio at `from_ms`."""
    begun_ms = begins_speech_ms(told)
    if begun_ms is None or begun_ms <= from_ms:
        return told
    return replace(told, data={**told.data, "audio_start_ms": round(begun_ms + by_ms)})


def finds_turns(told: Event) -> bool | None:
    """Say whether the server finds out itself when the user has spoken; None where an event does not tell."""
    if told.type not in ("session.created", "session.updated"):
        return None
    hearing = inside(told.data, "session", "audio", "input")
    return bool(hearing.get("turn_detection")) if isinstance(hearing, dict) else None


def steers_microphone(asked: Event) -> bool:
    """Say whether a client event decides what becomes of the audio before or behind it."""
    return asked.type in ("session.update", "input_audio_buffer.commit", "input_audio_buffer.clear")


def begins_turn(asked: Event) -> bool:
    """Say whether a client event brings something of the user's to be answered."""
    return asked.type in ("conversation.item.create", "input_audio_buffer.commit")


def is_update(asked: Event) -> bool:
    """Say whether a client event changes the session."""
    return asked.type == "session.update"


def calls_in(told: Event) -> Iterator[Call]:
    """Yield the functions that an event shows as called, arguments whole."""
    if told.type == "response.output_item.done":
        items = [inside(told.data, "item")]
    elif told.type == "response.done":
        items = list_in(told.data, "response", "output")
    else:
        return
    for item in items:
        if text_in(item, "type") == "function_call" and (call_id := text_in(item, "call_id")):
            yield Call(
                call_id, text_in(item, "id"), text_in(item, "name"), text_in(item, "arguments"), response_of(told)
            )


def refusal_words(told: Event) -> str:
    """Return what an `error` says."""
    return _words(inside(told.data, "error"))


def refusal_in(body: bytes) -> str:
    """Return what the body of a refused handshake says, "" where it is not in the API's form."""
    try:
        data = loads(body)
    except ValueError:
        return ""
    return _words(inside(data, "error"))


def _words(error: Any) -> str:
    words = text_in(error, "message") or text_in(error, "code") or text_in(error, "type")
    return " ".join(words.split())


def place_of(told: Event, response: str) -> tuple[str, ...]:
    """Say where in a call an event stands, so that its like can be found in another: without its number there.

    `response` is what the response it belongs to is called in both.
    """
    if response:
        return (told.type, response, str(whole_in(told.data, "output_index")))
    return (told.type, text_in(told.data, "item", "type"), text_in(told.data, "item", "role"))


def server_ids(told: Event) -> Mapping[str, str]:
    """Return the ids that one event has, by where they stand; those of calls are matched otherwise."""
    if told.type.endswith(".delta"):
        return {}
    return {path: id_ for path, id_ in ids_in(told) if not path.endswith(("call_id", "event_id")) and "[" not in path}


def for_call(asked: Mapping[str, Any], call_id: str) -> dict[str, Any]:
    """Return an event that hands in a tool's output as the answer to another call; the server names its item."""
    item = {key: value for key, value in asked["item"].items() if key != "id"} | {"call_id": call_id}
    return {key: value for key, value in asked.items() if key not in ("event_id", "previous_item_id")} | {"item": item}
