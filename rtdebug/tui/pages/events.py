"""One row of the event list: when, who, what, how many, and what it says."""

from dataclasses import dataclass
from typing import Final

from rtdebug.tui.call.seen import Said
from rtdebug.tui.cells import Line, Piece, cells, clip, fit_right, tame
from rtdebug.units import NONE, delay, length
from rtdebug.wire.messages import Sender

ARROWS: Final = {"client": ("▲", "user"), "server": ("▼", "assistant"), None: ("·", "quiet")}
_FAMILIES: Final = (
    ("error", "bad"),
    ("response.created", "good"),
    ("response.done", "good"),
    ("response.function_call", "tool"),
    ("response.mcp", "tool"),
    ("mcp_list_tools", "tool"),
    ("response.create", "user.strong"),
    ("response.cancel", "user.strong"),
    ("response.", "assistant"),
    ("input_audio_buffer.speech", "user.strong"),
    ("input_audio_buffer.", "user"),
    ("output_audio_buffer.", "assistant"),
    ("conversation.item.input_audio_transcription", "user"),
    ("conversation.item.truncate", "warn"),
    ("conversation.", "label"),
    ("rate_limits", "quiet"),
    ("session.", "title"),
    ("transcription_session.", "title"),
)
_FOUND: Final = "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}"
_TIMES: Final = "\N{MULTIPLICATION SIGN}"
_SHORT: Final = {
    "response": "resp",
    "conversation": "conv",
    "input_audio_buffer": "input_audio",
    "output_audio_buffer": "output_audio",
    "transcription_session": "session",
}
"""How types begin where there is no room."""
_ENDS: Final = {"completed": "good", "cancelled": "warn", "incomplete": "warn", "failed": "bad"}
_BESIDE: Final = {"quiet": "quiet", "user.quiet": "label", "assistant.quiet": "label"}
"""The styles of what stands beside a type that is itself not loud."""
_NO_EVENTS: Final = {"gap": "bad", "close": "strong", "closed": "strong", "opened": "strong", "end": "strong"}


@dataclass(frozen=True, slots=True)
class Columns:
    """How wide the columns are."""

    seq: int
    time: int
    type: int
    count: int
    gist: int

    @classmethod
    def of(cls, width: int, longest_type: int, last_ns: int, last_seq: int, *, folded: bool = True) -> "Columns":
        """Share out the width: the type gets what it needs, up to half of it."""
        seq = max(4, len(f"#{last_seq}")) + 1 if width >= 100 else 0
        time = max(6, len(stamp(last_ns)))
        count = 7 if folded else 0
        left = width - seq - (1 if seq else 0) - time - 4 - count - 1
        type_ = max(10, min(longest_type, left * 3 // 5 if left < 60 else left * 11 // 20))
        return cls(seq, time, type_, count, max(0, left - type_))


@dataclass(frozen=True, slots=True)
class Sight:
    """What a row shows."""

    seq: int
    at_ns: int | None
    sender: Sender | None
    name: str
    """The type as on the wire, or what it is instead of an event."""
    type: str
    count: int
    sign: str
    """Before the count: whether the run is open."""
    said: Said
    status: str = ""
    """How the response ended that this is the end of."""
    has_problem: bool = False
    is_delta: bool = False
    is_member: bool = False
    is_match: bool = False
    """It is what was searched for."""
    is_ahead: bool = False
    """It comes after the playhead."""


def stamp(at_ns: int | None) -> str:
    """Write a moment to the millisecond: `36.672`, `1:04.205`, `1:02:05.120`; `-` where there is none."""
    if at_ns is None or at_ns < 0:
        return NONE
    minutes, rest = divmod(round(at_ns / 1e6), 60_000)
    seconds = f"{rest // 1000:02d}.{rest % 1000:03d}"
    if minutes >= 60:
        return f"{minutes // 60}:{minutes % 60:02d}:{seconds}"
    return f"{minutes}:{seconds}" if minutes else f"{rest / 1000:.3f}"


def row(sight: Sight, columns: Columns) -> Line:
    """Draw a row."""
    arrow, sender_style = ARROWS[sight.sender]
    colour = family(sight)
    pieces: list[Piece] = []
    if columns.seq:
        pieces.append((fit_right(f"#{sight.seq}", columns.seq) + " ", "faint"))
    pieces += [
        (_FOUND if sight.is_match else " ", "warn"),
        (fit_right(stamp(sight.at_ns), columns.time) + " ", "label"),
        (arrow, sender_style),
        ("!" if sight.has_problem else " ", "bad"),
        *_type(sight, columns.type, colour),
    ]
    if columns.count:
        many = f"{sight.sign}{_TIMES}{sight.count}" if sight.count > 1 else ""
        pieces.append((fit_right(many, columns.count) + " ", "label"))
    else:
        pieces.append((" ", ""))
    pieces += _gist(sight, colour, columns.gist)
    return [(text, "faint") for text, _ in pieces] if sight.is_ahead else pieces


def family(sight: Sight) -> str:
    """Name the style of an event by what it is about."""
    if sight.status:
        return _ENDS.get(sight.status, "label")
    if not sight.type:
        return _NO_EVENTS.get(sight.name, "quiet")
    if sight.type.endswith(".failed"):
        return "bad"
    style = next((style for start, style in _FAMILIES if sight.type.startswith(start)), "")
    return f"{style}.quiet" if sight.is_delta and style in ("user", "assistant") else style


def shortened(name: str, room: int) -> str:
    """Cut a type in its middle: how it begins and how it ends tells more."""
    if len(name) <= room:
        return name
    first, dot, rest = name.partition(".")
    first = _SHORT.get(first, first)
    if len(first) + 1 + len(rest) <= room:
        return f"{first}{dot}{rest}"
    if dot and len(first) + 2 <= room // 2:
        return f"{first}.…{rest[-(room - len(first) - 2) :].lstrip('._')}"
    return f"…{name[-max(1, room - 1) :]}"[:room]


def _type(sight: Sight, cells_left: int, style: str) -> list[Piece]:
    indent = "│ " if sight.is_member else ""
    room = cells_left - len(indent)
    name = shortened(tame(sight.name, 200), room)
    return [(indent, "faint"), (name, "match" if sight.is_match else style), (" " * (room - cells([(name, "")])), "")]


def _gist(sight: Sight, colour: str, cells_left: int) -> list[Piece]:
    said = sight.said
    pieces: list[Piece] = []
    if said.length_ns is not None:
        short = said.length_ns < 999_500_000
        pieces.append((delay(said.length_ns) if short else length(said.length_ns), "label"))
    if said.words:
        style = colour if sight.status or sight.has_problem or colour == "bad" else _BESIDE.get(colour, "")
        words = ("  " if pieces else "") + said.words
        pieces.append((clip(words, cells_left - cells(pieces)), "bad" if sight.has_problem else style))
    return pieces
