"""What an entry that is no message says, in a few words: tracks, gaps, the end of each side, the last line."""

from collections.abc import Callable, Mapping
from typing import Final

from rtdebug.protocol.event import Event
from rtdebug.protocol.reading import list_in, text_in, whole_in
from rtdebug.session.model import Ending
from rtdebug.units import count

_HOW: Final = {"eof": "left", "reset": "broke off", "silent": "fell silent"}


def happening(event: Event, ending: Ending) -> str:
    """Say it; `ending` is how the call ended, as far as it has. Not harmless: it may hold text from the wire."""
    return _TELLERS.get(event.kind, _plainly)(event, ending)


def _close(event: Event, ending: Ending) -> str:
    """Tell of a close frame: whose, and whether it answers the other side's."""
    code, reason = whole_in(event.data, "code"), text_in(event.data, "text")
    answers = ending.mark is not None and ending.mark.seq < event.seq and event.sender not in (None, ending.by)
    who = f" by the {event.sender}" if event.sender else ""
    said = f"{'no code' if code is None else code}{' in answer' if answers else ''}{who}"
    return f"{said}: {reason}" if reason else said


def _closed(event: Event, ending: Ending) -> str:
    """Tell of the end of a side's stream."""
    how = text_in(event.data, "how")
    early = ending.is_lost and ending.mark is not None and ending.mark.seq == event.seq
    return f"{event.sender or 'the connection'} {_HOW.get(how, how)}{', without a close frame' if early else ''}"


def _track(event: Event, _: Ending) -> str:
    encoding, rate, track = (event.data.get(key, "?") for key in ("encoding", "rate", "track"))
    return f"{encoding} {rate} Hz  {track}"


def _end(event: Event, _: Ending) -> str:
    """Tell of the last line: how the call ended, and what went wrong as far as it was counted."""
    counts = ((whole_in(event.data, f"{what}s") or 0, what) for what in ("error", "gap"))
    told = [text_in(event.data, "ending"), *(count(number, what) for number, what in counts if number)]
    return ", ".join(part for part in told if part)


def _stopped(_: Event, __: Ending) -> str:
    return "the proxy was stopped"


def _http(event: Event, _: Ending) -> str:
    """Tell of an exchange of plain HTTP: what was asked for, and the status of the answer."""
    asked, answer = (str(next(iter(list_in(event.data, side, "head")), "")) for side in ("request", "response"))
    told = [" ".join(asked.split()[:2]), " ".join(answer.split()[1:]), text_in(event.data, "error")]
    return " → ".join(part for part in told if part)


def _plainly(event: Event, _: Ending) -> str:
    fields = event.data.items()
    told = (f"{key} {value}" for key, value in fields if isinstance(value, str | int | float) and value != "")
    return ", ".join(told)


_TELLERS: Final[Mapping[str, Callable[[Event, Ending], str]]] = {
    "close": _close,
    "closed": _closed,
    "track": _track,
    "end": _end,
    "http": _http,
    "stopped": _stopped,
}
