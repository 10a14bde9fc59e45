"""What of a session stands on the timeline: who spoke when, what was answered, what was called."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from rtdebug.session.model import Item, Response, Session, Speech
from rtdebug.session.playing import Span
from rtdebug.tui.cells import tame
from rtdebug.tui.timeline.points import Finding, Point, points
from rtdebug.tui.timeline.spans import LAST_NS, Spans, known_ns, spans


@dataclass(frozen=True, slots=True)
class Spoken:
    """A stretch that was taken for speech."""

    start_ns: int
    end_ns: int
    is_silence: bool = False
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """A response, from when it was asked for until it was done."""

    id: str
    number: int
    """As the reports count them, from 1."""
    start_ns: int
    end_ns: int
    status: str
    first_ns: int | None = None
    """Its first audio, or its first text where it has no audio."""
    has_audio: bool = False
    is_aside: bool = False
    """It is out of band."""
    seq: int | None = None

    @property
    def tail(self) -> str:
        """The end of its id, harmless."""
        return tame(self.id[-4:])

    @property
    def wait_ns(self) -> int | None:
        """How long it was waited for, where audio came."""
        return self.first_ns - self.start_ns if self.first_ns is not None and self.has_audio else None


@dataclass(frozen=True, slots=True)
class Generated:
    """When the audio of a response came."""

    start_ns: int
    end_ns: int
    factor: float | None = None
    """How many times faster than it is heard."""


@dataclass(frozen=True, slots=True)
class Called:
    """A tool call: its arguments were whole, until its output was there."""

    start_ns: int
    end_ns: int
    name: str
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Lanes:
    """All lanes but the sound."""

    spoken: Spans[Spoken] = field(default_factory=Spans)
    responses: Spans[Bar] = field(default_factory=Spans)
    generated: Spans[Generated] = field(default_factory=Spans)
    called: Spans[Called] = field(default_factory=Spans)
    typed: Spans[Point] = field(default_factory=Spans)
    """What the user wrote."""
    points: Spans[Point] = field(default_factory=Spans)
    end_ns: int = 0
    """When the last of it ends."""


When = Callable[[int], int | None]


def lanes_of(
    session: Session, when: When, places: Mapping[str, Span], findings: tuple[Finding, ...] = (), *, live: bool = False
) -> Lanes:
    """Lay out a session. `when` tells when an entry came; `places` where an item stands, where there are no times."""
    end_ns = min(max(session.duration_ns or 0, 0), LAST_NS)
    found = Lanes(
        spans(_spoken(session, end_ns)),
        spans(_bars(session, end_ns, places)),
        spans(_generated(session)),
        spans(_called(session, end_ns if live else None)),
        spans(_typed(session)),
        spans(points(session, when, findings, live=live)),
    )
    last = max((one.all[-1].start_ns for one in (found.responses, found.called, found.points) if one.all), default=0)
    ends = max((bar.end_ns for bar in found.responses.all[-8:]), default=0)
    return Lanes(
        found.spoken, found.responses, found.generated, found.called, found.typed, found.points, max(end_ns, last, ends)
    )


def _spoken(session: Session, end_ns: int) -> Iterator[Spoken]:
    for speech in session.speeches:
        start = _heard_at(session, speech.audio_start_ms, known_ns(speech.started))
        if start is None:
            continue
        end = _heard_at(session, speech.audio_end_ms, known_ns(speech.stopped))
        is_open = end is None and speech.stopped is None
        yield Spoken(start, max(start, _or(end, end_ns if is_open else start)), speech.is_silence, is_open)


def _heard_at(session: Session, ms: int | None, told_ns: int | None) -> int | None:
    """Say when a millisecond of the microphone was heard; when the server told so, where that is all there is."""
    came = session.input.came_ns(ms) if ms is not None and 0 <= ms <= session.input.length_ms else None
    return min(came, LAST_NS) if came is not None else told_ns


def _bars(session: Session, end_ns: int, places: Mapping[str, Span]) -> Iterator[Bar]:
    for number, response in enumerate(session.responses.values(), 1):
        begun = known_ns(response.created, response.first_delta, response.done)
        if begun is None:
            bar = _bar_in_a_row(response, number, places)
            if bar is not None:
                yield bar
            continue
        asked = known_ns(response.asked.mark)
        start = min(begun, asked) if asked is not None else begun
        end = known_ns(response.done)
        first = known_ns(response.first_audio, response.first_delta)
        yield Bar(
            response.id,
            number,
            start,
            max(start, end if end is not None else end_ns),
            tame(response.status, 24),
            None if first is None else max(start, first),
            response.first_audio is not None,
            not response.in_conversation,
            response.created.seq if response.created else None,
        )


def _bar_in_a_row(response: Response, number: int, places: Mapping[str, Span]) -> Bar | None:
    found = [places[item_id] for item_id in response.item_ids if item_id in places]
    if not found:
        return None
    end = max(place.end_ns or place.start_ns for place in found)
    seq = response.created.seq if response.created else None
    start = min(place.start_ns for place in found)
    return Bar(
        response.id, number, start, end, tame(response.status, 24), is_aside=not response.in_conversation, seq=seq
    )


def _generated(session: Session) -> Iterator[Generated]:
    for response in session.responses.values():
        start, end = known_ns(response.first_audio), known_ns(response.last_audio)
        if start is None or end is None or end < start:
            continue
        items = (session.items.get(item_id) for item_id in response.item_ids)
        length = sum(part.audio.length_ns for item in items if item for part in item.parts.values() if part.audio)
        yield Generated(start, end, length / (end - start) if end > start else None)


def _called(session: Session, end_ns: int | None) -> Iterator[Called]:
    outputs: dict[str, Item] = {}
    for item in session.items.values():
        if item.type == "function_call_output" and item.call_id:
            outputs.setdefault(item.call_id, item)
    for item in session.items.values():
        if item.type not in ("function_call", "mcp_call"):
            continue
        start = known_ns(item.arguments_done, item.done)
        if start is None:
            continue
        output = outputs.get(item.call_id) if item.call_id else None
        end = known_ns(output.asked, output.added) if output else None
        if item.type == "mcp_call":
            end = known_ns(item.done)
        is_open = end is None and end_ns is not None
        yield Called(start, max(start, _or(end, end_ns), start), tame(item.name or "a tool", 40), is_open)


def _typed(session: Session) -> Iterator[Point]:
    for item in session.items.values():
        if item.role == "user" and item.asked is not None and item.committed is None and item.text:
            at_ns = known_ns(item.asked, item.added)
            if at_ns is not None:
                yield Point(at_ns, "▸", "user", tame(item.text, 60))


def _or(first: int | None, second: int | None) -> int:
    return first if first is not None else second if second is not None else 0


__all__ = ["Bar", "Called", "Finding", "Generated", "Lanes", "Point", "Speech", "Spoken", "lanes_of"]
