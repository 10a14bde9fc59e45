"""From a recording's entries to its script. Pure: entries in, steps out; what is missing is said, not raised."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from pybase64 import b64decode

from rtdebug.protocol.answers import is_commit
from rtdebug.protocol.audio import AUDIO_KEYS, AudioFormat, AudioFormats
from rtdebug.protocol.event import Event, EventReader
from rtdebug.protocol.identity import asked_model, ids_in
from rtdebug.protocol.reading import inside, list_in, text_in
from rtdebug.recording.format import Entry, Header
from rtdebug.replay.causes import with_causes
from rtdebug.replay.mismatch import few
from rtdebug.replay.steps import Command, Ending, Piece, Refusal, Say, Script, Speech, Step

_STATUS = re.compile(r"HTTP/1\.[01] (\d{3})")
_HOP_HEADERS = ("connection", "content-length", "transfer-encoding", "upgrade", "content-encoding")


def script_of(header: Header, entries: Iterable[Entry], name: str) -> Script:
    """Read a recording of one connection as a script."""
    writing = _Writing(header)
    for entry in entries:
        writing.take(entry)
    return writing.script(name)


@dataclass(slots=True)
class _Writing:
    """A script being written."""

    header: Header
    steps: list[Step] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    refusal: Refusal | None = None
    subprotocol: str = ""
    model: str = ""
    _ended: bool = False
    """The connection is over; what follows is its aftermath."""
    _complete: bool = False
    _last: int = 1
    _spoken_ms: float = 0.0
    _turn_ms: float = 0.0
    """Audio since the last turn ended."""
    _run: list[Piece] = field(default_factory=list)
    """Microphone audio that nothing has interrupted so far."""
    _run_from: Entry | None = None
    _formats: AudioFormats = field(default_factory=AudioFormats)
    _rates: dict[str, int] = field(default_factory=dict)
    _ids: set[str] = field(default_factory=set)
    _client_ids: set[str] = field(default_factory=set)
    _reader: EventReader = field(init=False)

    def __post_init__(self) -> None:
        self._reader = EventReader(target=self.header.target, upstream=self.header.upstream)

    def take(self, entry: Entry) -> None:
        self._last = entry.seq
        event = self._reader.read(entry)
        taker = _TAKERS.get(entry.kind)
        if taker is not None:
            taker(self, entry, event)

    def script(self, name: str) -> Script:
        self._end_run()
        lacks = self.header.lacks
        notes = [*few(self.notes)]
        if not self._complete and self.header.carries != "http":
            notes.append(f"the recording is cut off behind line {self._last}; it is played up to there")
        if "audio" in lacks:
            notes.append("the recording has only pieces of its audio")
        return Script(
            name=name,
            steps=with_causes(self.steps),
            target=self.header.target,
            model=self.model or model_in(self.header.target),
            subprotocol=self.subprotocol,
            refusal=self.refusal,
            started_s=self.header.started_ns // 1_000_000_000,
            has_times="times" not in lacks,
            notes=tuple(notes),
            ids=frozenset(self._ids),
            client_ids=frozenset(self._client_ids),
        )

    # One taker for each kind of entry.

    def message(self, entry: Entry, event: Event) -> None:
        if entry.text is None or self._ended:
            self.notes.append(f"line {entry.seq} is not played: {event.problem or 'the connection was over'}")
            return
        if entry.sender == "client" and event.wire_type in AUDIO_KEYS:
            self._spoke(entry, event, entry.text)
            return
        if entry.audio is None:
            self._formats.observe(entry.sender or "server", dict(event.data))
        new = {found for _, found in ids_in(event)} - self._ids
        self._ids |= new
        if entry.sender == "client":
            self._client_ids |= new
            self._asked(entry, event, entry.text)
            return
        binary = bool(entry.fields.get("binary"))
        self.model = self.model or asked_model(event)
        self.steps.append(Say(**self._place(entry), event=event, text=entry.text, place=entry.audio, binary=binary))

    def _asked(self, entry: Entry, event: Event, text: bytes) -> None:
        speech_ms, self._turn_ms = (self._turn_ms, 0.0) if is_commit(event) else (0.0, self._turn_ms)
        self.steps.append(Command(**self._place(entry), event=event, text=text, speech_ms=speech_ms))

    def _spoke(self, entry: Entry, event: Event, text: bytes) -> None:
        if entry.audio is not None:
            rate = self._rates.get(entry.audio.track, self._formats.client.rate)
            ms = entry.audio.frames * 1000 / rate
        else:
            ms = audio_ms(event.data.get(AUDIO_KEYS[event.wire_type]), self._formats.client)
        self._run_from = self._run_from or entry
        self._run.append(Piece(entry.at_ns, text, entry.audio, ms))
        self._spoken_ms += ms
        self._turn_ms += ms

    def _place(self, entry: Entry) -> dict[str, Any]:
        """Say where the next step stands; audio before it becomes a step of its own."""
        self._end_run()
        return {"number": len(self.steps) + 1, "seq": entry.seq, "at_ns": entry.at_ns}

    def _end_run(self) -> None:
        first = self._run_from
        if first is not None:
            pieces, self._run, self._run_from = tuple(self._run), [], None
            number = len(self.steps) + 1
            speech = Speech(number=number, seq=first.seq, at_ns=first.at_ns, pieces=pieces, until_ms=self._spoken_ms)
            self.steps.append(speech)

    def opened(self, entry: Entry, event: Event) -> None:
        told = entry.fields
        head = [line for line in list_in(told, "response", "head") if isinstance(line, str)]
        status = status_of(head)
        named = (value for key, value in headers_of(head) if key.lower() == "sec-websocket-protocol")
        self.subprotocol = next(named, "")
        if status not in (None, 101):
            self._ended = True
            self.refusal = Refusal(status or 0, headers_of(head), body_of(told))
        elif reason := text_in(told, "error"):
            self._ended = True
            self.refusal = Refusal(502, (("content-type", "text/plain"),), reason.encode())

    def track(self, entry: Entry, event: Event) -> None:
        name, rate = entry.fields.get("track"), entry.fields.get("rate")
        if isinstance(name, str) and isinstance(rate, int) and rate > 0:
            self._rates[name] = rate

    def close(self, entry: Entry, event: Event) -> None:
        if entry.sender == "server" and not self._ended:
            code = entry.fields.get("code")
            reason = text_in(entry.fields, "text")
            self.steps.append(Ending(**self._place(entry), code=code if isinstance(code, int) else 1000, reason=reason))
        self._ended = True

    def closed(self, entry: Entry, event: Event) -> None:
        if entry.sender == "server" and not self._ended:
            self.steps.append(Ending(**self._place(entry), code=None))
        self._ended = True

    def gap(self, entry: Entry, event: Event) -> None:
        self.notes.append(f"line {entry.seq}: a gap in the recording ({text_in(entry.fields, 'reason')})")

    def stopped(self, entry: Entry, event: Event) -> None:
        if not self._ended:
            self.notes.append("the proxy was stopped in mid-call; it is played up to there")
        self._ended = True

    def end(self, entry: Entry, event: Event) -> None:
        self._complete = True


_TAKERS = {
    "message": _Writing.message,
    "opened": _Writing.opened,
    "track": _Writing.track,
    "close": _Writing.close,
    "closed": _Writing.closed,
    "gap": _Writing.gap,
    "stopped": _Writing.stopped,
    "end": _Writing.end,
}


def model_in(target: str) -> str:
    """Return the model that a request's target names, "" for none."""
    query = parse_qs(urlsplit(target).query)
    return next((query[key][0] for key in ("model", "deployment") if key in query), "")


def audio_ms(payload: object, format_: AudioFormat) -> float:
    """Say how long base64 audio lasts, 0 for what is none."""
    if not isinstance(payload, str):
        return 0.0
    try:
        size = len(b64decode(payload, validate=True))
    except ValueError:
        return 0.0
    return size / format_.frame_bytes * 1000 / format_.rate


def body_of(told: Mapping[str, Any], side: str = "response") -> bytes:
    """Return the body of a recorded HTTP message."""
    kept = inside(told, side, "body")
    if text := text_in(kept, "text"):
        return text.encode()
    try:
        return b64decode(text_in(kept, "base64"), validate=True)
    except ValueError:
        return b""


def status_of(head: list[str]) -> int | None:
    """Return the status of a response's head, None for what is none."""
    found = _STATUS.match(head[0]) if head else None
    return int(found[1]) if found else None


def headers_of(head: list[str]) -> tuple[tuple[str, str], ...]:
    """Return a head's headers, without those that belong to one connection."""
    pairs = (line.partition(":") for line in head[1:])
    kept = ((name.strip(), value.strip()) for name, _, value in pairs)
    return tuple((name, value) for name, value in kept if name.lower() not in _HOP_HEADERS)
