"""Upgrade and HTTP heads as values: parse one, point it at the upstream, strike out its secrets.

A head keeps every header line as it came (case, order, repeats, spacing), because clients and servers
exist that care about each of those.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

HEAD_LIMIT = 64 << 10
"""Largest head accepted, in bytes."""

_REQUEST_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([\x21-\x7e\x80-\xff]+) HTTP/1\.[01]")
_STATUS_LINE = re.compile(rb"HTTP/1\.[01] ([1-5][0-9][0-9])(?: [^\r\n\x00]*)?")
_FIELD = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):([^\r\n\x00]*)")


class BadHead(Exception):
    """The bytes are not an HTTP/1.1 head; the text says what is wrong."""


@dataclass(frozen=True, slots=True)
class Head:
    """A request or response head: its first line and its header lines, without line ends."""

    start: bytes
    fields: tuple[bytes, ...]

    def values(self, name: str) -> list[str]:
        """Return each value of a header, in order; latin-1 text without the blanks around it."""
        wanted = name.lower().encode() + b":"
        return [
            line.partition(b":")[2].strip(b" \t").decode("latin-1")
            for line in self.fields
            if line[: len(wanted)].lower() == wanted
        ]

    def value(self, name: str) -> str:
        """Return a header's values joined by commas, "" where there are none."""
        return ", ".join(self.values(name))

    def says(self, name: str, token: str) -> bool:
        """Say whether a comma-separated header holds this token, in any case."""
        return token in (part.strip().lower() for part in self.value(name).split(","))

    @property
    def method(self) -> str:
        """The request's method."""
        return self.start.split(b" ", 1)[0].decode("ascii")

    @property
    def target(self) -> str:
        """The request's target: path and query as sent."""
        return self.start.split(b" ")[1].decode("latin-1")

    @property
    def status(self) -> int:
        """The response's status."""
        return int(self.start.split(b" ", 2)[1])

    @property
    def is_upgrade(self) -> bool:
        """Say whether this asks for (or grants) WebSocket."""
        return self.says("connection", "upgrade") and self.says("upgrade", "websocket")

    def with_target(self, target: str) -> "Head":
        """Return the request pointed at another target."""
        method, _, version = self.start.split(b" ")
        return replace(self, start=b" ".join((method, target.encode("latin-1"), version)))

    def with_value(self, name: str, value: str) -> "Head":
        """Return the head with a header's value set where it stands, or added at the end."""
        wanted, new = name.lower().encode() + b":", value.encode("latin-1")
        fields, seen = [], False
        for line in self.fields:
            if line[: len(wanted)].lower() != wanted:
                fields.append(line)
            elif not seen:
                fields.append(line[: len(wanted)] + b" " + new)
                seen = True
        if not seen:
            fields.append(name.encode() + b": " + new)
        return replace(self, fields=tuple(fields))

    def map_text(self, change: Callable[[str], str]) -> "Head":
        """Return the head with every line put through `change`."""
        return Head(
            change(self.start.decode("latin-1")).encode("latin-1", "replace"),
            tuple(change(line.decode("latin-1")).encode("latin-1", "replace") for line in self.fields),
        )

    def lines(self) -> Iterator[str]:
        """Yield the first line and each header line as latin-1 text."""
        yield self.start.decode("latin-1")
        for line in self.fields:
            yield line.decode("latin-1")

    def to_bytes(self) -> bytes:
        """Write the head as it goes over the wire."""
        return b"\r\n".join((self.start, *self.fields, b"", b""))


def parse_request(head: bytes) -> Head:
    """Read a request head, `head` ending with the empty line; raise BadHead.

    A target must be a plain path: it begins with exactly one slash, so that no client can name a host.
    """
    parsed = _parse(head, _REQUEST_LINE)
    if not parsed.target.startswith("/") or parsed.target.startswith("//"):
        raise BadHead("the request target must be a path that begins with one slash")
    return parsed


def parse_response(head: bytes) -> Head:
    """Read a response head, `head` ending with the empty line; raise BadHead."""
    return _parse(head, _STATUS_LINE)


def _parse(head: bytes, first_line: re.Pattern[bytes]) -> Head:
    start, *fields = head.removesuffix(b"\r\n\r\n").split(b"\r\n")
    if not first_line.fullmatch(start):
        raise BadHead("its first line is not HTTP/1.1")
    for line in fields:
        if not _FIELD.fullmatch(line):
            raise BadHead(f"a header line cannot be read: {line[:40]!r}")
    return Head(start, tuple(fields))
