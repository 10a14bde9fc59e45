"""Whatever is said on the wire, every report can be written of it."""

import io

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from rtdebug.protocol.event import EventReader
from rtdebug.recording.format import Entry
from rtdebug.reports import transcript, usage
from rtdebug.reports.json import session_json
from rtdebug.reports.recorded import Recorded
from rtdebug.reports.show import SECTIONS, show
from rtdebug.session.fold import CLIENT, SERVER, Fold

IDS = st.sampled_from(["", "a", "b", "c"])
TEXTS = st.sampled_from(["", "hi", "\x1b[2J", "[red]", "\u202e", "x" * 200, "a\n\n1\n--> b"])
NUMBERS = st.integers(-5, 4000) | st.sampled_from([2**70, 1e300, 0.5, -1]) | st.none()
TOKENS = st.dictionaries(
    st.sampled_from(["input_tokens", "output_tokens", "total_tokens", "input_token_details", "seconds", "type"]),
    NUMBERS | st.dictionaries(st.sampled_from(["text_tokens", "audio_tokens", "cached_tokens"]), NUMBERS),
)
TYPES = ["message", "function_call", "function_call_output", "mcp_call", "mcp_approval_request", "odd", None]
ITEMS = st.fixed_dictionaries(
    {"id": IDS, "type": st.sampled_from(TYPES)},
    optional={
        "role": st.sampled_from(["user", "assistant", "system"]) | TEXTS,
        "status": TEXTS,
        "content": st.lists(
            st.fixed_dictionaries({"type": st.sampled_from(["input_audio", "output_audio", "text"]), "text": TEXTS}),
            max_size=2,
        ),
        "name": TEXTS,
        "arguments": TEXTS,
        "output": TEXTS,
        "call_id": IDS,
    },
)
DETAILS = st.dictionaries(
    st.sampled_from(["reason", "type", "error"]), TEXTS | st.dictionaries(TEXTS, TEXTS, max_size=2)
)
RESPONSES = st.fixed_dictionaries(
    {"id": IDS},
    optional={
        "status": st.sampled_from(["completed", "cancelled", "failed", "incomplete", "in_progress"]) | TEXTS,
        "status_details": DETAILS | TEXTS,
        "usage": TOKENS,
        "output": st.lists(ITEMS, max_size=2),
        "conversation_id": st.none() | IDS,
        "metadata": st.dictionaries(TEXTS, TEXTS, max_size=1),
    },
)
SETTINGS = st.recursive(TEXTS | NUMBERS, lambda inner: st.dictionaries(TEXTS | IDS, inner, max_size=3), max_leaves=6)
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "item_id": IDS,
        "response_id": IDS,
        "previous_item_id": IDS,
        "item": ITEMS,
        "response": RESPONSES,
        "session": st.dictionaries(st.sampled_from(["id", "model", "audio", "voice", "type"]), SETTINGS, max_size=4),
        "delta": TEXTS | st.just("AAAA" * 400),
        "audio": st.just("AAAA" * 400),
        "transcript": TEXTS,
        "text": TEXTS,
        "audio_end_ms": NUMBERS,
        "audio_start_ms": NUMBERS,
        "content_index": st.integers(-1, 2),
        "output_index": st.integers(-1, 2),
        "usage": TOKENS,
        "error": st.dictionaries(st.sampled_from(["type", "code", "message", "param", "event_id"]), TEXTS),
        "event_id": IDS,
        "rate_limits": st.lists(st.dictionaries(TEXTS, NUMBERS, max_size=2), max_size=2),
        "arguments": TEXTS,
    },
)
EVENTS = st.lists(
    st.tuples(
        st.sampled_from([("client", name) for name in CLIENT] + [("server", name) for name in SERVER]),
        FIELDS,
        st.integers(0, 400),
    ),
    max_size=25,
)


@settings(deadline=None)
@given(EVENTS, st.booleans())
def test_every_report_can_be_written(events: list[tuple[tuple[str, str], dict[str, object], int]], timed: bool) -> None:
    reader, fold, at_ns = EventReader(has_times=timed), Fold(), 0
    for seq, ((sender, name), fields, wait) in enumerate(events, 2):
        at_ns += wait * 1_000_000
        text = orjson.dumps({**_small(fields), "type": name})
        fold.take(reader.read(Entry(seq, at_ns, sender, "message", {}, text)))  # type: ignore[arg-type]
    told = Recorded(fold.session, "it", vendor="other")
    out = io.StringIO()
    console = Console(file=out, width=80, highlight=False, markup=False, emoji=False)
    for part in show(told, list(SECTIONS), named=True):
        console.print(part)
    console.print(usage.table([told], by_response=True))
    console.print(usage.table([told, told], by_response=False))
    assert not set(out.getvalue()) & set("\x1b\u202e")
    assert max(map(len, out.getvalue().splitlines())) <= 80
    orjson.loads(session_json(told))
    orjson.loads(usage.json([told]))
    assert usage.comma_separated([told])
    assert transcript.markdown(told)
    transcript.json(told)
    if fold.session.duration_ns is not None:
        transcript.srt(told)


def _small(value: object) -> dict[str, object]:
    """Leave out what orjson itself cannot write; a number that large comes as a float."""
    return {key: float(inner) if inner == 2**70 else _deep(inner) for key, inner in value.items()}  # type: ignore[attr-defined]


def _deep(value: object) -> object:
    if isinstance(value, dict):
        return _small(value)
    if isinstance(value, list):
        return [_deep(inner) for inner in value]
    return value
