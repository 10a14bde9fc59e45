"""Lines of a log in, what they tell out: one at a time, whatever stands between them. Pure."""

from collections.abc import Iterable, Iterator

from rtdebug.imports.jsontext import find
from rtdebug.imports.records import around, tell_all
from rtdebug.imports.told import Misread, Told

_COMMENTS = (b"#", b"//", b";")
_OPENING = (b"{", b"[")
_MOST_LINES = 200_000
_MOST_BYTES = 64 << 20
"""Of a JSON value that is spread over lines; what is longer is no message."""
_MOST_FAILURES = 100
"""Values without an end, after which none is looked for any more."""

Line = tuple[int, bytes]


def read_lines(lines: Iterable[bytes]) -> Iterator[Told | Misread]:
    """Yield what the lines tell, in order, and the lines that tell nothing; blank lines and comments pass."""
    return _Lines(lines).read()


class _Lines:
    """The lines under way, with those that were looked ahead at and given back."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._lines = enumerate(lines, 1)
        self._given_back: list[Line] = []
        """Last line first."""
        self._failures = 0

    def read(self) -> Iterator[Told | Misread]:
        while (line := self._next()) is not None:
            number, text = line
            bare = text.strip()
            if bare and not bare.startswith(_COMMENTS):
                yield from self._tell(number, text)

    def _next(self) -> Line | None:
        return self._given_back.pop() if self._given_back else next(self._lines, None)

    def _tell(self, number: int, text: bytes) -> Iterator[Told | Misread]:
        told = list(_told(text))
        if not told and _opens(text) and self._failures < _MOST_FAILURES:
            whole = self._whole(text)
            told = list(_told(whole, spread=True)) if whole else []
        found = [one for one in told if one is not None]
        yield from found
        if found:
            return
        if not text.strip().strip(b"[]{},;"):
            return  # a bracket by itself is no loss
        torn = not text.endswith(b"\n") and text.strip()[-1:] not in (b"}", b"]")
        why = "it is cut off" if torn and b"{" in text else "no event in it" if told else "no JSON in it"
        yield Misread(f"line {number}", why)

    def _whole(self, first: bytes) -> bytes:
        """Return a value that begins on this line, up to the line that closes it; nothing where none does."""
        depth = _indent(first)
        closing = b"}" if first.rstrip().endswith(b"{") else b"]"
        taken: list[Line] = []
        size = 0
        while len(taken) < _MOST_LINES and size < _MOST_BYTES and (line := self._next()) is not None:
            taken.append(line)
            size += len(line[1])
            if line[1].strip().startswith(closing) and _indent(line[1]) <= depth:
                return first + b"".join(text for _, text in taken)
        self._failures += 1
        self._given_back += reversed(taken)
        return b""


def _told(text: bytes, *, spread: bool = False) -> Iterator[Told | None]:
    for found in find(text):
        # Line breaks and indents are the log's own, so that text which has them is not what was on the wire.
        yield from tell_all(found.value, None if spread else found.text, around(found.before))


def _opens(text: bytes) -> bool:
    """Say whether a value begins at the end of this line, and not a key's in the midst of one."""
    bare = text.rstrip()
    return bare.endswith(_OPENING) and not bare[:-1].rstrip().endswith(b'":')


def _indent(text: bytes) -> int:
    return len(text) - len(text.lstrip(b" \t"))
