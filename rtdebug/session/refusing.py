"""The fold's part that takes errors: few name the event they answer, so their words have to tell."""

from typing import Final

from rtdebug.protocol.event import Event
from rtdebug.protocol.reading import object_in, text_in
from rtdebug.session.configuring import update_refused
from rtdebug.session.model import ApiError
from rtdebug.session.state import Request, State, mark

_BY_CODE: Final = {
    "conversation_already_has_active_response": "creates",
    "response_cancel_not_active": "cancels",
    "input_audio_buffer_commit_empty": "commits",
    "item_truncate_invalid_item_id": "truncates",
    "cannot_update_voice": "updates",
}
_BY_PARAM: Final = (
    ("session", "updates"),
    ("response", "creates"),
    ("item", "items"),
    ("previous_item_id", "items"),
    ("audio_end_ms", "truncates"),
)
_BY_WORDS: Final = (
    ("cancellation failed", "cancels"),
    ("active response", "creates"),
    ("already shorter", "truncates"),
    ("truncated", "truncates"),
    ("committing input audio", "commits"),
)


def error(state: State, event: Event) -> None:
    """Take an error, and close the request that it answers."""
    told = object_in(event.data, "error")
    event_id, param, code = text_in(told, "event_id"), text_in(told, "param"), text_in(told, "code")
    message = text_in(told, "message")
    about = state.sent.get(event_id) if event_id else None
    found = ApiError(mark(event), text_in(told, "type"), code, message, param, event_id, about)
    state.session.errors.append(found)
    kind = "" if event_id else _kind(code, param, message)
    if (event_id or kind == "updates") and update_refused(state, event, event_id):
        return
    for name, requests in state.open_requests().items():
        if event_id or name == kind:
            refused = _take(requests, event_id)
            if refused is not None:
                _refuse(state, name, refused, event)
                return


def _kind(code: str, param: str, message: str) -> str:
    """Say which kind of request an error answers that names none."""
    if code in _BY_CODE:
        return _BY_CODE[code]
    words = message.lower()
    by_param = (kind for begin, kind in _BY_PARAM if param == begin or param.startswith(f"{begin}."))
    by_words = (kind for part, kind in _BY_WORDS if part in words)
    return next(by_param, "") or next(by_words, "")


def _refuse(state: State, name: str, refused: Request, event: Event) -> None:
    if name == "creates":
        state.session.refused.append(refused.mark)
    elif name == "truncates":
        for truncation in reversed(state.session.truncations):
            if truncation.asked == refused.mark:
                truncation.refused = mark(event)
                break
    elif name == "items":
        item = state.session.items.get(text_in(refused.data, "item", "id"))
        if item is not None and item.added is None:
            item.asked = None
        for output in reversed(state.session.tool_outputs):
            if output.asked == refused.mark:
                output.refused = mark(event)
                break


def _take(requests: list[Request], event_id: str) -> Request | None:
    """Take an open request out: the one of this event id, or the oldest where no id is told."""
    for index, request in enumerate(requests):
        if not event_id or request.event_id == event_id:
            return requests.pop(index)
    return None
