"""Whatever crossed the wire can be had back to the byte, and `verify` says so."""

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pybase64 import b64encode

from rtdebug.recording.verify import verify
from rtdebug.wire.messages import Control, Message

from .calls import Call, append, delta, event, lines, messages, record, small_call, tone

A = b64encode(tone(10)).decode()
ODD_MESSAGES = {
    "empty": b"",
    "not JSON": b"hello",
    "half JSON": b'{"type":"x","a":',
    "NaN": b'{"type":"x","a":NaN,"b":Infinity}',
    "a huge integer": b'{"type":"x","a":' + b"7" * 10_000 + b"}",
    "an integer past 64 bits": b'{"type":"x","a":123456789012345678901234567890}',
    "odd numbers": b'{"type":"x","a":1.0,"b":1e5,"c":-0,"d":1.10}',
    "duplicate keys": b'{"type":"x","type":"y","a":1,"a":2}',
    "depth 100,000": b'{"type":"x","a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "depth 1,000": b'{"type":"x","a":' + b"[" * 1000 + b"]" * 1000 + b"}",
    "a lone surrogate": b'{"type":"x","a":"\\ud800"}',
    "an escaped NUL": b'{"type":"x","a":"\\u0000"}',
    "a raw NUL": b'{"type":"x","a":"\x00"}',
    "line separators": '{"type":"x","a":"\u2028\u2029\x85"}'.encode(),
    "a BOM": b'\xef\xbb\xbf{"type":"x"}',
    "raw newlines": b'{\n"type":"x",\r\n"a":1}\n',
    "raw CR": b'{"type":"x",\r"a":1}',
    "invalid UTF-8": b'{"type":"x","a":"\xff\xfe"}',
    "an overlong form": b'{"type":"x","a":"\xc0\xaf"}',
    "an encoded surrogate": b'{"type":"x","a":"\xed\xa0\x80"}',
    "an array": b'[{"type":"x"}]',
    "a string": b'"type"',
    "null": b"null",
    "no type": b'{"a":1}',
    "type is a number": b'{"type":1}',
    "type is not first": b'{"a":"event","hash":"x","type":"x"}',
    "an odd type": b'{"type":"a\\"b\\\\c\\u0041"}',
    "our own keys": b'{"type":"x","seq":1,"hash":"0","event":{"event":1},"audio":[1,2,3],"like":2}',
    "our own line": b'{"seq":2,"at_ns":1,"from":"client","hash":"00","event":{"type":"x"}}',
    "blanks around": b'  {"type":"x"}\t ',
}
ODD_AUDIO = {
    "padding missing": f'{{"type":"T","K":"{A.rstrip("=")}"}}',
    "padding doubled": f'{{"type":"T","K":"{A}="}}',
    "trailing bits": '{"type":"T","K":"QR=="}',
    "line breaks in it": f'{{"type":"T","K":"{A[:8]}\\n{A[8:]}"}}',
    "blanks in it": f'{{"type":"T","K":"{A[:8]} {A[8:]}"}}',
    "url-safe letters": '{"type":"T","K":"_-_-"}',
    "escaped slashes": '{"type":"T","K":"\\/\\/8A"}',
    "escaped letters": '{"type":"T","K":"\\u0041AAA"}',
    "an odd number of bytes": '{"type":"T","K":"AAAA"}',
    "empty": '{"type":"T","K":""}',
    "null": '{"type":"T","K":null}',
    "a number": '{"type":"T","K":5}',
    "missing": '{"type":"T"}',
    "not base64": '{"type":"T","K":"hello, world"}',
    "given twice": f'{{"type":"T","K":"{A}","K":"AAAA"}}',
    "given twice, empty last": f'{{"type":"T","K":"{A}","K":""}}',
    "nested first": f'{{"type":"T","x":{{"K":"{A}"}},"K":"{A}"}}',
    "nested only": f'{{"type":"T","x":{{"K":"{A}"}}}}',
    "in a string": f'{{"type":"T","x":"\\"K\\":\\"{A}\\"","K":"{A}"}}',
    "type last": f'{{"K":"{A}","type":"T"}}',
    "blanks everywhere": f'{{ "type" : "T" , "K" : "{A}" }}',
    "newlines everywhere": f'{{\n "type": "T",\n "K":\n"{A}"\n}}',
    "with a carriage return": f'{{"type":"T",\r"K":"{A}"}}',
    "before other text": f'{{"type":"T","K":"{A}","é":"\u2028 ,\\"event\\":"}}',
    "cut off": f'{{"type":"T","K":"{A}',
    "of another type": f'{{"type":"other","K":"{A}"}}',
    "type given twice": f'{{"type":"T","type":"x","K":"{A}"}}',
    "behind much else": f'{{"type":"T","x":"{"y" * 1000}","K":"{A}"}}',
    "invalid UTF-8 beside it": f'{{"type":"T","x":"\xff","K":"{A}"}}',
}
KINDS = [
    ("client", "input_audio_buffer.append", "audio"),
    ("client", "session.input_audio_buffer.append", "audio"),
    ("server", "response.output_audio.delta", "delta"),
    ("server", "response.audio.delta", "delta"),
    ("server", "session.output_audio.delta", "delta"),
]


def proves(folder: Path, sent: list) -> None:
    assert messages(folder) == sent
    verdict = verify(folder)
    assert (verdict.clean, verdict.exact) == (True, len(sent)), verdict.problems
    for line in lines(folder):
        assert next(iter(line)) in ("seq", "rtdebug")


@pytest.mark.parametrize("name", ODD_MESSAGES)
def test_an_odd_message_comes_back_to_the_byte(name: str, tmp_path: Path) -> None:
    sent = [("client", ODD_MESSAGES[name]), ("server", ODD_MESSAGES[name]), ("client", b'{"type":"after"}')]
    folder = record(tmp_path / "rec", sent)
    assert messages(folder) == sent
    assert verify(folder).clean
    if "depth" not in name:
        assert len(lines(folder)) == 5


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind[1])
def test_odd_audio_comes_back_to_the_byte_between_good_audio(kind: tuple, tmp_path: Path) -> None:
    sender, type_, key = kind
    good = json.dumps({"type": type_, key: A}).encode()
    sent = [(sender, good)]
    for odd in ODD_AUDIO.values():
        encoded = odd.replace('"T"', f'"{type_}"').replace('K\\"', f'{key}\\"').replace('"K"', f'"{key}"')
        sent += [(sender, encoded.encode("latin-1" if "\xff" in odd else "utf-8")), (sender, good)]
    proves(record(tmp_path / "rec", sent, flush_each=True), sent)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind[1])
def test_audio_of_either_dialect_moves_out_of_its_line(kind: tuple, tmp_path: Path) -> None:
    sender, type_, key = kind
    sent = [(sender, json.dumps({"type": type_, key: A}, separators=(",", ":")).encode())] * 2
    folder = record(tmp_path / "rec", sent)
    proves(folder, sent)
    assert A.encode() not in (folder / "events.jsonl").read_bytes()
    assert (folder / f"{sender}.wav").read_bytes().endswith(tone(10) * 2)


def test_a_server_says_client_words_and_a_client_server_words_without_harm(tmp_path: Path) -> None:
    sent = [("server", append(tone(5))), ("client", delta(tone(5))), ("server", delta(tone(5)))]
    proves(record(tmp_path / "rec", sent), sent)


def test_fragments_and_compression_are_noted(tmp_path: Path) -> None:
    folder = record(tmp_path / "rec", [("client", Message(1, False, b'{"type":"x"}', 3, True))])
    assert lines(folder)[1]["fragments"] == 3
    assert lines(folder)[1]["compressed"] is True


def test_control_frames_are_entries_with_what_they_said(tmp_path: Path) -> None:
    codes = [b"", b"\x03\xe8", b"\x0b\xb8why", b"\x0f\xa0\xff"]
    folder = record(tmp_path / "rec", [("server", Control(1, 8, code)) for code in codes] + [
        ("client", Control(1, 9, b"\x00\xff")), ("client", Control(1, 10, b"pong")), ("client", Control(1, 3, b"")),
    ])  # fmt: skip
    found = lines(folder)[1:-1]
    assert [line.get("code", "-") for line in found] == [None, 1000, 3000, 4000, "-", "-", "-"]
    assert [line["kind"] for line in found] == ["close"] * 4 + ["ping", "pong", "frame"]
    assert [found[2]["text"], found[3]["base64"], found[4]["base64"], found[5]["text"]] == [
        "why",
        "/w==",
        "AP8=",
        "pong",
    ]
    assert verify(folder).clean


@pytest.mark.parametrize("sender", ["client", "server"])
def test_an_event_of_21_mib_comes_back_to_the_byte(sender: str, tmp_path: Path) -> None:
    audio = tone(1 << 16) * 128
    sent = [(sender, (append if sender == "client" else delta)(audio)), (sender, event("x", image="A" * (21 << 20)))]
    folder = record(tmp_path / "rec", sent)
    proves(folder, sent)
    assert (folder / f"{sender}.wav").stat().st_size < len(audio) + 200


def test_any_status_of_a_response_leaves_the_last_line_readable(tmp_path: Path) -> None:
    call = Call(tmp_path / "rec")
    for status in ("completed", "event", "hash", "text", "audio", 'a,"event":', "like"):
        call.say(("server", event("response.done", response={"status": status})))
    verdict = verify(call.end())
    assert verdict.clean, verdict.problems


MESSAGES = st.one_of(
    st.binary(max_size=100),
    st.text(max_size=60).map(str.encode),
    st.sampled_from(list(ODD_MESSAGES.values())).filter(lambda message: len(message) < 5000),
    st.builds(append, st.binary(max_size=40)),
    st.builds(append, st.binary(max_size=40), event_id=st.sampled_from(["e", "f"])),
    st.builds(delta, st.binary(max_size=40), st.sampled_from(["resp_1", "resp_2"])),
    st.sampled_from([what for _, what in small_call() if isinstance(what, bytes)]),
    st.sampled_from(["g711_ulaw", "g711_alaw", "pcm16"]).map(
        lambda name: event("session.update", session={"input_audio_format": name})
    ),
    st.sampled_from(["g711_ulaw", "pcm16"]).map(
        lambda name: event("response.created", response={"id": "resp_1", "output_audio_format": name})
    ),
)
TIMES = st.integers(0, 2**62)
WIRE = st.builds(Message, TIMES, st.just(False), MESSAGES, st.integers(1, 3), st.booleans()) | st.builds(
    Message, TIMES, st.just(True), st.binary(max_size=50), st.just(1), st.booleans()
)


@settings(deadline=None, max_examples=150)
@given(st.lists(st.tuples(st.sampled_from(["client", "server"]), WIRE), max_size=15), st.booleans())
def test_anything_comes_back_to_the_byte(happenings: list, flush_each: bool) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = record(Path(place) / "rec", happenings, flush_each=flush_each)
        assert messages(folder) == [(sender, message.payload) for sender, message in happenings]
        verdict = verify(folder)
        assert verdict.clean, verdict.problems
