"""HTTP heads and bodies as fields of an entry: redacted, readable, and never larger than is bearable. Pure."""

import zlib
from typing import Any

from pybase64 import b64encode

from rtdebug.protocol.secrets import Redactor
from rtdebug.wire.handshake import Head

BODY_LIMIT = 4 << 20
"""Largest HTTP body that is kept."""


class KeptBody:
    """A body on its way through: held up to the limit, counted beyond."""

    __slots__ = ("_data", "size")

    def __init__(self) -> None:
        self._data = bytearray()
        self.size = 0

    def add(self, data: bytes) -> None:
        """Take the next piece."""
        self.size += len(data)
        if self.size <= BODY_LIMIT:
            self._data += data
        else:
            self._data.clear()

    def fields(self, head: Head, redactor: Redactor) -> dict[str, Any]:
        """Return the body as fields: `text` or `base64`, and what was struck out; or why it is not kept."""
        if not self.size:
            return {}
        if self.size > BODY_LIMIT:
            return {"size": self.size, "not_kept": f"over {BODY_LIMIT >> 20} MiB"}
        coding = head.value("content-encoding").strip().lower()
        data = _decoded(bytes(self._data), coding)
        if data is None:
            # What cannot be read cannot be searched for secrets either.
            return {"size": self.size, "not_kept": f"in content coding {coding[:40]}, which cannot be searched"}
        try:
            text, is_json = data.decode(), "json" in head.value("content-type").lower()
        except UnicodeDecodeError:
            text, struck = redactor.text(data.decode("latin-1"), is_json=False)
            kept: dict[str, Any] = {"size": self.size, "base64": b64encode(text.encode("latin-1")).decode()}
        else:
            text, struck = redactor.text(text, is_json=is_json)
            kept = {"size": self.size, "text": text}
        return kept | ({"redacted": struck} if struck else {})


def _decoded(data: bytes, coding: str) -> bytes | None:
    if coding in ("", "identity"):
        return data
    if coding not in ("gzip", "x-gzip", "deflate"):
        return None
    try:
        stream = zlib.decompressobj(wbits=47)  # gzip or zlib, by its header
        decoded = stream.decompress(data, BODY_LIMIT)
    except zlib.error:
        return None
    return None if stream.unconsumed_tail or stream.unused_data else decoded


def head_fields(head: Head, redactor: Redactor) -> dict[str, Any]:
    """Return a head as fields: its lines as they came, and what was struck out."""
    kept, struck = redactor.head(head)
    return {"head": list(kept.lines())} | ({"redacted": struck} if struck else {})
