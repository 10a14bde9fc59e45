"""Which server event answers which client event, and which ones come of the microphone's audio.

One row for each client event: who asks is answered by the first event of these types that agrees with it.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

from rtdebug.protocol.catalog import CATALOG
from rtdebug.protocol.event import Event
from rtdebug.protocol.reading import text_in

Mark = tuple[str, ...]
"""What a client event has in common with its answer: a type, and what else has to agree."""


class _Row(NamedTuple):
    types: tuple[str, ...]
    """The types that answer."""
    asks: Callable[[Event], Mark]
    """What of a client event has to agree."""
    tells: Callable[[Event], tuple[Mark, ...]]
    """What a server event agrees with."""


def _nothing(_asked: Event) -> Mark:
    return ()


def _anything(_told: Event) -> tuple[Mark, ...]:
    return ((),)


def _names_item(asked: Event) -> Mark:
    return (text_in(asked.data, "item_id"),)


def _shows_item(told: Event) -> tuple[Mark, ...]:
    return (text_in(told.data, "item_id"),), (text_in(told.data, "item", "id"),)


def _makes_item(asked: Event) -> Mark:
    named = text_in(asked.data, "item", "id")
    return ("", named) if named else _item_like(asked)


def _has_item(told: Event) -> tuple[Mark, ...]:
    return ("", text_in(told.data, "item", "id")), _item_like(told)


def _item_like(event: Event) -> Mark:
    return tuple(text_in(event.data, "item", key) for key in ("type", "role", "call_id"))


def _cancelled(told: Event) -> tuple[Mark, ...]:
    return ((),) if _is_cancelled(told) else ()


def _is_cancelled(told: Event) -> bool:
    return text_in(told.data, "response", "status") == "cancelled"


ANSWERS: Final[dict[str, _Row]] = {
    "session.update": _Row(("session.updated",), _nothing, _anything),
    "session.close": _Row(("session.closed",), _nothing, _anything),
    "conversation.item.create": _Row(("conversation.item.added",), _makes_item, _has_item),
    "conversation.item.truncate": _Row(("conversation.item.truncated",), _names_item, _shows_item),
    "conversation.item.delete": _Row(("conversation.item.deleted",), _names_item, _shows_item),
    "conversation.item.retrieve": _Row(("conversation.item.retrieved",), _names_item, _shows_item),
    "input_audio_buffer.commit": _Row(("input_audio_buffer.committed",), _nothing, _anything),
    "input_audio_buffer.clear": _Row(("input_audio_buffer.cleared",), _nothing, _anything),
    "output_audio_buffer.clear": _Row(("output_audio_buffer.cleared",), _nothing, _anything),
    "response.create": _Row(("response.created",), _nothing, _anything),
    "response.cancel": _Row(("response.done",), _nothing, _cancelled),
}
"""The types that answer a client event, in GA's names, and what else has to agree."""
CANCEL: Final[Mark] = ("response.cancel",)
_UNKNOWN: Final[Mark] = ("",)
"""What nobody knows answers what nobody knows."""
_ANSWERED_BY: Final[dict[str, list[str]]] = {
    told: [asked for asked, other in ANSWERS.items() if told in other.types]
    for row in ANSWERS.values()
    for told in row.types
}
"""Which client events a server event of a type may answer."""
_HEARING: Final = (
    "input_audio_buffer.speech_started",
    "input_audio_buffer.speech_stopped",
    "input_audio_buffer.committed",
    "input_audio_buffer.timeout_triggered",
    "session.input_transcript.delta",
    "session.output_transcript.delta",
    "session.output_audio.delta",
)


def mark_of(asked: Event) -> Mark | None:
    """Return what an answer to a client event has to agree with, None where there is none to it."""
    row = ANSWERS.get(asked.type)
    if row is None:
        return None if asked.type in CATALOG else _UNKNOWN
    return (asked.type, *row.asks(asked))


def marks_of(told: Event) -> list[Mark]:
    """Return what a server event agrees with: it answers the client events that have one of these marks."""
    if told.type not in CATALOG:
        return [_UNKNOWN]
    return [(type_, *mark) for type_ in _ANSWERED_BY.get(told.type, ()) for mark in ANSWERS[type_].tells(told)]


def answers(asked: Event, told: Event) -> bool:
    """Say whether a server event answers a client event."""
    mark = mark_of(asked)
    return mark is not None and mark in marks_of(told)


def bare_answer(asked: Event) -> dict[str, str]:
    """Return what answers a client event and tells nothing more."""
    return {"type": ANSWERS[asked.type].types[0]}


def is_error(told: Event) -> bool:
    """Say whether the server refuses something, or fails."""
    return told.type == "error"


def error_code(told: Event) -> str:
    """Return the code of an error, or its type where it has none."""
    return text_in(told.data, "error", "code") or text_in(told.data, "error", "type")


def is_about_cancel(told: Event) -> bool:
    """Say whether an error is about a cancel: by its code, or in words where a server has none."""
    words = text_in(told.data, "error", "message").lower()
    return error_code(told) == "response_cancel_not_active" or "cancellation failed" in words


def status_of(told: Event) -> str:
    """Return the status of a response that is over with this event, "" for other events."""
    return text_in(told.data, "response", "status") if ends_answer(told) else ""


def event_id_of(asked: Event) -> str:
    """Return the id that a client gave its event, "" for none."""
    return text_in(asked.data, "event_id")


def refused_id(told: Event) -> str:
    """Return the id of the client event that an error is about, "" where it names none."""
    return text_in(told.data, "error", "event_id")


def begins_answer(told: Event) -> bool:
    """Say whether a response begins here: it rests on all that was said before."""
    return told.type == "response.created"


def cut_short(told: Event) -> str:
    """Return the id of the response that was cancelled, where an event says so; else ""."""
    return text_in(told.data, "response", "id") if told.type == "response.done" and _is_cancelled(told) else ""


def ends_part_of(told: Event) -> str:
    """Return the response of which an event says that something in it is complete, "" for other events."""
    return text_in(told.data, "response_id") if told.type.endswith(".done") else ""


def hears(told: Event) -> bool:
    """Say whether an event comes of what the microphone heard."""
    return told.type in _HEARING


def is_commit(asked: Event) -> bool:
    """Say whether a client event ends the user's turn by hand."""
    return asked.type == "input_audio_buffer.commit"


def stops_answer(asked: Event) -> bool:
    """Say whether a client event stops or cuts an answer: in another call, that may be over by then, or shorter."""
    return asked.type in ("response.cancel", "conversation.item.truncate")


def ends_answer(told: Event) -> bool:
    """Say whether a response is over with this."""
    return told.type == "response.done"


def asks_for_answer(asked: Event) -> bool:
    """Say whether a client event begins a turn of the server's: what comes behind it belongs to another one."""
    return asked.type == "response.create"
