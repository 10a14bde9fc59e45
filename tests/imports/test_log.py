import gzip
import json
import os
from pathlib import Path

import pytest

from rtdebug.errors import RecordingError, UsageError
from rtdebug.imports.builder import build
from rtdebug.imports.log import logs, nothing_in
from rtdebug.imports.source import Source
from rtdebug.imports.survey import survey
from rtdebug.recording.format import Header, read_header, write_header

from .logs import UPDATE, import_lines


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (gzip.compress(b"x" * 50, mtime=0), "gzip"),
        (b"PK\x03\x04xxxx", "ZIP"),
        (b"RIFF....WAVE", "audio"),
        (b"\x00\x01\x02", "binary"),
        (b"<html></html>", "HTML"),
        (b"Dear diary", "text"),
        (b'{"a": 1}\n{"b": 2}', "JSON"),
        (b"[]", "JSON"),
        (b"{", "JSON"),
        (b"null", "text"),
    ],
)
def test_what_holds_no_messages_is_said_to_look_like_what_it_is(data: bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / "what.har"
    path.write_bytes(data)
    source = Source(path)
    [log] = logs(source)
    assert survey(log).messages == 0
    refusal = str(nothing_in(source))
    assert refusal.startswith("what.har: no Realtime messages")
    assert words in refusal
    assert "HAR files" in refusal


@pytest.mark.parametrize(
    ("data", "words"), [(b"", "empty"), (b" \n ", "empty"), (b'{"rtdebug":1,"seq":1}\n', "recording already")]
)
def test_what_needs_no_reading_is_refused_at_once(data: bytes, words: str, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(data)
    with pytest.raises(UsageError, match=words):
        logs(Source(tmp_path / "x"))


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file"):
        Source(tmp_path / "none")


def test_what_comes_through_a_pipe_is_read_twice_all_the_same(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    if not os.fork():
        (tmp_path / "pipe").write_text(json.dumps(UPDATE))
        os._exit(0)
    [log] = logs(Source(tmp_path / "pipe"))
    assert [len(list(log.told())) for _ in range(2)] == [1, 1]


def test_progress_is_told_while_a_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b'{"type": "session.update"}\n' * 3)
    told: list[tuple[int, int]] = []
    assert len(list(Source(tmp_path / "x", lambda done, size: told.append((done, size))).lines())) == 3
    assert told == [(27, 81), (54, 81), (81, 81)]


def test_nothing_is_ever_overwritten(tmp_path: Path) -> None:
    folders = [import_lines([UPDATE], tmp_path).built.folder.name for _ in range(3)]
    assert folders == ["call", "call-2", "call-3"]


def test_a_disk_that_takes_nothing_is_said(tmp_path: Path) -> None:
    (tmp_path / "x").write_text(json.dumps(UPDATE))
    (tmp_path / "out").write_text("a file")
    [log] = logs(Source(tmp_path / "x"))
    with pytest.raises(RecordingError, match="cannot be written"):
        build(log, survey(log), tmp_path / "out")


def test_the_header_says_where_it_comes_from(tmp_path: Path) -> None:
    header = import_lines([UPDATE], tmp_path).header
    assert (header.source, header.lacks, header.carries) == ("call.log (bare events)", ("times",), "websocket")


@pytest.mark.parametrize("lacks", [7, "times", {"times": 1}, None])
def test_a_header_that_lacks_nonsense_lacks_nothing(lacks: object) -> None:
    line = json.dumps({"rtdebug": 1, "seq": 1, "started_ns": 0, "carries": "websocket", "lacks": lacks}).encode()
    assert read_header(line + b"\n", "x").lacks == ()


def test_a_header_of_a_live_recording_says_nothing_of_imports() -> None:
    assert b"lacks" not in write_header(Header(1, "websocket"))
    assert b"source" not in write_header(Header(1, "websocket"))
    header = Header(1, "websocket", lacks=("times", "audio"), source="call.har (HAR)")
    assert read_header(write_header(header), "x") == header


def test_secrets_are_struck_out_and_the_keys_around_too(tmp_path: Path) -> None:
    event = {
        "type": "error",
        "error": {"message": "Incorrect API key provided: sk-proj-****cdef."},
        "note": "my-own-key-of-old",
    }
    client = {
        "type": "session.update",
        "session": {"tools": [{"type": "mcp", "authorization": "Bearer hush-hush-hush"}]},
    }
    (tmp_path / "x").write_text("\n".join(map(json.dumps, [event, client])))
    [log] = logs(Source(tmp_path / "x"))
    folder = build(log, survey(log), tmp_path / "out", ("my-own-key-of-old",)).folder
    text = (folder / "events.jsonl").read_text()
    assert "[redacted]" in text
    assert not any(secret in text for secret in ("****cdef", "hush", "my-own-key"))
