"""Which server event answers which client event, and which ones come of the microphone's audio.

One row for each client event: who asks is answered by the first event of these types that agrees with it.
"""

from collections.abc import Callable
from typing import Final

from rtdebug.protocol.catalog import CATALOG
from rtdebug.protocol.event import Event
from rtdebug.protocol.identity import is_tool_output
from rtdebug.protocol.reading import object_in, text_in

_Agrees = Callable[[Event, Event], bool]


def _always(_asked: Event, _told: Event) -> bool:
    return True


def _same_item(asked: Event, told: Event) -> bool:
    named = text_in(asked.data, "item_id")
    return named in (text_in(told.data, "item_id"), text_in(told.data, "item", "id"))


def _its_item(asked: Event, told: Event) -> bool:
    """Say whether an item that was added is the one that was to be created."""
    named = text_in(asked.data, "item", "id")
    if named and named == text_in(told.data, "item", "id"):
        return True
    keys = ("type", "role", "call_id")
    return not named and all(text_in(asked.data, "item", key) == text_in(told.data, "item", key) for key in keys)


def _is_cancelled(_asked: Event, told: Event) -> bool:
    return text_in(told.data, "response", "status") == "cancelled"


ANSWERS: Final[dict[str, tuple[tuple[str, ...], _Agrees]]] = {
    "session.update": (("session.updated",), _always),
    "session.close": (("session.closed",), _always),
    "conversation.item.create": (("conversation.item.added",), _its_item),
    "conversation.item.truncate": (("conversation.item.truncated",), _same_item),
    "conversation.item.delete": (("conversation.item.deleted",), _same_item),
    "conversation.item.retrieve": (("conversation.item.retrieved",), _same_item),
    "input_audio_buffer.commit": (("input_audio_buffer.committed",), _always),
    "input_audio_buffer.clear": (("input_audio_buffer.cleared",), _always),
    "output_audio_buffer.clear": (("output_audio_buffer.cleared",), _always),
    "response.create": (("response.created",), _always),
    "response.cancel": (("response.done",), _is_cancelled),
}
"""The types that answer a client event, in GA's names, and what else has to agree."""
_ASIDE: Final = (
    "response.cancel",
    "conversation.item.truncate",
    "conversation.item.delete",
    "conversation.item.retrieve",
    "input_audio_buffer.clear",
    "output_audio_buffer.clear",
)
_HEARING: Final = (
    "input_audio_buffer.speech_started",
    "input_audio_buffer.speech_stopped",
    "input_audio_buffer.committed",
    "input_audio_buffer.timeout_triggered",
    "session.input_transcript.delta",
    "session.output_transcript.delta",
    "session.output_audio.delta",
)


def answers(asked: Event, told: Event) -> bool:
    """Say whether a server event answers a client event; what nobody knows answers what nobody knows."""
    row = ANSWERS.get(asked.type)
    if row is None:
        return asked.type not in CATALOG and told.type not in CATALOG
    types, agree = row
    return told.type in types and agree(asked, told)


def refused_id(told: Event) -> str:
    """Return the id of the client event that an error is about, "" where it names none."""
    return text_in(told.data, "error", "event_id")


def begins_answer(told: Event) -> bool:
    """Say whether a response begins here: it rests on all that was said before."""
    return told.type == "response.created"


def cut_short(told: Event) -> str:
    """Return the id of the response that was cancelled, where an event says so; else ""."""
    return text_in(told.data, "response", "id") if told.type == "response.done" and _is_cancelled(told, told) else ""


def ends_part_of(told: Event) -> str:
    """Return the response of which an event says that something in it is complete, "" for other events."""
    return text_in(told.data, "response_id") if told.type.endswith(".done") else ""


def hears(told: Event) -> bool:
    """Say whether an event comes of what the microphone heard."""
    return told.type in _HEARING


def stands_alone(asked: Event) -> bool:
    """Say whether a client event may come earlier or later than others: it belongs to a moment, not to an order."""
    return asked.type in _ASIDE or _is_about_tracing(asked)


def _is_about_tracing(asked: Event) -> bool:
    """Say whether an update sets tracing and nothing else: openai-agents sends one when it comes to it."""
    keys = object_in(asked.data, "session").keys()
    return asked.type == "session.update" and "tracing" in keys and keys <= {"type", "model", "tracing"}


def is_commit(asked: Event) -> bool:
    """Say whether a client event ends the user's turn by hand."""
    return asked.type == "input_audio_buffer.commit"


def ends_answer(told: Event) -> bool:
    """Say whether a response is over with this."""
    return told.type == "response.done"


def asks_for_answer(asked: Event) -> bool:
    """Say whether a client event begins a turn of the server's: what comes behind it belongs to another one."""
    return asked.type == "response.create"


def unrelated(one: Event, other: Event) -> bool:
    """Say whether two client events mean the same in either order."""
    if stands_alone(one) or stands_alone(other) or (is_tool_output(one) and is_tool_output(other)):
        return True
    return {one.type, other.type} == {"session.update", "conversation.item.create"}
