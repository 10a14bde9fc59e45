"""Where an HTTP body ends: h11 reads a copy of each direction, the bytes themselves pass as they are."""

import h11

from rtdebug.wire.handshake import HEAD_LIMIT, Head


class BodyError(Exception):
    """The bytes do not follow HTTP/1.1's framing; the text says how."""


class BodyReader:
    """Follows one message's body through the bytes that carry it."""

    def __init__(self, connection: h11.Connection) -> None:
        self._connection = connection
        self.done = False
        """The body has ended."""
        self._stream_ended = False

    def feed(self, data: bytes) -> tuple[bytes, int]:
        """Take wire bytes (b"" at the end of the stream); return the body in them and how many belonged to it.

        Raises BodyError.
        """
        body = bytearray()
        self._stream_ended = not data
        try:
            self._connection.receive_data(data)
            while not self.done:
                event = self._connection.next_event()
                if isinstance(event, h11.Data):
                    body += event.data
                elif isinstance(event, h11.EndOfMessage):
                    self.done = True
                elif event is h11.NEED_DATA or event is h11.PAUSED:
                    break
                elif isinstance(event, h11.ConnectionClosed):
                    self.done = True
        except h11.RemoteProtocolError as error:
            raise BodyError(str(error)) from error
        # Until the body ends, what h11 has not made sense of yet is a piece of it too.
        rest = self._connection.trailing_data[0] if self.done else b""
        return bytes(body), len(data) - len(rest)

    @property
    def keeps_alive(self) -> bool:
        """Say whether another message may follow on the same connection."""
        return self.done and not self._stream_ended and self._connection.their_state is not h11.MUST_CLOSE


def request_body(head: Head) -> BodyReader:
    """Follow the body of this request; raise BodyError where its framing is ambiguous."""
    reader = BodyReader(h11.Connection(h11.SERVER, max_incomplete_event_size=HEAD_LIMIT))
    _check_framing(head)
    reader.feed(head.to_bytes())
    return reader


def response_body(request: Head, response: Head) -> BodyReader:
    """Follow the body of the answer to `request`; raise BodyError where its framing is ambiguous."""
    connection = h11.Connection(h11.CLIENT, max_incomplete_event_size=HEAD_LIMIT)
    upgrade = [("connection", "upgrade"), ("upgrade", "websocket")] if request.is_upgrade else []
    connection.send(h11.Request(method=request.method, target="/", headers=[("host", "x"), *upgrade]))
    connection.send(h11.EndOfMessage())
    reader = BodyReader(connection)
    _check_framing(response)
    reader.feed(response.to_bytes())
    return reader


def _check_framing(head: Head) -> None:
    # Two ways of saying where a body ends let two readers disagree about it.
    if head.values("transfer-encoding") and head.values("content-length"):
        raise BodyError("it has both Content-Length and Transfer-Encoding")
