import json
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtdebug.tui.cells import cells, text_of
from rtdebug.tui.pages.json import Document
from rtdebug.tui.pages.layout import Layout
from rtdebug.tui.pages.tokens import Note

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


def lines(document: Document, width: int = 200) -> list[str]:
    return [text_of(document.row(row, width)) for row in range(document.count())]


def shown(value: Any, width: int = 200) -> list[str]:
    return lines(Document(orjson.dumps(value)), width)


def test_an_object_stands_on_lines_with_numbers() -> None:
    assert shown({"type": "response.done", "response": {"id": "r", "output": [1, None]}, "e": {}, "l": []}) == [
        "  1 {",
        '  2   "type": "response.done",',
        '  3   "response": {',
        '  4     "id": "r",',
        '  5     "output": [',
        "  6       1,",
        "  7       null",
        "  8     ]",
        "  9   },",
        ' 10   "e": {},',
        ' 11   "l": []',
        " 12 }",
    ]


def test_each_kind_of_value_has_its_colour() -> None:
    document = Document(b'{"a":"b","c":-1.5e3,"d":true}')
    assert list(document.row(1, 80))[2:] == [
        ('"a"', "json.key"),
        (": ", "json.mark"),
        ('"b"', "json.string"),
        (",", "json.mark"),
    ]
    assert ("-1.5e3", "json.number") in document.row(2, 80)
    assert ("true", "json.word") in document.row(3, 80)


def test_nothing_is_spelled_anew() -> None:
    text = b'{"a":1.50,"a":123456789012345678901234567890,"b":"\\u00e9\\ud800 \\/"}'
    assert [line[3:].strip() for line in lines(Document(text))] == [
        "{",
        '"a": 1.50,',
        '"a": 123456789012345678901234567890,',
        '"b": "\\u00e9\\ud800 \\/"',
        "}",
    ]


@given(JSON, st.booleans())
def test_the_lines_are_those_of_a_pretty_printer(value: Any, ascii_only: bool) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, separators=(",", ":")).encode("utf-8", "surrogatepass")
    layout = Layout(text)
    pretty = json.dumps(value, ensure_ascii=ascii_only, indent=2, separators=(",", ":"))
    expected = pretty.encode("utf-8", "surrogatepass").split(b"\n")
    spans = [layout.span(line) for line in range(len(layout))]
    assert [text[start:end] for start, end in spans] == [line.lstrip(b" ") for line in expected]
    assert [2 * layout.depth(line) for line in range(len(layout))] == [len(x) - len(x.lstrip(b" ")) for x in expected]


@given(st.binary(max_size=80) | st.text(alphabet='{}[]",:\\ a1\n', max_size=80).map(str.encode), st.integers(12, 90))
def test_whatever_it_is_it_can_be_drawn_and_folded(text: bytes, width: int) -> None:
    for is_json in (True, False):
        document = Document(text, is_json=is_json)
        for row in range(min(5, document.count())):
            document.toggle(row, width)
        document.fold_all()
        assert all(isinstance(text_of(document.row(row, width)), str) for row in range(document.count()))


def test_audio_that_was_taken_out_is_told_in_its_place() -> None:
    text = b'{"type":"response.output_audio.delta","delta":"","item_id":"i"}'
    note = Note(text.index(b'""') + 1, "100 ms of audio, 4,800 bytes, server.wav from 12.3 s")
    assert lines(Document(text, note=note))[2] == (
        ' 3   "delta": \u2039100 ms of audio, 4,800 bytes, server.wav from 12.3 s\u203a,'
    )


def test_a_long_string_is_cut_and_its_length_is_said() -> None:
    line = shown({"instructions": "word " * 100}, 60)[1]
    assert line.startswith(' 2   "instructions": "word word')
    assert line.endswith(" \u2039517 bytes\u203a")
    assert cells([(line, "")]) <= 60


def test_a_long_string_is_laid_open_with_its_line_breaks() -> None:
    document = Document(orjson.dumps({"text": "one\ntwo  three", "n": 1}))
    document.toggle(1, 60)
    assert lines(document)[1:5] == [
        ' 2   "text": "one\\ntwo  three",',
        "   │ one",
        "   │ two  three",
        ' 3   "n": 1',
    ]
    assert document.where(3) == (1, 2)
    assert document.row_of(2) == 4
    document.toggle(3, 60)
    assert document.count() == 4


def test_json_within_json_is_laid_open_as_json() -> None:
    document = Document(orjson.dumps({"arguments": '{"train":"10:15"}'}))
    document.toggle(1, 60)
    assert lines(document)[2:5] == ["   │ {", '   │   "train": "10:15"', "   │ }"]


def test_a_string_that_is_seen_whole_has_nothing_to_open() -> None:
    document = Document(orjson.dumps({"id": "short"}))
    document.toggle(1, 60)
    assert document.count() == 3


def test_what_a_line_opens_is_folded_and_unfolded() -> None:
    document = Document(orjson.dumps({"a": {"b": [1, 2]}, "c": 3}))
    document.toggle(1, 60)
    assert lines(document) == [" 1 {", ' 2   "a": { \u20394 lines\u203a },', ' 8   "c": 3', " 9 }"]
    assert document.where(2)[0] == 7
    document.unfold_to(3)
    assert document.count() == 9


def test_everything_one_step_in_is_folded_at_once() -> None:
    document = Document(orjson.dumps({"a": {"b": 1}, "c": [1], "d": 2}))
    document.fold_all()
    assert [line.split()[0] for line in lines(document)] == ["1", "2", "5", "8", "9"]
    document.fold_all()
    assert document.count() == 9


def test_what_is_no_json_is_text() -> None:
    assert lines(Document(b"hello\nworld", is_json=False)) == [" 1 hello", " 2 world"]


def test_what_is_no_text_is_bytes() -> None:
    (line,) = lines(Document(b"\xff\x00AB", is_json=False))
    assert line.startswith(" 1 00000000  ff 00 41 42 ")
    assert line.endswith(" ··AB")


def test_a_head_stands_above() -> None:
    document = Document(b"[]", head=((("! odd", "bad"),),))
    assert lines(document) == ["! odd", " 1 []"]
    assert document.where(0) == (-1, 0)


def test_words_are_found_and_marked() -> None:
    document = Document(orjson.dumps({"a": "Needle", "b": "x", "c": "needle needle"}))
    first = document.find("needle", 0, 1)
    assert first is not None and document.line_at(first) == 1
    later = document.find("needle", document.span(1)[1], 1)
    assert later is not None and document.line_at(later) == 3
    back = document.find("needle", document.span(3)[0], -1)
    assert back == first
    assert document.times("NEEDLE") == 3
    assert document.find("none", 0, 1) is None
    assert ("Needle", "match") in document.row(1, 80, "needle")


@pytest.mark.parametrize("evil", ["\x1b[31m", "\u202eabc", "\u200b", "[red]x[/]", "\x9b2J", "👨\u200d👩", "\ufe0f"])
def test_hostile_text_is_harmless(evil: str) -> None:
    raw = b'{"k' + evil.encode() + b'":"' + evil.encode() + b'"}'
    for is_json in (True, False):
        for line in lines(Document(raw, is_json=is_json)):
            assert not any(bad in line for bad in ("\x1b", "\u202e", "\u200b", "\x9b", "\u200d", "\ufe0f"))


def test_megabytes_on_one_line_are_cut() -> None:
    document = Document(b'{"a":"' + b"x" * 3_500_000 + b'"}')
    assert document.count() == 3
    assert cells(document.row(1, 80)) <= 80
    document.toggle(1, 80)
    assert text_of(document.row(document.count() - 2, 80)).endswith("more")


def test_deep_nesting_keeps_to_the_width() -> None:
    document = Document(b"[" * 3000 + b"1" + b"]" * 3000)
    assert max(cells(document.row(row, 60)) for row in range(document.count())) <= 60


def test_backslashes_before_quotes_are_counted() -> None:
    assert [x[3:] for x in lines(Document(b'["a\\\\","b\\\\\\"],[",2]'))] == [
        "[",
        '  "a\\\\",',
        '  "b\\\\\\"],[",',
        "  2",
        "]",
    ]
