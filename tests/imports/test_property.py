"""Whatever a log holds, importing ends in a recording that is whole, or in one clear error."""

import json
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from rtdebug.imports.har import sockets
from rtdebug.imports.lines import read_lines
from rtdebug.imports.log import logs
from rtdebug.imports.records import ALONE, around, tell_all
from rtdebug.imports.source import Source
from rtdebug.imports.told import Misread, Told

from .logs import CALL, import_log

WORDS = [
    "from",
    "event",
    "data",
    "type",
    "client",
    "server",
    "session.update",
    "response.done",
    "time",
    "kind",
    "close",
]
WORDS += [
    "code",
    "text",
    "base64",
    "opcode",
    "at_ns",
    "audio",
    "input_audio_buffer.append",
    "messages",
    "{",
    '{"type":',
]
KEYS = st.sampled_from(WORDS) | st.text(max_size=5)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | KEYS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=20,
)
LINES = st.one_of(
    st.binary(max_size=60),
    st.text(max_size=60).map(lambda text: text.encode("utf-8", "surrogatepass")),
    VALUES.map(lambda value: json.dumps(value).encode()),
    st.tuples(st.text(max_size=20), VALUES).map(
        lambda pair: (pair[0] + json.dumps(pair[1])).encode("utf-8", "replace")
    ),
    VALUES.map(lambda value: repr(value).encode("utf-8", "replace")),
    VALUES.map(lambda value: json.dumps(value, indent=1).encode()),
    st.sampled_from([json.dumps({"from": who, "event": event}).encode() for who, event in CALL]),
)


@given(st.lists(LINES, max_size=8))
@settings(deadline=None)
def test_no_line_stops_the_reading(lines: list[bytes]) -> None:
    for told in read_lines([line + b"\n" for line in lines]):
        assert isinstance(told, Told | Misread)


@given(VALUES, st.text(max_size=30))
@settings(deadline=None)
def test_no_value_stops_the_reading(value: object, before: str) -> None:
    list(tell_all(value, None, ALONE))
    list(tell_all(value, None, around(before)))


@given(
    st.lists(st.dictionaries(st.sampled_from(["_webSocketMessages", "request", "response", "x"]), VALUES), max_size=3)
)
@settings(deadline=None)
def test_no_har_stops_the_reading(entries: list[object]) -> None:
    for socket in sockets({"log": {"entries": entries}}) or []:
        list(socket.told())
        _ = (socket.request, socket.response, socket.upstream, socket.refusal, socket.began)


@given(st.lists(LINES, max_size=6), st.integers(0, 30))
@settings(deadline=None, max_examples=60)
def test_what_can_be_imported_is_whole(lines: list[bytes], cut: int) -> None:
    call = json.dumps({"from": "client", "event": CALL[1][1], "time": 1767323045}).encode()
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "log"
        data = b"\n".join([call, *lines])
        path.write_bytes(data[: len(data) - cut] if cut < len(data) - len(call) else data)
        [log] = logs(Source(path))
        made = import_log(log, Path(name) / "out")  # verifies it
        assert made.survey.messages == len(made.said) >= 1
