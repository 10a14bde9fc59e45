"""The door of the simulator: WebSocket upgrades go to `websockets`, plain HTTP is answered on the spot.

`websockets` parses GET requests without a body only, so the first bytes of a connection decide who reads
the rest.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import h11
from websockets.asyncio.server import ServerConnection

from rtdebug.simulator.http import Answer, Request

_HEAD_END = b"\r\n\r\n"
_LARGEST_HEAD = 64 << 10


Respond = Callable[[Request], Answer]


def front(respond: Respond) -> type[ServerConnection]:
    """Return a kind of server connection that also answers plain HTTP."""
    # A class and not a factory, because that is what `websockets` asks for.
    return type("Front", (_Front,), {"answer": staticmethod(respond)})


class _Front(ServerConnection):
    answer: Respond

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._head = b""
        self._is_socket = False
        self._http: PlainHttp | None = None

    def data_received(self, data: bytes) -> None:
        """Hand bytes to whoever speaks their protocol, once the head says which it is."""
        if self._is_socket:
            super().data_received(data)
        elif self._http is not None:
            self._reply(self._http, data)
        else:
            self._decide(data)

    def eof_received(self) -> None:
        """Leave the end of a plain HTTP connection to its transport."""
        if self._is_socket or self._http is None:
            super().eof_received()

    def _decide(self, data: bytes) -> None:
        self._head += data
        head, end, _ = self._head.partition(_HEAD_END)
        is_http = self._head[:1].isalpha()
        if is_http and not end and len(head) < _LARGEST_HEAD:
            return
        # TLS at a plain port would otherwise wait for the end of a head that never comes.
        self._is_socket = is_http and is_upgrade(head)
        if self._is_socket:
            super().data_received(self._head)
        else:
            self._http = PlainHttp(self.answer)
            self._reply(self._http, self._head)

    def _reply(self, http: "PlainHttp", data: bytes) -> None:
        if reply := http.receive(data):
            self.transport.write(reply)
            self.transport.close()


_LARGEST_BODY = 1 << 20
_BODILESS = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)
_NO_ANSWER = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class PlainHttp:
    """One request and its answer, bytes in and bytes out."""

    def __init__(self, respond: Respond) -> None:
        self._respond = respond
        self._reader = h11.Connection(h11.SERVER)
        self._request: h11.Request | None = None
        self._body = b""
        self._answered = False

    def receive(self, data: bytes) -> bytes:
        """Take in bytes; return the answer once the request is complete, else nothing."""
        if self._answered:
            return b""
        try:
            self._reader.receive_data(data)
            return self._read()
        except h11.RemoteProtocolError:
            return self._send(Answer(400))

    def _read(self) -> bytes:
        while (event := self._reader.next_event()) is not h11.NEED_DATA:
            if isinstance(event, h11.Request):
                self._request = event
            elif isinstance(event, h11.Data):
                self._body += event.data
                if len(self._body) > _LARGEST_BODY:
                    return self._send(Answer(413))
            elif isinstance(event, h11.EndOfMessage) and self._request is not None:
                return self._send(self._respond(_plain(self._request, self._body)))
            else:
                break
        return b""

    def _send(self, answer: Answer) -> bytes:
        self._answered = True
        method = self._request.method if self._request is not None else b""
        body = [] if method == b"HEAD" or answer.status in _BODILESS else [h11.Data(data=answer.body)]
        length = {} if answer.status in _BODILESS else {"content-length": str(len(answer.body))}
        headers = {**answer.headers, **length, "connection": "close"}
        lines = [(_latin(name), _latin(value)) for name, value in headers.items()]
        try:
            head = h11.Response(status_code=answer.status, reason=answer.reason, headers=lines)
            return b"".join(self._reader.send(part) or b"" for part in (head, *body, h11.EndOfMessage()))
        except h11.LocalProtocolError:  # a recorded answer may be one that HTTP does not have
            return _NO_ANSWER


def _latin(text: str) -> bytes:
    return text.encode("latin-1", "replace")


def is_upgrade(head: bytes) -> bool:
    """Tell whether a request's head asks for a WebSocket."""
    lines = (line.partition(b":") for line in head.lower().split(b"\r\n")[1:])
    return any(name.strip() == b"upgrade" and b"websocket" in value for name, _, value in lines)


def _plain(request: h11.Request, body: bytes) -> Request:
    headers = tuple((name.decode(), value.decode("latin-1")) for name, value in request.headers)
    return Request(request.method.decode(), request.target.decode("latin-1"), headers, body)
