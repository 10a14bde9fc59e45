"""Plain HTTP that was recorded, answered again: the same exchange for the same method and path. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from rtdebug.protocol.reading import inside, list_in
from rtdebug.recording.format import Entry, Header
from rtdebug.replay.refresh import refreshed
from rtdebug.replay.script import body_of, headers_of, status_of

_REQUEST: Final = re.compile(r"([A-Z]+) (\S+) HTTP/1\.[01]")


@dataclass(frozen=True, slots=True)
class Exchange:
    """One recorded request and its answer."""

    method: str
    path: str
    """Without its query."""
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    recorded_s: int
    """Wall clock when it was recorded."""


def exchanges_of(header: Header, entries: Iterable[Entry]) -> list[Exchange]:
    """Read the exchanges of a recording; those without an answer are left out."""
    began_s = header.started_ns // 1_000_000_000
    found = (_exchange(entry.fields, began_s) for entry in entries if entry.kind == "http")
    return [one for one in found if one is not None]


def _exchange(told: Mapping[str, Any], recorded_s: int) -> Exchange | None:
    asked = [line for line in list_in(told, "request", "head") if isinstance(line, str)]
    answered = [line for line in list_in(told, "response", "head") if isinstance(line, str)]
    request = _REQUEST.match(asked[0]) if asked else None
    status = status_of(answered)
    if request is None or status is None or inside(told, "response", "body", "not_kept"):
        return None
    return Exchange(request[1], request[2].partition("?")[0], status, headers_of(answered), body_of(told), recorded_s)


class Desk:
    """The exchanges of all recordings, each given in its turn; the last of a kind again and again."""

    def __init__(self, exchanges: Iterable[Exchange]) -> None:
        self._given: dict[tuple[str, str], list[Exchange]] = {}
        for one in exchanges:
            self._given.setdefault((one.method, _plain(one.path)), []).append(one)

    def answer(self, method: str, path: str, now_s: int) -> Exchange | None:
        """Return the next answer to such a request; None where none was recorded."""
        waiting = self._given.get((method, _plain(path)), [])
        if not waiting:
            return None
        one = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        return replace(one, body=refreshed(one.body, one.recorded_s, now_s))

    @property
    def paths(self) -> list[str]:
        """What can be asked for."""
        return [f"{method} {path}" for method, path in self._given]


def _plain(path: str) -> str:
    return path.partition("?")[0].rstrip("/")
