import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pybase64 import b64decode

from rtdebug.protocol.secrets import Redactor
from rtdebug.recording.encoder import Encoder
from rtdebug.recording.format import Header
from rtdebug.recording.writer import RecordingWriter
from rtdebug.wire.messages import Message

from .terminal import Recorded, append, rtdebug

ODD = [
    b'{"type":"x",\n "a": NaN}',
    '{"type":"é\u2028","big":123456789012345678901234567890}'.encode(),
    b'{"type":"x","a":"\\ud800"}',
    b"",
    b"\x1b[31mred",
    append(bytes(range(256))),
]
BINARY = b"\x00\xff\n"


@pytest.fixture
def recorded(tmp_path: Path) -> Recorded:
    made = Recorded(tmp_path / "rec").call()
    for odd in ODD:
        made.say("client", odd)
    made.say("server", Message(1, True, BINARY, 1, False))
    made.end()
    return made


@pytest.mark.parametrize("name", ["", "events.jsonl"])
def test_messages_print_to_the_byte_one_after_the_other(recorded: Recorded, name: str) -> None:
    done = rtdebug("cat", recorded.folder / name)
    assert (done.status, done.talk) == (0, "")
    assert done.out == b"".join(message + b"\n" for message in recorded.messages)


def test_json_is_one_line_a_message_whatever_it_holds(recorded: Recorded) -> None:
    done = rtdebug("cat", recorded.folder, "--json")
    lines = [json.loads(line) for line in done.out.decode().split("\n")[:-1]]
    said = [line["text"].encode() if "text" in line else b64decode(line["base64"]) for line in lines]
    assert said == recorded.messages
    assert [line["seq"] for line in lines] == sorted(line["seq"] for line in lines)
    assert {tuple(line) for line in lines} == {("seq", "at_ns", "from", "text"), ("seq", "at_ns", "from", "base64")}
    assert lines[0]["from"] == "server"
    assert lines[1]["from"] == "client"


def test_what_cannot_be_rebuilt_is_said_and_ends_with_1(recorded: Recorded) -> None:
    (recorded.folder / "client.wav").unlink()
    done = rtdebug("cat", recorded.folder)
    assert done.status == 1
    assert done.talk.count("cannot be rebuilt") == 6
    assert "client.wav" in done.talk
    assert done.out.startswith(recorded.messages[0] + b"\n" + recorded.messages[6])


def test_a_cut_off_line_is_said_and_the_rest_printed(recorded: Recorded) -> None:
    events = recorded.folder / "events.jsonl"
    events.write_bytes(events.read_bytes()[:-10])
    done = rtdebug("cat", recorded.folder)
    assert done.status == 1
    assert "is cut off" in done.talk
    assert done.out == b"".join(message + b"\n" for message in recorded.messages)


def test_a_file_that_is_no_recording_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "x").touch()
    done = rtdebug("cat", tmp_path / "x")
    assert done.status == 3
    assert done.talk.count("\n") == 1
    assert "not a recording" in done.talk


def test_hostile_words_of_a_recording_do_not_reach_the_terminal_as_talk(tmp_path: Path) -> None:
    folder = Recorded(tmp_path / "rec").call().end()
    events = folder / "events.jsonl"
    data = events.read_bytes().replace(b'"like":4', b'"like":"\\u001b[31m\\u202e\\u009b"')
    events.write_bytes(data)
    for done in (rtdebug("cat", folder), rtdebug("verify", folder)):
        assert done.status == 1
        shown = done.talk + ("" if done.out.startswith(b"{") else done.text)
        assert not set(shown) & set("\x1b\u202e\x9b")


@pytest.mark.parametrize(
    "command", [["cat"], ["cat", "--json"], ["verify"], ["verify", "--json"], ["ls"], ["ls", "--json"]]
)
def test_a_reader_that_has_enough_ends_it_quietly(command: list[str], tmp_path: Path) -> None:
    made = Recorded(tmp_path / "rec")
    for number in range(300):
        made.say("server", b'{"type":"x","n":%d,"s":"%b"}' % (number, b"x" * 1000))
    folder = made.end()
    read, write = os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-m", "rtdebug", *command, str(folder)], stdout=write, stderr=subprocess.PIPE, text=True
    )
    os.close(write)
    if command[0] == "cat":
        os.read(read, 10)
    os.close(read)
    _, talk = process.communicate(timeout=30)
    assert talk == ""


def noted(folder: Path, carries: str, *notes: tuple[str, dict[str, object]]) -> Path:
    """A recording that holds no messages but these entries."""
    encoder = Encoder(Header(1, carries), Redactor())
    for kind, fields in notes:
        encoder.note(1, kind, **fields)
    encoder.end(2)
    writer = RecordingWriter(folder)
    writer.write(encoder.take_batch())
    writer.close()
    return writer.folder


ASKED = {
    "request": {"head": ["POST /v1/x HTTP/1.1", "A: b"], "body": {"size": 7, "text": '{"a":\n1}'}},
    "response": {"head": ["HTTP/1.1 401 No", "C: \x1b[31m"], "body": {"size": 5_000_000, "not_kept": "over 4 MiB"}},
}


def test_plain_http_prints_as_requests_and_answers(tmp_path: Path) -> None:
    silent = {"request": {"head": ["GET /v1/y HTTP/1.1"], "body": {}}, "error": "the upstream hung up"}
    folder = noted(tmp_path / "x_http", "http", ("http", ASKED), ("http", silent))
    done = rtdebug("cat", folder)
    assert (done.status, done.talk) == (0, "")
    assert done.text.splitlines() == [
        *("> POST /v1/x HTTP/1.1", "> A: b", '{"a":', "1}"),
        *("< HTTP/1.1 401 No", "< C: ·[31m", "(5,000,000 bytes, not kept: over 4 MiB)", ""),
        *("> GET /v1/y HTTP/1.1", "(the upstream hung up)", ""),
    ]
    first, second = (json.loads(line) for line in rtdebug("cat", folder, "--json").text.splitlines())
    assert (first["kind"], first["request"]) == ("http", ASKED["request"])
    assert second["error"] == "the upstream hung up"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"response": {"head": ["HTTP/1.1 401 Unauthorized"]}}, "the handshake was refused with 401; `--seq 2` prints"),
        ({"response": {"head": ["HTTP/1.1 101 Switching"]}}, "nobody said anything after the handshake"),
        ({}, "the handshake was not answered"),
    ],
    ids=["refused", "silent", "unanswered"],
)
def test_why_there_are_no_messages_is_said(tmp_path: Path, fields: dict[str, object], said: str) -> None:
    folder = noted(tmp_path / "x", "websocket", ("opened", {"request": {"head": ["GET / HTTP/1.1"]}, **fields}))
    for words in ([], ["--json"]):
        done = rtdebug("cat", folder, *words)
        assert (done.status, done.out) == (0, b"")
        assert f"no messages: {said}" in done.talk
    assert json.loads(rtdebug("cat", folder, "--seq", "2").text)["kind"] == "opened"
