"""The fold's part that keeps what belongs to the connection: its beginning, limits, errors and end."""

from rtdebug.protocol.event import Event
from rtdebug.protocol.reading import inside, list_in, object_in, text_in, whole_in
from rtdebug.session.configuring import update_refused
from rtdebug.session.model import ApiError, Ending, Note
from rtdebug.session.state import Request, State, mark

_HOW = {"eof": "left without a close frame", "reset": "broke off", "silent": "fell silent"}


def opened(state: State, event: Event) -> None:
    """Take the handshake."""
    state.session.dialled_ns = whole_in(event.data, "dialled_ns")
    state.session.target = text_in(event.data, "request", "target") or state.session.target
    if error := text_in(event.data, "error"):
        state.session.ending = Ending("server", None, error, mark(event))
    status = inside(event.data, "response", "status")
    if isinstance(status, int) and status != 101:
        state.session.ending = Ending("server", None, f"refused with HTTP {status}", mark(event))


def track(state: State, event: Event) -> None:
    """Take the format of a track."""
    name, rate = event.data.get("track"), event.data.get("rate")
    if isinstance(name, str) and isinstance(rate, int) and rate > 0:
        state.rates[name] = rate


def rate_limits(state: State, event: Event) -> None:
    """Take the limits that are left."""
    for limit in list_in(event.data, "rate_limits"):
        state.session.rate_limits.append((mark(event), object_in(limit)))


def error(state: State, event: Event) -> None:
    """Take an error, and find what it answers."""
    told = object_in(event.data, "error")
    event_id, param = text_in(told, "event_id"), text_in(told, "param")
    code = text_in(told, "code")
    about = state.sent.get(event_id) if event_id else None
    found = ApiError(mark(event), text_in(told, "type"), code, text_in(told, "message"), param, event_id, about)
    state.session.errors.append(found)
    if update_refused(state, event, event_id, param):
        return
    if code == "conversation_already_has_active_response" or event_id:
        refused = _take(state.creates, event_id)
        if refused is not None:
            state.session.refused.append(refused.mark)
            return
    for requests in (state.items, state.commits, state.cancels):
        if event_id and _take(requests, event_id):
            return
    if code == "response_cancel_not_active":
        _take(state.cancels, "")
    elif code == "input_audio_buffer_commit_empty":
        _take(state.commits, "")


def close(state: State, event: Event) -> None:
    """Take a close frame; the first one says who ended the call."""
    ending = state.session.ending
    if ending.mark is None:
        code = event.data.get("code")
        reason = text_in(event.data, "text")
        state.session.ending = Ending(event.sender or "", code if isinstance(code, int) else None, reason, mark(event))


def closed(state: State, event: Event) -> None:
    """Take the end of a side; without a close frame before, it is how the call ended."""
    if state.session.ending.mark is None:
        how = text_in(event.data, "how")
        state.session.ending = Ending(event.sender or "", None, _HOW.get(how, how), mark(event))


def stopped(state: State, event: Event) -> None:
    """Take note that the proxy ended the call."""
    state.session.ending = Ending("proxy", None, "the proxy was stopped", mark(event))


def session_closed(state: State, event: Event) -> None:
    """Take the end of a translation session."""
    state.session.ending = Ending("server", None, "session.closed", mark(event))


def end(state: State, event: Event) -> None:
    """Take the last line of a recording."""
    state.session.complete = True


def gap(state: State, event: Event) -> None:
    """Take note of what the recording could not keep."""
    state.session.gaps.append(Note(event.seq, text_in(event.data, "reason")))


def _take(requests: list[Request], event_id: str) -> Request | None:
    """Take an open request out: the one of this event id, or the oldest where no id is told."""
    for index, request in enumerate(requests):
        if not event_id or request.event_id == event_id:
            return requests.pop(index)
    return None
