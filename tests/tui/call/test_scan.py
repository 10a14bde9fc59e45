import json
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rtdebug.tui.call.scan import Scan
from tui.call.journals import SAMPLES, opened, record


def hits(folder: Path, word: str) -> list[int]:
    """The numbers of the entries that hold a word."""
    call = opened(folder)
    scan = Scan(call.path, call.journal, word)
    while scan.step(1):
        pass
    scan.close()
    call.close()
    return [call.journal.seqs[index] for index in scan.hits.nonzero()[0]]


def said(text: str) -> tuple[str, dict[str, Any]]:
    return "server", {"type": "response.output_text.done", "text": text}


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("hello", "Well, HELLO there"),
        ('say "hi"', 'They say "hi" to you'),
        ("café", "le CAFÉ"),
        ("a\\b", "a\\b"),
        ("naïve", "naïve"),
        ("日本", "日本語"),
        ("</b>", "<b></b>"),
    ],
)
@pytest.mark.parametrize("escapes", [False, True])
def test_a_word_is_found_as_json_may_spell_it(tmp_path: Path, word: str, text: str, escapes: bool) -> None:
    value = json.dumps({"type": "x", "text": text}, ensure_ascii=escapes).encode()
    assert hits(record(tmp_path / "r", [said("other"), ("server", value)]), word) == [3]


def test_a_slash_may_be_escaped(tmp_path: Path) -> None:
    assert hits(record(tmp_path / "r", [("server", b'{"type":"x","text":"a\\/b"}')]), "a/b") == [2]


def test_json_within_json_is_looked_through(tmp_path: Path) -> None:
    arguments = orjson.dumps({"city": 'L"eeds'}).decode()
    assert hits(record(tmp_path / "r", [("server", {"type": "x", "arguments": arguments})]), 'l"eeds') == [2]


def test_a_message_that_is_no_json_is_looked_through(tmp_path: Path) -> None:
    assert hits(record(tmp_path / "r", [("client", b'say "hi"\nand bye'), said("x")]), 'say "hi"') == [2]


def test_what_the_recording_says_of_a_message_is_not_the_message(tmp_path: Path) -> None:
    folder = record(tmp_path / "r", [said("x"), said("y")])
    assert hits(folder, "at_ns") == []
    assert hits(folder, "server") == []


def test_all_that_share_a_text_are_found_with_it() -> None:
    call = opened(SAMPLES / "barge-in")
    found = hits(SAMPLES / "barge-in", "input_audio_buffer.append")
    kinds = [call.journal.kind(call.index_of(seq)).name for seq in found]
    assert kinds.count("input_audio_buffer.append") == sum(
        call.journal.kind(index).name == "input_audio_buffer.append" for index in range(len(call.journal))
    )


def test_a_file_that_is_gone_holds_nothing(tmp_path: Path) -> None:
    call = opened(record(tmp_path / "r", [said("x")]))
    (tmp_path / "r" / "events.jsonl").unlink()
    scan = Scan(call.path, call.journal, "x")
    assert scan.step(1_000_000_000) is False
    assert not scan.hits.any()
    scan.close()


def test_a_close_reason_is_found() -> None:
    call = opened(SAMPLES / "barge-in")
    kinds = {call.journal.kind(call.index_of(seq)).name for seq in hits(SAMPLES / "barge-in", "sess_kytv")}
    assert "end" in kinds


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.text(alphabet='ab"\\ é/\n', max_size=6), max_size=8),
    st.text(alphabet='ab"\\ é/', min_size=1, max_size=2),
    st.integers(0, 1 << 30),
)
def test_it_finds_what_reading_every_message_finds(tmp_path: Path, texts: list[str], word: str, number: int) -> None:
    folder = tmp_path / f"r{number}-{abs(hash((tuple(texts), word)))}"
    if folder.exists():
        return
    found = hits(record(folder, [said(text) for text in texts]), word)
    sure = [seq for seq, text in enumerate(texts, 2) if word in text]
    assert set(sure) <= set(found)
    for seq in set(found) - set(sure):
        spelled = orjson.dumps(said(texts[seq - 2])[1]).decode()
        assert word in spelled or json.dumps(word, ensure_ascii=False)[1:-1] in spelled
