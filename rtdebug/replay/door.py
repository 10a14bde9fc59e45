"""The door of a replay: which recording a new connection is played, and who is turned away."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

import orjson
from websockets.asyncio.server import ServerConnection
from websockets.datastructures import Headers
from websockets.http11 import Request as Upgrade
from websockets.http11 import Response
from websockets.typing import Subprotocol

from rtdebug.protocol.identity import replay_error
from rtdebug.replay.load import Recorded
from rtdebug.replay.mismatch import Mismatch
from rtdebug.replay.shelf import Shelf
from rtdebug.replay.verdict import Verdict

_LOCAL = ("localhost", "127.0.0.1", "::1")
_JSON = {"content-type": "application/json"}
_ONCE = "Each is played once; --loop (in pytest, the marker's loop=True) plays them again and again."


@dataclass(frozen=True, slots=True)
class Cast:
    """What a connection is played."""

    place: int
    """Which of the recordings."""
    recorded: Recorded
    times: int
    """How often it had been played before."""


class Door:
    """Recordings, and the connections that have been let in to each."""

    def __init__(self, recordings: Sequence[Recorded], *, loop: bool, on_refused: Callable[[Verdict], None]) -> None:
        self._recordings = recordings
        self._shelf = Shelf([one.script for one in recordings], loop=loop)
        self._on_refused = on_refused
        self._plays: Counter[str] = Counter()
        self._cast: WeakKeyDictionary[ServerConnection, Cast] = WeakKeyDictionary()

    def admit(self, connection: ServerConnection, upgrade: Upgrade) -> Response | None:
        """Let a connection in, or return the refusal."""
        origin = upgrade.headers.get("origin")
        if origin is not None and urlsplit(origin).hostname not in _LOCAL:
            return _refusal(403, "A page of another site may not use this server.")
        place = self._shelf.take(upgrade.path, upgrade.headers.get)
        if place is None:
            return self._turn_away(upgrade)
        script = self._recordings[place].script
        if script.refusal is None:
            self._cast[connection] = Cast(place, self._recordings[place], self._plays[script.name])
            self._plays[script.name] += 1
            return None
        steps, refusal = len(script.steps), script.refusal
        ending = f"refused {refusal.status}, as recorded"
        self._on_refused(Verdict(recording=script.name, steps=steps, done=steps, notes=script.notes, ending=ending))
        return _response(refusal.status, Headers(list(refusal.headers)), refusal.body)

    def admitted(self, connection: ServerConnection, upgrade: Upgrade, response: Response) -> None:
        """Put a recording back where no WebSocket came of the request."""
        if response.status_code == HTTPStatus.SWITCHING_PROTOCOLS:
            return
        cast = self._cast.pop(connection, None)
        if cast is not None:
            self._shelf.put_back(cast.place)
            self._plays[cast.recorded.script.name] -= 1

    def select(self, connection: ServerConnection, offered: Sequence[Subprotocol]) -> Subprotocol | None:
        """Choose among the subprotocols that a client offers."""
        cast = self._cast.get(connection)
        wanted = cast.recorded.script.subprotocol if cast else ""
        return next((one for one in offered if one == (wanted or "realtime")), None)

    def cast(self, connection: ServerConnection) -> Cast:
        """Return what a connection that was let in is played, once."""
        return self._cast.pop(connection)

    def _turn_away(self, upgrade: Upgrade) -> Response:
        lacks = self._shelf.lacks(upgrade.path, upgrade.headers.get)
        why = f"there is no recording {lacks}" if lacks else "no recording is left for it"
        hint = f"There are {', '.join(one.script.name for one in self._recordings)}." if lacks else _ONCE
        what = f"{upgrade.path} was asked for, and {why}. {hint}"
        self._on_refused(Verdict(recording="", mismatches=(Mismatch("connection", what),), ending="refused 409"))
        return _refusal(409, what)


def _refusal(status: int, message: str) -> Response:
    body = orjson.dumps(replay_error("not_to_be_had", message))
    return _response(status, Headers(_JSON), body)


def _response(status: int, headers: Headers, body: bytes) -> Response:
    headers["Content-Length"] = str(len(body))
    headers["Connection"] = "close"
    reason = HTTPStatus(status).phrase if status in list(HTTPStatus) else ""
    return Response(status, reason, headers, body)
