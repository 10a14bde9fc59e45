"""The ids of a replayed call: which one stands for which of the recording. Pure.

Replacing works on the text of a message, so that everything else in it stays as it was recorded, and ids are
found wherever they stand: in their fields, in the output of a tool, in the words of an error.
"""

import re
from collections.abc import Callable, Iterable
from hashlib import blake2b
from typing import Final

_TOKEN: Final = re.compile(rb"[A-Za-z0-9_-]{6,}")
_FIELD: Final = re.compile(rb'("(?:\w*_)?id"\s*:\s*)"((?:[^"\\]|\\.)*)"')
_DISTINCT: Final = re.compile(r"(?=.*[0-9_-])[A-Za-z0-9_-]{8,}")
"""Ids that are nothing else wherever they stand; others are looked for in their fields alone."""
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_HEX: Final = "0123456789abcdef"
_Look = Callable[[str], str]


class Ids:
    """The ids of one play of a recording."""

    __slots__ = ("_inward", "_known", "_outward", "_seed")

    def __init__(self, known: Iterable[str], *, seed: str | None = None) -> None:
        """Know the recording's ids; with a seed, the server's become new ones, the same for the same seed."""
        self._known = frozenset(known)
        self._seed = seed
        self._outward: dict[str, str] = {}
        self._inward: dict[str, str] = {}

    def pair(self, recorded: str, now: str) -> None:
        """Take note that what the recording calls one thing is called another now."""
        self._outward[recorded] = now
        self._inward[now] = recorded

    def now(self, recorded: str) -> str:
        """Return what an id of the recording is now; made new where it has to be."""
        known = self._outward.get(recorded)
        if known is not None or recorded not in self._known:
            return known or recorded
        made = recorded if self._seed is None else _minted(recorded, self._seed)
        self.pair(recorded, made)
        return made

    def recorded(self, now: str) -> str:
        """Return what the recording calls an id, itself where it does not know it."""
        return self._inward.get(now, now)

    def outward(self, text: bytes) -> bytes:
        """Put the ids of now into a recorded message."""
        known = self._known
        return _replaced(text, lambda found: self.now(found) if found in known else found)

    def inward(self, text: bytes) -> bytes:
        """Put the recording's ids into a message of now."""
        return _replaced(text, self.recorded) if self._inward else text


def _replaced(text: bytes, look: _Look) -> bytes:
    def token(match: re.Match[bytes]) -> bytes:
        found = match[0].decode()
        return look(found).encode() if _DISTINCT.fullmatch(found) else match[0]

    def value(match: re.Match[bytes]) -> bytes:
        try:
            found = match[2].decode()
        except UnicodeDecodeError:
            return match[0]
        new = found if _DISTINCT.fullmatch(found) else look(found)
        return match[0] if new is found else b'%b"%b"' % (match[1], new.encode())

    return _FIELD.sub(value, _TOKEN.sub(token, text))


def _minted(recorded: str, seed: str) -> str:
    """Make an id of the same look: the word before its underline stays."""
    prefix, mark, tail = recorded.partition("_")
    if not mark or not prefix.isalpha():
        prefix, mark, tail = "", "", recorded
    digest = blake2b(f"{seed}/{recorded}".encode(), digest_size=64).digest()
    letters = _HEX if re.fullmatch(r"[0-9a-f-]+", tail) else _LETTERS
    made = "".join(
        letters[digest[at % len(digest)] % len(letters)] if sign.isalnum() else sign for at, sign in enumerate(tail)
    )
    return f"{prefix}{mark}{made}"
