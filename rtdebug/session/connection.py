"""The fold's part that keeps what belongs to the connection: its beginning, limits, errors and end."""

from rtdebug.protocol.audio import AudioFormat, Encoding
from rtdebug.protocol.event import Event
from rtdebug.protocol.reading import list_in, object_in, text_in, whole_in
from rtdebug.session.handshake import model_in, refusal_in, target_of
from rtdebug.session.model import Ending, Note
from rtdebug.session.state import State, mark

_ENCODINGS: dict[str, Encoding] = {"pcm16": "pcm16", "pcmu": "pcmu", "pcma": "pcma"}
_HOW = {"eof": "left without a close frame", "reset": "broke off", "silent": "fell silent"}


def opened(state: State, event: Event) -> None:
    """Take the handshake: what it asks for, and who ended the call before it began, where that is so."""
    session = state.session
    session.dialled_ns = whole_in(event.data, "dialled_ns")
    session.target = target_of(event.data) or session.target
    if not session.model and (asked := model_in(session.target)):
        session.model, session.is_model_asked = asked, True
    refusal = session.refusal = refusal_in(event.data)
    if refusal is not None:
        why = f"refused with {refusal.answer}" if refusal.answer else ""
        reason = ": ".join(part for part in (why, refusal.said) if part)
        session.ending = Ending("client" if refusal.is_by_client else "server", None, reason, mark(event))


def track(state: State, event: Event) -> None:
    """Take the format of a track."""
    name, rate = event.data.get("track"), event.data.get("rate")
    if isinstance(name, str) and isinstance(rate, int) and rate > 0:
        state.rates[name] = rate
        encoding = text_in(event.data, "encoding")
        state.session.tracks[name] = AudioFormat(_ENCODINGS.get(encoding, "pcm16"), rate)


def rate_limits(state: State, event: Event) -> None:
    """Take the limits that are left."""
    for limit in list_in(event.data, "rate_limits"):
        state.session.rate_limits.append((mark(event), object_in(limit)))


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
        state.session.ending = Ending(event.sender or "", None, _HOW.get(how, how), mark(event), is_lost=True)


def stopped(state: State, event: Event) -> None:
    """Take note that the proxy ended the call, where nobody had before."""
    if state.session.ending.mark is None:
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
