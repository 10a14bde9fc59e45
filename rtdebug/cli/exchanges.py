"""Plain HTTP as `rtdebug cat` prints it: each exchange's heads and bodies, to be read. Pure."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from rtdebug.protocol.reading import list_in, object_in, text_in, whole_in
from rtdebug.units import plain

if TYPE_CHECKING:
    from rtdebug.recording.format import Entry


def told(entry: "Entry") -> str:
    """Return an exchange as curl -v shows one: `>` before the lines of the request, `<` before the answer's."""
    return "\n".join(plain(line) for line in _lines(entry.fields))


def _lines(fields: Mapping[str, Any]) -> Iterator[str]:
    for mark, side in ((">", "request"), ("<", "response")):
        for line in list_in(fields, side, "head"):
            yield f"{mark} {line}"
        body = object_in(fields, side, "body")
        text = text_in(body, "text")
        if text:
            yield from text.splitlines()
        elif size := whole_in(body, "size"):
            why = text_in(body, "not_kept")
            yield f"({size:,} bytes, {f'not kept: {why}' if why else 'no text'})"
    error = text_in(fields, "error")
    if error:
        yield f"({error})"
    yield ""
