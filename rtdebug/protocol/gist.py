"""What an event is about, and what it says in a few words: for lists that show every event. Pure; never raises."""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from rtdebug.protocol.reading import inside, list_in, object_in, text_in

Data = Mapping[str, Any]

_ID_HEAD, _ID_TAIL = 5, 6
"""Characters of a long id: what it is the id of, and an end that no other id of the call has, counted or random."""


class About(NamedTuple):
    """The ids an event names; "" for none."""

    response_id: str
    item_id: str
    call_id: str


def about(data: Data) -> About:
    """Name the response, the item and the call that an event is about; its shape may be anything."""
    get = data.get
    response, item, call = get("response_id"), get("item_id"), get("call_id")
    inner = get("item")
    if type(inner) is dict:
        item = inner.get("id") if item is None else item
        call = inner.get("call_id") if call is None else call
    if response is None:
        answer = get("response")
        response = answer.get("id") if type(answer) is dict else None
    return About(
        response if type(response) is str else "",
        item if type(item) is str else "",
        call if type(call) is str else "",
    )


def gist(type_: str, data: Data) -> str:
    """Say in a few words what an event (type and shape as GA has them) carries, "" where its type says it all."""
    tell = _TELLERS.get(type_)
    return tell(data) if tell else _named(data)


def _named(data: Data) -> str:
    found = about(data)
    return _brief(found.item_id or found.response_id or found.call_id)


def _brief(named: str) -> str:
    return named if len(named) <= _ID_HEAD + 1 + _ID_TAIL else f"{named[:_ID_HEAD]}…{named[-_ID_TAIL:]}"


def _quoted(key: str) -> Callable[[Data], str]:
    def tell(data: Data) -> str:
        said = data.get(key)
        return f"“{said}”" if isinstance(said, str) else ""

    return tell


def _plain(key: str) -> Callable[[Data], str]:
    return lambda data: text_in(data, key)


def _error(data: Data) -> str:
    code = text_in(data, "error", "code") or text_in(data, "error", "type")
    return " — ".join(part for part in (code, text_in(data, "error", "message")) if part)


def _session(data: Data) -> str:
    asked = object_in(data, "session")
    model = text_in(asked, "model")
    return model or ", ".join(str(key) for key in asked if key not in ("type", "object", "id"))


def _item(data: Data) -> str:
    item = object_in(data, "item")
    kind = text_in(item, "type")
    if kind == "function_call":
        return f"{text_in(item, 'name') or 'a tool'}({text_in(item, 'arguments')})"
    if kind == "function_call_output":
        return f"{_brief(text_in(item, 'call_id'))} → {text_in(item, 'output')}"
    parts = list_in(item, "content")
    words = " ".join(text_in(part, "text") or text_in(part, "transcript") for part in parts).strip()
    named = text_in(item, "role") or kind
    return f"{named} “{words}”" if words else f"{named} {_brief(text_in(item, 'id'))}".strip()


def _created(data: Data) -> str:
    asked = object_in(data, "response")
    return ", ".join(str(key) for key in asked) or "no overrides"


def ended(data: Data) -> str:
    """Say how a response ended, out of its `response.done`: `failed (server_error)`."""
    details = object_in(data, "response", "status_details")
    reason = text_in(details, "reason") or text_in(details, "error", "code")
    return text_in(data, "response", "status") + (f" ({reason})" if reason else "")


def _done(data: Data) -> str:
    told, used = ended(data), object_in(data, "response", "usage")
    tokens_in, tokens_out = used.get("input_tokens"), used.get("output_tokens")
    return f"{told}  {tokens_in}→{tokens_out} tokens" if tokens_in is not None else told


def _milliseconds(key: str) -> Callable[[Data], str]:
    def tell(data: Data) -> str:
        at = data.get(key)
        return f"at {at} ms  {_named(data)}" if isinstance(at, int | float) else _named(data)

    return tell


def _limits(data: Data) -> str:
    told = (
        f"{text_in(one, 'name')} {inside(one, 'remaining')} of {inside(one, 'limit')}"
        for one in list_in(data, "rate_limits")
    )
    return ", ".join(told)


def _truncate(data: Data) -> str:
    return f"{data.get('audio_end_ms')} ms heard  {_named(data)}"


def _part(data: Data) -> str:
    part = object_in(data, "part")
    words = text_in(part, "text") or text_in(part, "transcript")
    return f"{text_in(part, 'type')} “{words}”" if words else text_in(part, "type")


_TELLERS: Final[dict[str, Callable[[Data], str]]] = {
    "error": _error,
    "session.created": _session,
    "session.update": _session,
    "session.updated": _session,
    "conversation.item.create": _item,
    "conversation.item.added": _item,
    "conversation.item.done": _item,
    "conversation.item.retrieved": _item,
    "conversation.item.truncate": _truncate,
    "conversation.item.truncated": _truncate,
    "conversation.item.input_audio_transcription.delta": _quoted("delta"),
    "conversation.item.input_audio_transcription.completed": _quoted("transcript"),
    "conversation.item.input_audio_transcription.segment": _quoted("text"),
    "conversation.item.input_audio_transcription.failed": _error,
    "input_audio_buffer.speech_started": _milliseconds("audio_start_ms"),
    "input_audio_buffer.speech_stopped": _milliseconds("audio_end_ms"),
    "input_audio_buffer.append": lambda data: "",
    "rate_limits.updated": _limits,
    "response.create": _created,
    "response.created": _named,
    "response.done": _done,
    "response.output_item.added": _item,
    "response.output_item.done": _item,
    "response.content_part.added": _part,
    "response.content_part.done": _part,
    "response.output_audio.delta": lambda data: "",
    "response.output_audio_transcript.delta": _quoted("delta"),
    "response.output_audio_transcript.done": _quoted("transcript"),
    "response.output_text.delta": _quoted("delta"),
    "response.output_text.done": _quoted("text"),
    "response.function_call_arguments.delta": _plain("delta"),
    "response.function_call_arguments.done": _plain("arguments"),
    "response.mcp_call_arguments.delta": _plain("delta"),
    "response.mcp_call_arguments.done": _plain("arguments"),
}
