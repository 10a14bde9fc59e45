"""What scenes have in common: to say something and hear the answer, to configure, to write, to speak, to let answer."""

from dataclasses import dataclass
from typing import Any, Final

from pybase64 import b64encode

from rtdebug.conform.steps import Check, Json, NotPlayed, Pause, Play, Reply, Say, Unanswered, Wait
from rtdebug.protocol.event import Event
from rtdebug.protocol.reading import list_in, object_in, text_in

ANSWERED: Final = "P01"
BRIEF: Final = "Answer in one short sentence."
AT_LENGTH: Final = "Count from one to forty in words, slowly, and say nothing else."
PCM: Final = {"type": "audio/pcm", "rate": 24000}
BYTES_PER_MS: Final = 48
_CHUNK_MS: Final = 100
_EVERY_MS: Final = 20
_SILENCE_MS: Final = 2500


def say(kind: str, **fields: Any) -> Play[str]:
    """Send an event; return the id it went under."""
    reply = yield Say({"type": kind, **fields})
    return reply.event_id


def listen(*types: str, about: str = "", is_short: bool = False) -> Play[Reply]:
    """Wait for one of these types, or for an error about what was said."""
    return (yield Wait(frozenset(types), about, is_short))


def must(about: str, *types: str) -> Play[Event]:
    """Wait for what the endpoint owes: it may refuse, but not stay silent."""
    return (yield from must_all(about, *types)).heard[-1]


def must_all(about: str, *types: str) -> Play[Reply]:
    """Wait for what the endpoint owes; return all that came until then."""
    reply = yield from listen(*types, about=about)
    owed = " or ".join(types) or "event"
    yield Check(ANSWERED, f"no {owed} came: {reply.failure}" if reply.failure else "", about)
    if reply.failure:
        raise Unanswered
    event = reply.heard[-1]
    if event.type == "error" and "error" not in types:
        raise NotPlayed(refusal(event))
    return reply


def refusal(event: Event) -> str:
    """Say what an `error` event says."""
    error = object_in(event.data, "error")
    code = text_in(error, "code") or text_in(error, "type") or "error"
    return f"refused with {code}: {text_in(error, 'message') or 'no message'}"


# The session.


def begin() -> Play[Json]:
    """Wait for the session; whether the first event is the right one is for the rules to say."""
    first = yield from must("")
    return object_in(first.data, "session")


def configure(**session: Any) -> Play[Json]:
    """Update the session; return all of it as it stands then."""
    about = yield from say("session.update", session={"type": "realtime", **session})
    updated = yield from must(about, "session.updated")
    return object_in(updated.data, "session")


def begin_in_text(**session: Any) -> Play[Json]:
    """Begin a session that answers in writing."""
    yield from begin()
    return (yield from configure(output_modalities=["text"], instructions=BRIEF, **session))


def begin_in_audio(*, detection: Json | None = None, **session: Any) -> Play[Json]:
    """Begin a session that answers in speech."""
    yield from begin()
    audio = {"input": {"format": PCM, "turn_detection": detection}, "output": {"format": PCM}}
    return (yield from configure(output_modalities=["audio"], audio=audio, **{"instructions": BRIEF, **session}))


# What the user says.


def message(text: str, **fields: Any) -> Json:
    """Put the user's words into an item."""
    return {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}], **fields}


def create(item: Json, **fields: Any) -> Play[Event]:
    """Put an item into the conversation; return how that was told."""
    about = yield from say("conversation.item.create", item=item, **fields)
    return (yield from must(about, "conversation.item.added"))


def write(text: str) -> Play[str]:
    """Put the user's words into the conversation; return the item's id."""
    added = yield from create(message(text))
    return text_in(added.data, "item", "id")


def speak(sound: bytes, *, silence_ms: int = _SILENCE_MS) -> Play[None]:
    """Append speech and the silence after it, faster than anyone could say it."""
    sound += bytes(silence_ms * BYTES_PER_MS)
    size = _CHUNK_MS * BYTES_PER_MS
    for start in range(0, len(sound), size):
        yield Say({"type": "input_audio_buffer.append", "audio": b64encode(sound[start : start + size]).decode()})
        yield Pause(_EVERY_MS)


# What the model says.


@dataclass(frozen=True, slots=True)
class Answer:
    """A response that has ended."""

    shown: Json
    """As `response.done` shows it."""
    heard: tuple[Event, ...]
    """All that came between its beginning and its end."""

    def items(self, kind: str) -> list[Json]:
        """Return its output items of a type."""
        return [item for item in list_in(self.shown, "output") if text_in(item, "type") == kind]


def respond(**response: Any) -> Play[str]:
    """Ask for a response; return its id once it has begun."""
    fields = {"response": response} if response else {}
    about = yield from say("response.create", **fields)
    return (yield from begun(about))


def begun(about: str = "") -> Play[str]:
    """Wait for a response to begin; return its id."""
    created = yield from must(about, "response.created")
    return text_in(created.data, "response", "id")


def another(response_id: str, *types: str, about: str, is_short: bool = False) -> Play[Reply]:
    """Wait for another response to begin, or for one of these types, or for an error about what was said."""
    while True:
        reply = yield from listen("response.created", *types, about=about, is_short=is_short)
        if reply.failure or text_in(reply.heard[-1].data, "response", "id") != response_id:
            return reply
        if reply.heard[-1].type in types:
            return reply


def ended(response_id: str) -> Play[Answer]:
    """Wait for a response to end, whatever others do; one that failed ends the scene."""
    heard: list[Event] = []
    while True:
        reply = yield from must_all("", "response.done")
        heard += reply.heard
        shown = object_in(reply.heard[-1].data, "response")
        if text_in(shown, "id") == response_id:
            break
    if text_in(shown, "status") == "failed":
        error = object_in(shown, "status_details", "error")
        code = text_in(error, "code") or text_in(error, "type") or "no code"
        raise NotPlayed(f"the response failed with {code}: {text_in(error, 'message') or 'no message'}")
    return Answer(shown, tuple(heard))


def turn(text: str) -> Play[Answer]:
    """Write something and have it answered."""
    yield from write(text)
    response_id = yield from respond()
    return (yield from ended(response_id))


def spoken_turn(text: str) -> Play[tuple[str, int]]:
    """Write something and have it answered in speech; return the item that speaks and its length in ms."""
    answer = yield from turn(text)
    size = sum(_size(event) for event in answer.heard if event.type == "response.output_audio.delta")
    spoken = answer.items("message")
    if not spoken or not size:
        raise NotPlayed("the answer has no audio")
    return text_in(spoken[0], "id"), size // BYTES_PER_MS


def _size(event: Event) -> int:
    """Count the bytes that a piece of base64 stands for."""
    delta = text_in(event.data, "delta")
    return len(delta) * 3 // 4 - delta[-2:].count("=")
