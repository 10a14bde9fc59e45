"""A log as its forms are told apart: by what is in it, never by its name."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from rtdebug.errors import UsageError
from rtdebug.imports.har import Socket, sockets
from rtdebug.imports.jsontext import loads
from rtdebug.imports.lines import read_lines
from rtdebug.imports.records import ALONE, members, tell_all
from rtdebug.imports.source import Source
from rtdebug.imports.told import Misread, Told

FORMS: Final = (
    'Read are: lines of {"from", "event", "time"} and their like, bare events, logs with a message a line, '
    "HAR files with WebSocket messages, and `rtdebug cat --json`"
)
_MAGIC: Final = {
    b"\x1f\x8b": "gzip; unpack it first",
    b"PK\x03\x04": "a ZIP archive; unpack it first",
    b"(\xb5/\xfd": "zstd; unpack it first",
    b"BZh": "bzip2; unpack it first",
    b"RIFF": "an audio file",
    b"SQLite format 3": "an SQLite database",
    b"\xd4\xc3\xb2\xa1": "a packet capture",
    b"\xa1\xb2\xc3\xd4": "a packet capture",
    b"\x0a\x0d\x0d\x0a": "a packet capture",
    b"%PDF": "a PDF",
}


@dataclass(frozen=True, slots=True)
class Log:
    """What becomes one recording, or one for each session in it."""

    name: str
    """The file, as people know it; and which entry of it, where there are several."""
    stem: str
    """What a recording without a session id is named after."""
    told: Callable[[], Iterator[Told | Misread]]
    """Tell it all, from the beginning; may be called again."""
    socket: Socket | None = None
    """The entry of a HAR it comes from."""


def logs(source: Source) -> list[Log]:
    """Return what is in a file; raise UsageError where it is nothing that can be imported."""
    if not source.head.strip():
        raise UsageError(f"{source.name}: it is empty")
    if source.head.startswith(b'{"rtdebug":'):
        raise UsageError(f"{source.name}: it is a recording already; `rtdebug cat` prints its messages")
    document = _document(source)
    if document is None:
        return [Log(source.name, source.stem, lambda: read_lines(source.lines()))]
    found = sockets(document)
    if found is None:
        return [Log(source.name, source.stem, lambda: _read_document(document))]
    if not found:
        raise UsageError(
            f"{source.name}: a HAR, but no WebSocket messages are in it; export it again with content, from a tab "
            "whose network panel was open before the call began"
        )
    alone = len(found) == 1
    return [
        Log(
            source.name if alone else f"{source.name}, entry {socket.number}",
            source.stem if alone else f"{source.stem}-{socket.number}",
            socket.told,
            socket,
        )
        for socket in found
    ]


def nothing_in(source: Source) -> UsageError:
    """Say what a file looks like in which nothing could be read."""
    return UsageError(f"{source.name}: no Realtime messages in it; it looks like {_looks(source.head)}. {FORMS}.")


def _looks(head: bytes) -> str:
    for magic, words in _MAGIC.items():
        if head.startswith(magic):
            return words
    start = head.lstrip()[:1]
    if b"\x00" in head:
        return "binary data"
    if start == b"<":
        return "HTML or XML"
    if start in (b"{", b"["):
        return "JSON without events of the Realtime API"
    return "text without events of the Realtime API"


def _document(source: Source) -> object:
    """Read a file that is one JSON value; None where it is lines."""
    if source.head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] not in (b"{", b"["):
        return None
    first, *more = islice((line for line in source.lines() if line.strip()), 2)
    try:
        value: object = loads(first)
    except ValueError:
        if not first.rstrip().endswith((b"{", b"[", b",", b"}", b"]")):
            return None  # a line that is cut off, and not the first of a value on several
    else:
        return value if not more and (sockets(value) is not None or members(value) is not None) else None
    try:
        value = loads(source.read())
    except ValueError:
        return None
    return value


def _read_document(document: object) -> Iterator[Told | Misread]:
    for number, told in enumerate(tell_all(document, None, ALONE), 1):
        yield told if told is not None else Misread(f"entry {number}", "no event in it")
