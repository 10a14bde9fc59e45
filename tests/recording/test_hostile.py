"""Somebody else's recording cannot make reading fail, hang, or reach outside its folder."""

import json
import os
import shutil
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rtdebug.errors import RecordingError
from rtdebug.recording.format import BadLine, read_entry, seal, write_header
from rtdebug.recording.library import find, summarize
from rtdebug.recording.reader import Lost, RecordingReader, is_live
from rtdebug.recording.verify import verify

from .calls import HEADER, record, small_call


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return record(tmp_path / "rec", small_call())


def look(folder: Path) -> list[object]:
    """Read a recording in every way there is; return the entries."""
    began = time.monotonic()
    is_live(folder)
    find(folder)
    summary = summarize(folder)
    str((summary.messages, summary.model, summary.ending, summary.duration_ns))
    assert isinstance(verify(folder).clean, bool)
    with RecordingReader(folder) as reader:
        entries = list(reader.entries())
        for entry in entries:
            assert isinstance(entry.type, str)
            try:
                reader.message(entry)
            except Lost as error:
                assert str(error)
    assert time.monotonic() - began < 5
    return entries


def line(**fields: object) -> bytes:
    values = {"seq": 2, "at_ns": 1, "from": "client", **fields}
    return seal(json.dumps({key: value for key, value in values.items() if value != "MISSING"}).encode()[:-1])


def with_lines(folder: Path, *lines: bytes) -> Path:
    (folder / "events.jsonl").write_bytes(write_header(HEADER) + b"".join(lines))
    return folder


TRACKS = [
    *("../../../../etc/passwd", "/etc/passwd", "..", ".", "", "x/../client.wav", "client.wav\0", "events.jsonl"),
    *(7, None, [], {}, "client.wav/", "x" * 5000, "\u202ecliant.wav", "client-99999999999.wav", "CLIENT.WAV"),
]


@pytest.mark.parametrize("track", TRACKS, ids=lambda track: repr(track)[:30])
def test_a_track_that_is_none_is_not_opened(folder: Path, track: object, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    real = os.open

    def watched(path: object, *rest: object, **more: object) -> int:
        opened.append(os.fspath(path))  # type: ignore[call-overload]
        return real(path, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", watched)
    look(with_lines(folder, line(audio=[0, 1, 9], track=track, event={"type": "x"})))
    assert not verify(folder).clean
    assert opened
    assert all(path in (str(folder / "events.jsonl"), str(folder / "client.wav")) for path in opened)


@pytest.mark.parametrize("target", ["/etc/passwd", "server.wav", "missing", "/dev/zero", "."])
def test_a_track_that_is_a_link_is_not_followed(folder: Path, target: str) -> None:
    (folder / "client.wav").unlink()
    (folder / "client.wav").symlink_to(target)
    look(folder)
    assert not verify(folder).clean
    with RecordingReader(folder) as reader, pytest.raises(Lost):
        reader.samples("client.wav", 0, 1)


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir], ids=["pipe", "folder"])
@pytest.mark.timeout(20)
def test_a_track_that_is_no_file_is_not_waited_for(folder: Path, make: object) -> None:
    (folder / "client.wav").unlink()
    make(folder / "client.wav")  # type: ignore[operator]
    look(folder)


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir], ids=["pipe", "folder"])
@pytest.mark.timeout(20)
def test_events_that_are_no_file_are_no_recording(tmp_path: Path, make: object) -> None:
    make(tmp_path / "events.jsonl")  # type: ignore[operator]
    for read in (RecordingReader, summarize, verify):
        with pytest.raises(RecordingError):
            read(tmp_path)
    assert not is_live(tmp_path)


NUMBERS = [-1, 2**31, 2**48, 2**63, 2**64 - 1, 10**30, 0.5, 1e308, True, None, "1", [1], {}]


@pytest.mark.parametrize("number", NUMBERS, ids=repr)
@pytest.mark.parametrize("place", range(3))
def test_odd_numbers_in_audio_are_said_and_not_followed(folder: Path, number: object, place: int) -> None:
    audio: list[object] = [0, 1, 9]
    audio[place] = number
    look(with_lines(folder, line(audio=audio, event={"type": "x"}), line(seq=3, audio=audio[:2], like=2)))


@pytest.mark.parametrize("audio", [None, 5, "x", [], [1], [1, 2, 3, 4], {}, {"0": 1}], ids=repr)
def test_audio_that_is_no_place_is_said(folder: Path, audio: object) -> None:
    look(with_lines(folder, line(audio=audio, event={"type": "x"})))


KEYS = ["seq", "at_ns", "from", "kind", "hash", "text", "base64", "like", "type", "redacted"]
ODD = ["MISSING", None, True, -1, 0.5, 2**63, 2**64, "", "x", "\x1b[31m", [], [[]], {}, {"a": 1}]


@pytest.mark.parametrize("key", KEYS)
def test_wrong_types_anywhere_in_an_entry_are_said(folder: Path, key: str) -> None:
    look(with_lines(folder, *(line(**{key: odd}) for odd in ODD)))
    for odd in ODD:
        look(with_lines(folder, line(kind="end", **{key: odd}) if key != "kind" else line(kind=odd)))


@pytest.mark.parametrize("key", ["session_id", "model", "messages", "responses", "errors", "gaps", "ending"])
def test_wrong_types_in_the_last_line_are_passed_over(folder: Path, key: str) -> None:
    for odd in [*ODD, {"client": "x", "server": None}, {"client": 10**30}]:
        (folder / "events.jsonl").write_bytes(write_header(HEADER) + line(kind="end", seq=3, **{key: odd}))
        look(folder)


@pytest.mark.parametrize("key", ["rtdebug", "started_ns", "carries", "recorder", "client", "upstream", "target", "seq"])
def test_wrong_types_in_the_header_are_passed_over_or_refused(folder: Path, key: str) -> None:
    values = json.loads(write_header(HEADER))
    rest = (folder / "events.jsonl").read_bytes().partition(b"\n")[2]
    for odd in ODD:
        values[key] = odd
        (folder / "events.jsonl").write_bytes(json.dumps(values).encode() + b"\n" + rest)
        try:
            look(folder)
        except RecordingError as error:
            assert key == "rtdebug", odd
            assert "line 1" in str(error) or "Upgrade rtdebug" in str(error)


@pytest.mark.parametrize("version", [2, 3, 10**9, 2**63])
def test_a_newer_version_is_refused_in_clear_words(folder: Path, version: int) -> None:
    data = (folder / "events.jsonl").read_bytes()
    (folder / "events.jsonl").write_bytes(data.replace(b'"rtdebug":1', b'"rtdebug":%d' % version, 1))
    for read in (RecordingReader, summarize, verify):
        with pytest.raises(RecordingError, match=rf"format {version}.*reads up to 1.*Upgrade rtdebug"):
            read(folder)


@pytest.mark.parametrize(
    "data",
    [b"\n", b"\x00" * 100, b"\xff\xfe\n", b"hello", b"{}\n", b"[]\n", b"null\n", b'"x"\n', b"{" * 10**6, b"[" * 10**5],
    ids=lambda data: repr(data[:8]),
)
def test_a_file_that_is_no_recording_is_refused_in_clear_words(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "events.jsonl").write_bytes(data)
    for read in (RecordingReader, summarize, verify):
        with pytest.raises(RecordingError, match="line 1 is not the header"):
            read(tmp_path)


def test_an_empty_file_is_a_recording_cut_off_before_its_first_byte(tmp_path: Path) -> None:
    (tmp_path / "events.jsonl").write_bytes(b"")
    assert look(tmp_path) == []
    assert verify(tmp_path).problems[-1].startswith("no end")


@pytest.mark.parametrize("name", ["client.wav", "server.wav"])
@pytest.mark.parametrize("data", [b"", b"RIFF", b"\xff" * 200, b"RIFF" + bytes(200)], ids=repr)
def test_a_track_that_is_no_wav_is_said(folder: Path, name: str, data: bytes) -> None:
    (folder / name).write_bytes(data)
    look(folder)
    assert any(name in problem for problem in verify(folder).problems)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FIELDS = st.dictionaries(
    st.sampled_from(["seq", "at_ns", "from", "kind", "hash", "audio", "track", "like", "text", "base64", "event"]), JSON
)


@settings(deadline=None, max_examples=300)
@given(st.one_of(st.binary(max_size=200), FIELDS.map(lambda fields: seal(json.dumps(fields).encode()[:-1])[:-1])))
def test_a_line_is_an_entry_or_bad_and_nothing_else(data: bytes) -> None:
    try:
        entry = read_entry(data)
    except BadLine as error:
        assert str(error)
    else:
        assert isinstance(entry.seq, int)
        assert isinstance(entry.type, str)


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_recording_with_random_bytes_in_it_is_read(folder: Path, data: st.DataObject) -> None:
    events = folder / "events.jsonl"
    if not (folder / "kept").exists():
        shutil.copy(events, folder / "kept")
    whole = (folder / "kept").read_bytes()
    start = whole.index(b"\n") + 1
    at = data.draw(st.integers(start, len(whole)))
    events.write_bytes(whole[:at] + data.draw(st.binary(min_size=1, max_size=20)) + whole[at + 5 :])
    look(folder)
