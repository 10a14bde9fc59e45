"""A conversation to read, to subtitle or to process: Markdown, SRT and JSON. Gives text back."""

import re
from collections.abc import Callable, Iterator
from typing import Final

import orjson

from rtdebug.clock import wall_text
from rtdebug.errors import UsageError
from rtdebug.reports.recorded import Recorded
from rtdebug.reports.saying import Line, lines
from rtdebug.reports.values import clean
from rtdebug.reports.words import refused
from rtdebug.session.playing import Span
from rtdebug.units import duration, moment_of, plain, quote

_WHO = {"user": "User", "assistant": "Assistant", "system": "System", "tool": "Tool"}
_MARKS = re.compile(r"[\\`*\[\]<]|&(?=#?\w+;)|(?<![^\W_])[_~]|[_~](?![^\W_])")
"""What Markdown would take for more than itself anywhere in a line."""
_LINE_START = re.compile(r"^(\d+(?=[.)])|)([.)#>+\-=|:])")
_READING_NS, _SHORTEST_NS, _LONGEST_NS, _GLANCE_NS = 60_000_000, 1_200_000_000, 7_000_000_000, 200_000_000
"""What has no length of its own is shown for the time it takes to read: so much a character, within bounds, and not
beyond the next; nothing is shown for less than a glance."""
_MOST = 140


def markdown(recorded: Recorded) -> str:
    """Write the conversation as Markdown."""
    session = recorded.session
    title = f"# {_escaped(quote(session.id) or 'Conversation')}"
    facts = [
        _escaped(quote(session.model)),
        wall_text(recorded.started_ns)[:19].replace("T", " ") + " UTC" if recorded.started_ns else "",
        duration(session.duration_ns) if session.duration_ns is not None else "",
    ]
    paragraphs = [title, " · ".join(fact for fact in facts if fact)]
    paragraphs += [_paragraph(line) for line in _told(recorded)]
    return "\n\n".join(part for part in paragraphs if part) + "\n"


def srt(recorded: Recorded) -> str:
    """Write subtitles, timed as the call was heard; raise UsageError for a recording without times."""
    if recorded.session.duration_ns is None:
        raise UsageError(
            f"{recorded.name or 'the recording'} has no times, so there is nothing to time subtitles by; "
            "use --format md or --format json"
        )
    cues = sorted(_cues(_told(recorded)), key=lambda cue: cue[0])
    told = []
    for number, (start, end, words) in enumerate(cues, 1):
        if end is None:
            end = start + min(max(len(words) * _READING_NS, _SHORTEST_NS), _LONGEST_NS)
            if number < len(cues):
                end = min(end, max(cues[number][0], start + _GLANCE_NS))
        told.append(f"{number}\n{_srt_time(start)} --> {_srt_time(max(end, start + _GLANCE_NS))}\n{words}\n")
    return "\n".join(told)


def json(recorded: Recorded) -> str:
    """Write one JSON object a line; texts as they came from the wire."""
    return "".join(orjson.dumps(clean(_values(line))).decode() + "\n" for line in _told(recorded))


FORMATS: Final[dict[str, Callable[[Recorded], str]]] = {"md": markdown, "srt": srt, "json": json}


def _told(recorded: Recorded) -> list[Line]:
    """Return every line; where the handshake was refused, and nothing could be said, one that says so."""
    session, mark = recorded.session, recorded.session.ending.mark
    if session.refusal is None:
        return lines(recorded)
    span = Span(mark.at_ns, None) if mark is not None and mark.at_ns is not None else None
    seq = mark.seq if mark is not None else None
    return [*lines(recorded), Line(session.ending.by, "refused", refused(session.refusal), "", seq=seq, span=span)]


def _paragraph(line: Line) -> str:
    if line.kind == "refused":
        return f"*{_escaped(line.text)}*"
    when = f" `{moment_of(line.span.start_ns)}`" if line.span else ""
    who = f"**{_escaped(plain(_WHO.get(line.who, line.who)))}**{when}"
    remarks = [remark for remark in (line.cut, *line.notes) if remark]
    after = f" — *{_escaped(quote('; '.join(remarks), 300))}*" if remarks else ""
    if line.kind == "call":
        return f"{who} calls {_code(line.text)}{after}"
    if line.kind == "result":
        return f"{who} answers {_code(line.text)}{after}"
    if line.kind.startswith("mcp_"):
        return f"{who} {_escaped(plain(line.kind))} {_code(line.text)}{after}"
    return f"{who}  \n{_prose(line.text)}{after}" if line.text else f"{who}{after}"


def _prose(text: str) -> str:
    """Write text from the wire so that Markdown shows it and does nothing else with it."""
    kept = (_LINE_START.sub(r"\1\\\2", _escaped(plain(line.strip()))) for line in text.splitlines())
    return "  \n".join(line for line in kept if line)


def _escaped(text: str) -> str:
    return _MARKS.sub(r"\\\g<0>", text)


def _code(text: str) -> str:
    """Write text from the wire as a code span, with a fence longer than any run of backticks in it."""
    shown = quote(text)
    fence = "`" * (1 + max((len(run) for run in re.findall(r"`+", shown)), default=0))
    room = " " if len(fence) > 1 else ""
    return f"{fence}{room}{shown}{room}{fence}" if shown else "(nothing)"


def _cues(said: list[Line]) -> Iterator[tuple[int, int | None, str]]:
    for line in said:
        if line.span is None:
            continue
        words = _cue_text(line)
        if words:
            yield line.span.start_ns, line.span.end_ns, words


def _cue_text(line: Line) -> str:
    if line.kind == "refused":
        return f"[{line.text.replace('-->', '→')}]"
    text = "\n".join(part for part in (quote(row) for row in line.text.splitlines()) if part).replace("-->", "→")
    if line.kind == "call":
        text = f"[calls {quote(text, _MOST)}]"
    elif line.kind == "result":
        text = f"[the tool answers {quote(text, _MOST) or 'nothing'}]"
    elif line.kind.startswith("mcp_"):
        text = f"[{quote(line.kind)} {quote(text, _MOST)}]"
    said = " ".join(part for part in (text, f"[{quote(line.cut)}]" if line.cut else "") if part)
    return f"{quote(_WHO.get(line.who, line.who), 40)}: {said}" if said else ""


def _srt_time(ns: int) -> str:
    ms = max(0, ns) // 1_000_000
    return f"{ms // 3_600_000:02d}:{ms // 60_000 % 60:02d}:{ms // 1000 % 60:02d},{ms % 1000:03d}"


def _values(line: Line) -> dict[str, object]:
    return {
        "who": line.who,
        "kind": line.kind,
        "text": line.text,
        "item_id": line.item_id or None,
        "response_id": line.response_id or None,
        "start_ns": line.span.start_ns if line.span else None,
        "end_ns": line.span.end_ns if line.span else None,
        "cut": line.cut or None,
        "notes": list(line.notes),
        "seq": line.seq,
    }
