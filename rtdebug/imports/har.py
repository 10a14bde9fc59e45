"""HAR in, its WebSocket connections out: Chrome's spelling, which HTTP Toolkit, mitmproxy and others share. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlsplit

from pybase64 import b64decode

from rtdebug.imports.records import event_in, tell
from rtdebug.imports.times import read_moment
from rtdebug.imports.told import HAR, Misread, Moment, Told, Word
from rtdebug.protocol.reading import inside, list_in, object_in, text_in, whole_in
from rtdebug.wire.handshake import Head
from rtdebug.wire.messages import BINARY, CLOSE, CONTROL_NAMES, PING, PONG, TEXT

_MESSAGES: Final = ("_webSocketMessages", "webSocketMessages", "_websocketMessages")
_CLOSES: Final = ("_webSocketClose", "webSocketClose")
_SIDES: Final[dict[str, Word]] = {"send": "client", "sent": "client", "receive": "server", "received": "server"}
_LINE_ENDS: Final = re.compile(r"[\r\n\x00]+")
_BODY_LIMIT: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Socket:
    """One WebSocket connection of a HAR."""

    number: int
    """Which entry it is, from 1."""
    entry: Mapping[str, Any]

    @property
    def began(self) -> Moment | None:
        """When its request was sent."""
        return read_moment(self.entry.get("startedDateTime"))

    @property
    def upstream(self) -> str:
        """Scheme and host of its URL, without credentials."""
        try:
            parts = urlsplit(text_in(self.entry, "request", "url"))
            host = parts.netloc.rpartition("@")[2]
        except ValueError:
            return ""
        scheme = {"http": "ws", "https": "wss"}.get(parts.scheme, parts.scheme)
        return f"{scheme}://{host}" if host else ""

    @property
    def request(self) -> Head:
        """The head of its request."""
        request = object_in(self.entry, "request")
        return _head(f"{text_in(request, 'method') or 'GET'} {_target(text_in(request, 'url'))} HTTP/1.1", request)

    @property
    def response(self) -> Head | None:
        """The head of the answer, None where there was none."""
        response = object_in(self.entry, "response")
        status = whole_in(response, "status")
        if status is None or not 100 <= status < 600:
            return None
        return _head(f"HTTP/1.1 {status} {text_in(response, 'statusText')}".rstrip(), response)

    @property
    def refusal(self) -> str:
        """The body of an answer that refused the connection."""
        return text_in(self.entry, "response", "content", "text")[:_BODY_LIMIT]

    @property
    def refused(self) -> int | None:
        """The status that refused the connection; None where it was opened, or nothing is known."""
        response = self.response
        granted = response is None or response.status == 101 or self.request.method == "CONNECT"
        return None if granted or response is None else response.status

    def told(self) -> Iterator[Told | Misread]:
        """Yield its messages and its close."""
        for number, message in enumerate(messages_of(self.entry), 1):
            word = _SIDES.get(text_in(message, "type").lower(), "")
            told = _message(message) if word else None
            if told is None:
                yield Misread(f"entry {self.number}, message {number}", "its type or its data cannot be read")
            else:
                yield replace(told, form=HAR, word=word, moment=read_moment(inside(message, "time")))
        for key in _CLOSES:
            close = self.entry.get(key)
            if isinstance(close, dict) and (told := tell({"kind": "close", **close})) is not None:
                yield replace(told, form=HAR)


def _message(message: Mapping[str, Any]) -> Told | None:
    data, opcode = message.get("data"), message.get("opcode", TEXT)
    if opcode in (CLOSE, PING, PONG):
        return tell({**message, "kind": CONTROL_NAMES[opcode]})
    if not isinstance(data, str) or opcode not in (TEXT, BINARY):
        return None
    if opcode == TEXT:
        return Told(HAR, data.encode("utf-8", "surrogatepass"), event_in(data))
    try:
        return Told(HAR, b64decode(data, validate=True), binary=True)
    except ValueError:
        return None


def messages_of(entry: object) -> list[Any]:
    """Return the WebSocket messages of an entry; none for other entries."""
    return next((held for key in _MESSAGES if (held := list_in(entry, key))), [])


def sockets(document: object) -> list[Socket] | None:
    """Return the WebSocket connections of a HAR, None where this is no HAR."""
    entries = list_in(document, "log", "entries")
    if not entries:
        entries = [document] if messages_of(document) else []
    if not any(messages_of(entry) or isinstance(inside(entry, "request"), dict) for entry in entries):
        return None
    return [Socket(number, entry) for number, entry in enumerate(entries, 1) if messages_of(entry)]


def _target(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return "/"
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return re.sub(r"[^\x21-\x7e]+", "_", target)


def _head(start: str, part: Mapping[str, Any]) -> Head:
    fields = []
    for header in list_in(part, "headers"):
        name, value = text_in(header, "name"), text_in(header, "value")
        if re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name):
            fields.append(_line(f"{name}: {value}"))
    return Head(_line(start), tuple(fields))


def _line(text: str) -> bytes:
    return _LINE_ENDS.sub(" ", text).encode("latin-1", "replace")
