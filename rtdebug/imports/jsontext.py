"""JSON as logs hold it: behind a prefix, with commas around it, with NaN, or as Python writes a dict. Pure."""

import ast
import json
import re
import warnings
from collections.abc import Iterator
from typing import Any, NamedTuple

import orjson

_START = re.compile(r"""\{\s*["'}]|\[\s*\{""")
_LARGEST_REPR = 1 << 20
"""Longest text that is read as a Python dict: Python's own parser is slow."""
_DECODER = json.JSONDecoder(strict=False)


class Found(NamedTuple):
    """A value in a line of text."""

    before: str
    """The text between the one before (or the line's beginning) and this."""
    value: Any
    text: bytes | None
    """Its JSON as it stands there; None where it is not JSON."""


def loads(text: bytes | str) -> Any:
    """Read JSON, with NaN and lone surrogates where they occur; raise ValueError."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        try:
            return _DECODER.decode(text if isinstance(text, str) else text.decode())
        except (ValueError, RecursionError):
            raise ValueError(str(error)) from None


def dumps(value: object) -> bytes:
    """Write JSON compactly, keys in their order; raise ValueError for what cannot be written."""
    try:
        return orjson.dumps(value)
    except TypeError:
        try:
            return json.dumps(value, separators=(",", ":")).encode()
        except (TypeError, RecursionError) as error:
            raise ValueError(str(error)) from None


def find(line: bytes) -> Iterator[Found]:
    """Yield the objects and lists in a line, in order; nothing where there is none or the first is not whole."""
    text = line.strip()
    if text[:1] in (b"{", b"["):
        try:
            yield Found("", orjson.loads(text), text)
        except orjson.JSONDecodeError:
            pass
        else:
            return
    try:
        words = text.decode()
    except UnicodeDecodeError:
        return
    yield from _search(words)


def _search(words: str) -> Iterator[Found]:
    position = 0
    while start := _START.search(words, position):
        begin = start.start()
        try:
            value, end = _DECODER.raw_decode(words, begin)
            raw: bytes | None = words[begin:end].encode("utf-8", "surrogatepass")
        except (ValueError, RecursionError):
            if words[begin] == "[" and not position:  # the first line of a list that goes on
                position = begin + 1
                continue
            value, end, raw = _read_repr(words[begin:]), len(words), None
            if value is None:
                return  # an object inside one that is torn is nothing by itself
        yield Found(words[position:begin].strip("[, \t"), value, raw)
        position = end


def _read_repr(text: str) -> Any:
    """Read a dict as Python prints it, as many a log line holds; None where it is none."""
    if not text.startswith("{'") or len(text) > _LARGEST_REPR:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd escapes, by Python's parser
            return ast.literal_eval(text.rstrip(" ,;"))
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return None
