"""The fold's part that keeps the conversation: items, their true order, and what was cut or deleted."""

from collections.abc import Mapping
from typing import Any

from rtdebug.protocol.event import Event
from rtdebug.protocol.reading import inside, list_in, object_in, text_in, whole_in
from rtdebug.session.model import Item, Mark, ToolOutput, Truncation
from rtdebug.session.state import Request, State, mark

_FIRST = "root"


def create_asked(state: State, event: Event) -> None:
    """Note an item the client wants in the conversation."""
    request = state.ask(state.items, event)
    item_id = text_in(event.data, "item", "id")
    if item_id and item_id not in state.session.items:
        state.session.item(item_id).asked = request.mark
    if text_in(event.data, "item", "type") == "function_call_output":
        state.session.tool_outputs.append(ToolOutput(text_in(event.data, "item", "call_id"), request.mark))


def truncate_asked(state: State, event: Event) -> None:
    """Note that the client says what the user heard."""
    request = state.ask(state.truncates, event)
    item = state.session.item(text_in(event.data, "item_id"))
    item.truncation = _truncation(event, asked=request.mark)
    state.session.truncations.append(item.truncation)


def item_added(state: State, event: Event) -> None:
    """Take a new item of the conversation."""
    shown = object_in(event.data, "item")
    item_id = text_in(shown, "id")
    if not item_id:
        state.note(event, "an item without an id was added")
        return
    item = state.session.item(item_id)
    first = item.added is None
    item.added = item.added or mark(event)
    show(state, item, shown)
    request = _match_request(state, item)
    first_of_all = request is not None and inside(request.data, "previous_item_id") == _FIRST
    _place(state, item_id, _FIRST if first_of_all else inside(event.data, "previous_item_id"))
    if first and item.role == "user" and not item.response_id:
        state.user_turn(item_id)
    if first and item.type == "function_call_output":
        state.outputs.append(item_id)
    if event.wire_type == "conversation.item.created" and not item.response_id:
        item.done = mark(event)


def item_done(state: State, event: Event) -> None:
    """Take an item as it is final."""
    shown = object_in(event.data, "item")
    if item_id := text_in(shown, "id"):
        item = state.session.item(item_id)
        item.done = mark(event)
        show(state, item, shown)


def item_shown(state: State, event: Event) -> None:
    """Take an item that the client asked to see."""
    shown = object_in(event.data, "item")
    if item_id := text_in(shown, "id"):
        show(state, state.session.item(item_id), shown)


def item_deleted(state: State, event: Event) -> None:
    """Note that an item is gone; what it was stays known."""
    state.session.item(text_in(event.data, "item_id")).deleted = mark(event)


def item_truncated(state: State, event: Event) -> None:
    """Take the server's word that an answer was cut, asked for or not."""
    item = state.session.item(text_in(event.data, "item_id"))
    for request in [one for one in state.truncates if text_in(one.data, "item_id") == item.id][:1]:
        state.truncates.remove(request)
    cut, told = item.truncation, _truncation(event, done=mark(event))
    if cut is None or cut.done is not None or cut.refused is not None:
        item.truncation = told
    else:
        cut.content_index, cut.audio_end_ms, cut.done = told.content_index, told.audio_end_ms, told.done


def mcp_moved(state: State, event: Event) -> None:
    """Take how far an MCP item has come."""
    item = state.session.item(text_in(event.data, "item_id"))
    item.status = event.type.rpartition(".")[2]
    if item.status != "in_progress":
        item.done = item.done or mark(event)


def show(state: State, item: Item, shown: Mapping[str, Any]) -> None:
    """Bring an item up to date with how an event shows it; what the event leaves out stays."""
    item.wire = shown
    item.type = text_in(shown, "type") or item.type
    item.role = text_in(shown, "role") or item.role
    item.status = text_in(shown, "status") or item.status
    item.name = text_in(shown, "name") or item.name
    item.call_id = text_in(shown, "call_id") or item.call_id
    item.arguments = text_in(shown, "arguments") or item.arguments
    item.server_label = text_in(shown, "server_label") or item.server_label
    item.error = text_in(shown, "error", "message") or item.error
    item.approval_request_id = text_in(shown, "approval_request_id") or item.approval_request_id
    output, approve = shown.get("output"), shown.get("approve")
    item.output = output if isinstance(output, str) else item.output
    item.approve = approve if isinstance(approve, bool) else item.approve
    for index, content in enumerate(list_in(shown, "content")):
        part = state.part(item, index)
        part.type = text_in(content, "type") or part.type
        part.text = text_in(content, "text") or text_in(content, "transcript") or part.text


def _truncation(event: Event, *, asked: Mark | None = None, done: Mark | None = None) -> Truncation:
    data = event.data
    index, end_ms = whole_in(data, "content_index") or 0, whole_in(data, "audio_end_ms") or 0
    return Truncation(index, end_ms, asked, done, item_id=text_in(data, "item_id"))


def _match_request(state: State, item: Item) -> Request | None:
    """Find the client's `conversation.item.create` that an added item answers."""
    if item.response_id or item.committed:
        return None
    for index, request in enumerate(state.items):
        wanted = object_in(request.data, "item")
        same = text_in(wanted, "id") == item.id if text_in(wanted, "id") else text_in(wanted, "type") == item.type
        if same and (not item.role or text_in(wanted, "role") == item.role):
            item.asked = request.mark
            return state.items.pop(index)
    return None


def _place(state: State, item_id: str, previous: object) -> None:
    order = state.session.order
    if item_id in order[-50:] or item_id in order:
        return
    if previous == _FIRST:
        order.insert(0, item_id)
    elif isinstance(previous, str) and previous in order and order[-1] != previous:
        order.insert(order.index(previous) + 1, item_id)
    else:
        order.append(item_id)
