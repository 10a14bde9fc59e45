"""The fold's part that keeps the model's answers: asked for, begun, streamed, ended, and by whom."""

from collections.abc import Mapping
from typing import Any

from rtdebug.protocol.event import Event
from rtdebug.protocol.reading import inside, list_in, object_in, text_in, whole_in
from rtdebug.session.audio import OutputAudio
from rtdebug.session.conversation import show
from rtdebug.session.listening import add_audio
from rtdebug.session.model import Asked, Cancellation, ContentPart, Item, Mark, Response
from rtdebug.session.state import Request, State, mark
from rtdebug.session.usage import read_usage

_AT_ONCE_NS = 1_500_000_000
"""A server that answers a turn by itself begins within this time."""
_PART_TYPES = {"audio": "output_audio", "text": "output_text"}


def create_asked(state: State, event: Event) -> None:
    """Note that the client asks for a response."""
    state.ask(state.creates, event)


def cancel_asked(state: State, event: Event) -> None:
    """Note that the client wants a response ended."""
    state.ask(state.cancels, event)


def created(state: State, event: Event) -> None:
    """Take a response that begins, and find what asked for it."""
    shown = object_in(event.data, "response")
    response = _response(state, text_in(shown, "id"))
    response.created = mark(event)
    response.config = state.session.config
    _show(response, shown)
    response.asked = _asked(state, response, shown)
    overrides = response.asked.overrides
    response.in_conversation = overrides.get("conversation") != "none" and not (
        "conversation_id" in shown and shown["conversation_id"] is None
    )
    turn = state.turn()
    response.turn = turn.number
    turn.response_ids.append(response.id)
    if response.in_conversation:
        state.active = response.id
        response.tool_outputs, state.outputs = state.outputs, []


def output_item(state: State, event: Event) -> None:
    """Take an item of a response, begun or final."""
    shown = object_in(event.data, "item")
    response = _response(state, text_in(event.data, "response_id"))
    item_id = text_in(shown, "id")
    if not item_id:
        state.note(event, "an output item without an id")
        return
    item = state.session.item(item_id)
    item.response_id = response.id
    show(state, item, shown)
    if item_id not in response.item_ids:
        response.item_ids.append(item_id)
    if event.type.endswith(".done"):
        item.done = item.done or mark(event)
    elif not response.in_conversation:
        item.added = item.added or mark(event)


def content_part(state: State, event: Event) -> None:
    """Take a content part, begun or final."""
    part, shown = _part(state, event), object_in(event.data, "part")
    part.type = part.type or _PART_TYPES.get(text_in(shown, "type"), text_in(shown, "type"))
    part.text = text_in(shown, "transcript") or text_in(shown, "text") or part.text
    if event.type.endswith(".done"):
        part.done = mark(event)


def text_delta(state: State, event: Event) -> None:
    """Add to what the assistant says or writes."""
    part = _part(state, event)
    part.first = part.first or mark(event)
    part.text += text_in(event.data, "delta")
    _streams(state, event)


def text_done(state: State, event: Event) -> None:
    """Take what the assistant said or wrote, whole."""
    part = _part(state, event)
    part.text = text_in(event.data, "transcript") or text_in(event.data, "text") or part.text


def audio_delta(state: State, event: Event) -> None:
    """Add to the assistant's audio."""
    part = _part(state, event)
    part.type = part.type or "output_audio"
    part.first = part.first or mark(event)
    part.audio = part.audio or OutputAudio()
    format_ = state.formats.for_delta(dict(event.data)) if event.sound is None else state.formats.server
    add_audio(state, part.audio, event, event.data.get("delta"), format_)
    state.latest_audio = text_in(event.data, "item_id")
    response = _streams(state, event)
    response.first_audio = response.first_audio or mark(event)
    response.last_audio = mark(event)


def arguments_delta(state: State, event: Event) -> None:
    """Add to a call's arguments."""
    state.session.item(text_in(event.data, "item_id")).arguments += text_in(event.data, "delta")
    _streams(state, event)


def arguments_done(state: State, event: Event) -> None:
    """Take a call's arguments, whole."""
    item = state.session.item(text_in(event.data, "item_id"))
    item.arguments = text_in(event.data, "arguments") or item.arguments
    item.name = text_in(event.data, "name") or item.name
    item.call_id = text_in(event.data, "call_id") or item.call_id
    item.arguments_done = mark(event)


def done(state: State, event: Event) -> None:
    """Take a response as it ended."""
    shown = object_in(event.data, "response")
    response = _response(state, text_in(shown, "id") or state.active)
    response.done = mark(event)
    _show(response, shown)
    response.usage = read_usage(shown.get("usage")) or response.usage
    listed = {text_in(item, "id"): item for item in list_in(shown, "output") if text_in(item, "id")}
    for item_id, item in listed.items():
        kept = state.session.item(item_id)
        kept.response_id = kept.response_id or response.id
        show(state, kept, item)
    response.item_ids = [*listed, *(one for one in response.item_ids if one not in listed)]
    if response.status == "cancelled":
        response.cancellation = _cancellation(state, response)
    state.cancels[:] = [one for one in state.cancels if text_in(one.data, "response_id") != response.id]
    if state.active == response.id:
        state.active = ""
        state.cancels[:] = [one for one in state.cancels if text_in(one.data, "response_id")]


def playback_started(state: State, event: Event) -> None:
    """Note that the answer begins to be heard (WebRTC and SIP)."""
    response = _response(state, text_in(event.data, "response_id"))
    response.playback = (mark(event), None)


def playback_ended(state: State, event: Event) -> None:
    """Note that the answer has been heard, or was cut off."""
    response = _response(state, text_in(event.data, "response_id"))
    response.playback = (response.playback[0], mark(event))


def _response(state: State, response_id: str) -> Response:
    found = state.session.responses.get(response_id)
    if found is None:
        found = state.session.responses[response_id] = Response(response_id)
    return found


def _show(response: Response, shown: Mapping[str, Any]) -> None:
    response.wire = {key: value for key, value in shown.items() if key != "output"}
    response.status = text_in(shown, "status") or response.status
    response.status_details = object_in(shown, "status_details") or None
    response.metadata = object_in(shown, "metadata") or response.metadata
    response.conversation_id = text_in(shown, "conversation_id") or response.conversation_id


def _asked(state: State, response: Response, shown: Mapping[str, Any]) -> Asked:
    """Find what asked for a response: its metadata tells for sure, else order does."""
    creates = state.creates
    found = next((one for one in creates if response.metadata and _metadata(one) == response.metadata), None)
    if found is None and "conversation_id" in shown and shown["conversation_id"] is None:
        found = next((one for one in creates if _is_aside(one)), None)
    automatic = state.automatic
    if found is None:
        found = next((one for one in creates if not _is_aside(one)), None)
        if automatic is not None and (found is None or _at_once(automatic[1], found.mark, response)):
            state.automatic = None
            return Asked(*automatic)
    if found is None:
        return Asked("")
    if not _is_aside(found):
        state.automatic = None
        creates[:] = [one for one in creates if _is_aside(one) or one.mark.seq > found.mark.seq or one is found]
    creates.remove(found)
    return Asked("response.create", found.mark, object_in(found.data, "response"))


def _at_once(turn_end: Mark, asked: Mark, response: Response) -> bool:
    """Say whether a response came by itself with the end of a turn, though the client has asked for one too."""
    begun = response.created
    if begun is None or begun.at_ns is None or turn_end.at_ns is None:
        return True
    return asked.seq < turn_end.seq or begun.at_ns - turn_end.at_ns < _AT_ONCE_NS


def _metadata(request: Request) -> Mapping[str, Any]:
    return object_in(request.data, "response", "metadata")


def _is_aside(request: Request) -> bool:
    return bool(inside(request.data, "response", "conversation") == "none")


def _cancellation(state: State, response: Response) -> Cancellation:
    speech = state.session.speeches[-1].started if state.session.speeches else None
    if response.reason == "turn_detected":
        return Cancellation("turn_detection", speech)
    for index, request in enumerate(state.cancels):
        if text_in(request.data, "response_id") in ("", response.id):
            del state.cancels[index]
            return Cancellation("client", request.mark)
    return Cancellation("client" if response.reason == "client_cancelled" else "", None)


def _part(state: State, event: Event) -> ContentPart:
    item: Item = state.session.item(text_in(event.data, "item_id"))
    return state.part(item, whole_in(event.data, "content_index") or 0)


def _streams(state: State, event: Event) -> Response:
    response = _response(state, text_in(event.data, "response_id"))
    response.first_delta = response.first_delta or mark(event)
    item_id = text_in(event.data, "item_id")
    if item_id and item_id not in response.item_ids:  # a server that does not announce its items
        item = state.session.item(item_id)
        item.response_id = response.id
        if "arguments" not in event.type:
            item.type, item.role = item.type or "message", item.role or "assistant"
        response.item_ids.append(item_id)
    return response
