"""permessage-deflate (RFC 7692), one direction: what was agreed, and inflating without trusting the sender."""

import re
import zlib
from dataclasses import dataclass

_TAIL = b"\x00\x00\xff\xff"
_STEP = 1 << 20
_PATIENCE = 3
"""Times the limit that may be inflated in vain, all in all, to stay in step: inflating costs time too."""


class TooLarge(Exception):
    """The message inflates past its limit; `size` is how far it went."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.size = size


@dataclass(frozen=True, slots=True)
class DeflateTerms:
    """What both ends agreed on, as the 101 answer states it."""

    client_window: int = 15
    server_window: int = 15
    client_keeps_context: bool = True
    server_keeps_context: bool = True


def agreed_terms(extensions: str) -> DeflateTerms | None:
    """Read the answer's `Sec-WebSocket-Extensions`; None when deflate was not agreed on."""
    for extension in extensions.split(","):
        name, *parameters = (part.strip() for part in extension.split(";"))
        if name.lower() != "permessage-deflate":
            continue
        values = {key.strip().lower(): value.strip(' "') for key, _, value in (p.partition("=") for p in parameters)}
        return DeflateTerms(
            client_window=_window(values.get("client_max_window_bits")),
            server_window=_window(values.get("server_max_window_bits")),
            client_keeps_context="client_no_context_takeover" not in values,
            server_keeps_context="server_no_context_takeover" not in values,
        )
    return None


def _window(text: str | None) -> int:
    # zlib cannot inflate with a window of 8 bits; a larger window reads the same stream.
    return max(9, min(15, int(text))) if text and re.fullmatch(r"[0-9]{1,3}", text) else 15


class Inflater:
    """Inflates one direction's compressed messages, in order."""

    __slots__ = ("_in_vain", "_stream", "_window", "keeps_context")

    def __init__(self, *, window: int, keeps_context: bool) -> None:
        self._window = window
        self.keeps_context = keeps_context
        """A message may refer to those before it, so that none can be passed over."""
        self._stream = zlib.decompressobj(wbits=-window)
        self._in_vain = 0

    def inflate(self, data: bytes, limit: int) -> bytes:
        """Return the message; raise TooLarge past `limit` bytes and zlib.error on data that is not deflate.

        After TooLarge the stream is still in step: later messages inflate as they should. A bomb that goes on
        and on, or one after another, is not inflated to its end, and counts as what is not deflate.
        """
        if not self.keeps_context:
            self._stream = zlib.decompressobj(wbits=-self._window)
        parts, size, rest = [], 0, data + _TAIL
        while rest:
            part = self._stream.decompress(rest, _STEP)
            rest = self._stream.unconsumed_tail
            size += len(part)
            if size <= limit:
                parts.append(part)
            else:
                parts.clear()
                self._in_vain += min(len(part), size - limit)
            if self._in_vain > _PATIENCE * limit:
                raise zlib.error(f"it goes on past {size >> 20} MiB")
            if not part and not self._stream.unconsumed_tail:
                break
            if self._stream.eof:  # a block marked final: the next message starts a stream of its own
                rest = self._stream.unused_data
                self._stream = zlib.decompressobj(wbits=-self._window)
        if size > limit:
            raise TooLarge(size)
        return b"".join(parts)
