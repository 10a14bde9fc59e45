"""The language of search and filter: text in, terms out. Pure; never raises.

`type:response.* -delta resp:resp_12 from:server status:cancelled text:"hello world" seq:100-200 has:problem`
All terms must hold; `-` before one turns it round; commas within one mean "or".
"""

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

HELP: Final = (
    ("word", "in a type; where none has it, in the text"),
    ('"two words"', "in the text"),
    ("-word", "without it; - turns any term round"),
    ("type:response.*", "the whole type, * stands for anything"),
    ("resp:resp_12", "an id, its beginning or end; so item: call:"),
    ("from:client", "client, server or other"),
    ("status:cancelled", "of the response it belongs to"),
    ("text:refund", "in the message, big or small letters"),
    ("seq:100-200", "entries by number"),
    ("at:12.5-14", "seconds, or minutes:seconds"),
    ("has:problem", "problem, audio or error"),
    ("a,b", "within a term: one or the other"),
)
"""What one may write, and what it means."""

_NAMES: Final = {
    "type": "type",
    "resp": "resp",
    "response": "resp",
    "item": "item",
    "call": "call",
    "from": "from",
    "status": "status",
    "text": "text",
    "seq": "seq",
    "at": "at",
    "has": "has",
}
_CHOICES: Final = {"from": ("client", "server", "other"), "has": ("problem", "audio", "error")}
_TERM = re.compile(r'(-?)(?:([A-Za-z_]+):)?((?:"(?:[^"\\]|\\.)*"?|[^\s"])*)')
_MOMENT = re.compile(r"(?:(?:(\d{1,4}):)?(\d{1,6}):)?(\d{1,9})(?:\.(\d{1,9}))?")
_MOST = 1000


@dataclass(frozen=True, slots=True)
class Term:
    """One condition."""

    field: str
    """One of the names above, or "word"."""
    values: tuple[str, ...]
    """Any of these, in small letters."""
    is_not: bool = False
    spans: tuple[tuple[int, int], ...] = ()
    """For `seq` entries from and to, for `at` nanoseconds from and to (not with it)."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What cannot be understood, and where it stands."""

    words: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for."""

    text: str
    terms: tuple[Term, ...] = ()
    problem: Problem | None = None

    @property
    def is_empty(self) -> bool:
        """It lets everything through."""
        return not self.terms


class _Wrong(Exception):
    """The text says what is wrong with a term."""


def parse(text: str) -> Query:
    """Read a query; what cannot be understood is said in it, and then it has no terms."""
    if len(text) > _MOST:
        return Query(text, (), Problem(f"that is longer than {_MOST} characters", _MOST, len(text)))
    terms, at = [], 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        found = _TERM.match(text, at)
        end = max(at + 1, found.end()) if found else at + 1
        try:
            terms.append(_term(found[1] == "-", found[2], found[3]) if found else _term(False, None, text[at:end]))
        except _Wrong as wrong:
            return Query(text, (), Problem(str(wrong), at, end))
        at = end
    return Query(text, tuple(terms))


def _term(is_not: bool, name: str | None, value: str) -> Term:
    field = "word" if name is None else _NAMES.get(name.lower(), "")
    if not field:
        near = get_close_matches(str(name).lower(), _NAMES, n=1)
        hint = f"did you mean {near[0]}:" if near else "put quotes around it to find it in the text"
        raise _Wrong(f"there is no {name}: here, {hint}")
    values = tuple(_values(value))
    if not values:
        raise _Wrong(f"{name}: needs something after it" if name else "there is nothing after the -")
    if field == "word" and value.startswith('"'):
        field = "text"
    if field in _CHOICES:
        for one in values:
            if one not in _CHOICES[field]:
                raise _Wrong(f"{field}: is one of {', '.join(_CHOICES[field])}, not {one}")
    spans = tuple(_SPANS[field](one) for one in values) if field in _SPANS else ()
    return Term(field, values, is_not, spans)


def _values(written: str) -> list[str]:
    """Split at commas that stand outside quotes, and take the quotes off."""
    values, current, quoted, at = [], "", False, 0
    while at < len(written):
        char = written[at]
        if char == '"':
            quoted = not quoted
        elif quoted and char == "\\" and at + 1 < len(written):
            at += 1
            current += written[at]
        elif char == "," and not quoted:
            values.append(current)
            current = ""
        else:
            current += char
        at += 1
    if quoted:
        raise _Wrong('the closing " is missing')
    return [value.lower() for value in [*values, current] if value]


def _seq_span(value: str) -> tuple[int, int]:
    first, dash, last = value.removeprefix("#").partition("-")
    if not all(one == "" or (one.isascii() and one.isdigit() and len(one) < 16) for one in (first, last)):
        raise _Wrong(f"seq: is a number or two, as in seq:100-200, not {value}")
    if not first and not last:
        raise _Wrong("seq: is a number or two, as in seq:100-200")
    low = int(first or 0)
    high = int(last) if last else (1 << 62 if dash else low)
    if high < low:
        raise _Wrong(f"seq: ends before it begins ({value})")
    return low, high


def _at_span(value: str) -> tuple[int, int]:
    first, dash, last = value.partition("-")
    low, step = _moment(first, value) if first else (0, 0)
    if not dash:
        return low, low + step
    high = sum(_moment(last, value)) if last else 1 << 62
    if high < low:
        raise _Wrong(f"at: ends before it begins ({value})")
    return low, high


def _moment(written: str, value: str) -> tuple[int, int]:
    """Read a moment as nanoseconds, and what its last digit stands for."""
    found = _MOMENT.fullmatch(written)
    if found is None:
        raise _Wrong(f"at: is seconds or minutes:seconds, as in at:12.5-14 or at:1:05, not {value}")
    hours, minutes, seconds, part = found[1] or "0", found[2] or "0", found[3], found[4] or ""
    whole = int(hours) * 3600 + int(minutes) * 60 + int(seconds)
    return whole * 10**9 + int((part + "0" * 9)[:9]), 10 ** (9 - len(part))


_SPANS: Final = {"seq": _seq_span, "at": _at_span}
