"""The lines at the top of a session: which, how long, what came of it. What matters least is left out first."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from rtdebug.reports.priced import bill
from rtdebug.reports.recorded import Recorded
from rtdebug.reports.trouble import counted
from rtdebug.reports.words import ending, voice
from rtdebug.session.model import Session
from rtdebug.tui.cells import Line, Piece, cells, tame
from rtdebug.tui.pages.parts import cut, sign, status_style
from rtdebug.units import count, delay, dollars, duration, status

_WIDE: Piece = ("  │  ", "faint")
_NARROW: Piece = (" │ ", "faint")
_ROOMY = 120
_NORMAL = (1000, 1001, 1005)


@dataclass(slots=True)
class _Part:
    """A part of the heading, in forms that become shorter."""

    forms: list[tuple[int, Line]]
    """Each with its rank: room is given to the lowest first; a form of rank 0 is always there."""
    line: Line = ()
    """The form that is shown."""


def heading(recorded: Recorded, width: int, *, lines: int = 1, sent: tuple[int, int] | None = None) -> list[Line]:
    """Write the heading in at most so many lines; `sent` counts the messages of client and server."""
    parts = list(_parts(recorded, sent))
    wanted = [(rank, at, form) for at, part in enumerate(parts) for rank, form in part.forms if form]
    for rank, at, form in sorted(wanted, key=lambda one: one[0]):
        before, parts[at].line = parts[at].line, form
        if rank and not _fits(_flow(parts, width), width, lines):
            parts[at].line = before
    return [cut(line, width) for line in _flow(parts, width)[:lines]]


def _fits(flowed: list[Line], width: int, lines: int) -> bool:
    return len(flowed) <= lines and all(cells(line) <= width for line in flowed)


def _flow(parts: list[_Part], width: int) -> list[Line]:
    """Put the parts on as many lines as they need."""
    found: list[Line] = []
    between = _WIDE if width >= _ROOMY else _NARROW
    for part in parts:
        if not part.line:
            continue
        if found and cells(found[-1]) + cells((between,)) + cells(part.line) <= width:
            found[-1] = (*found[-1], between, *part.line)
        else:
            found.append(part.line)
    return found


def _parts(recorded: Recorded, sent: tuple[int, int] | None) -> Iterator[_Part]:
    session = recorded.session
    named = session.id or recorded.name or "no session id"
    model = _model(recorded)
    took = (duration(session.duration_ns), "") if session.duration_ns is not None else ("no times", "quiet")
    trouble = counted(session)
    yield _Part([(0, (("◉ LIVE", "live"),) if recorded.live else ())])
    yield _Part([(7, ((tame(named, 26), "strong"),)), (0, ((tame(named, 11), "strong"),))])
    yield _Part([(8, ((" · ".join(model), "label"),)), (3, ((model[0], "label"),))] if model else [(1, ())])
    yield _Part([(1, (took,))])
    yield _Part([(10, _messages(session, sent) if session.events else ())])
    yield _Part([(6, _answers(recorded, in_words=True)), (2, _answers(recorded, in_words=False))])
    yield _Part([(9, _wait(session, "median 1st audio ")), (4, _wait(session, "1st audio "))])
    yield _Part([(9, _tokens(session))])
    yield _Part([(5, _price(recorded))])
    yield _Part([(6, ((f"▲ {trouble}", "bad"),)), (2, (("▲ odd", "bad"),))] if trouble else [(1, ())])
    yield _Part(_ended(recorded))


def _model(recorded: Recorded) -> list[str]:
    session = recorded.session
    scheme = "http" if recorded.is_http else recorded.upstream.partition("://")[0]
    carried = scheme if scheme in ("ws", "wss", "webrtc", "sip", "http") else ""
    kind = tame(session.kind, 16) if session.kind not in ("", "realtime") else ""
    return [word for word in (tame(session.model, 32), kind, tame(voice(session), 16), carried) if word]


def _messages(session: Session, sent: tuple[int, int] | None) -> Line:
    if sent is None:
        return ((count(session.events, "event"), "label"),)
    return (("▲ ", "user"), (f"{sent[0]:,}", ""), ("  ▼ ", "assistant"), (f"{sent[1]:,}", ""))


def _answers(recorded: Recorded, *, in_words: bool) -> Line:
    session = recorded.session
    if session.refusal is not None or recorded.is_http:
        return ()
    ended: dict[str, int] = {}
    for response in session.responses.values():
        ended[response.status] = ended.get(response.status, 0) + 1
    found: list[Piece] = [(count(len(session.turns), "turn"), "")]
    for word, number in sorted(ended.items(), key=lambda one: (one[0] != "completed", one[0])):
        told = status(tame(word, 20)) if in_words else sign(word)[0]
        found += [(" · ", "quiet"), (f"{number} {told}", status_style(word))]
    if not ended and session.kind not in ("translation", "transcription"):
        found.append((" · no responses", "quiet"))
    return tuple(found)


def _wait(session: Session, label: str) -> Line:
    """Say how long first audio took, in the middle; reckoned from marks only, for it is drawn often."""
    waits = [
        response.first_audio.at_ns - response.asked.mark.at_ns
        for response in session.responses.values()
        if response.first_audio is not None
        and response.asked.mark is not None
        and response.first_audio.at_ns is not None
        and response.asked.mark.at_ns is not None
    ]
    return ((label, "label"), (delay(round(median(waits))), "strong")) if waits else ()


def _tokens(session: Session) -> Line:
    used = session.usage.total_tokens
    return ((f"{used:,}", ""), (" tokens", "label")) if used else ()


def _price(recorded: Recorded) -> Line:
    total: Decimal | None = bill(recorded).total
    return ((dollars(total), "strong"),) if total is not None else ()


def _ended(recorded: Recorded) -> list[tuple[int, Line]]:
    """Say how it ended; where that is odd it matters more."""
    session, ended = recorded.session, recorded.session.ending
    if recorded.live:
        return [(1, ())]
    if recorded.is_http and session.complete:
        return [(11, (("plain HTTP, no call", "quiet"),)), (1, ())]
    words = tame(ending(session), 70)
    if ended.mark is None:
        return (
            [(11, ((words, "quiet"),))] if session.complete else [(7, ((words, "warn"),)), (2, (("cut off", "warn"),))]
        )
    if ended.code in _NORMAL:
        return [(11, ((words, "quiet"),))]
    short = tame(_short(session), 16)
    return [(7, ((words, "warn"),)), (2, ((short, "warn"),))]


def _short(session: Session) -> str:
    refusal, code = session.refusal, session.ending.code
    if refusal is not None:
        return "no call" if refusal.status is None else f"refused {refusal.status}"
    return f"code {code}" if code is not None else "closed oddly"
