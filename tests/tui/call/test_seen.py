from pathlib import Path

import numpy as np

from rtdebug.recording.encoder import Encoder
from rtdebug.recording.format import Header
from rtdebug.recording.writer import RecordingWriter
from rtdebug.tui.call.call import Call
from rtdebug.tui.call.document import audio_words
from rtdebug.tui.call.folding import Folding
from rtdebug.tui.call.seen import Said, Seen
from rtdebug.tui.cells import text_of
from rtdebug.tui.pages.heading import heading
from tests.cli.test_cat import noted
from tui.call.journals import SAMPLES, append, opened, record


def first(call: Call, name: str) -> int:
    return next(index for index in range(len(call.journal)) if call.journal.kind(index).name == name)


def run_of(call: Call, name: str) -> np.ndarray:
    folding = Folding(call.journal)
    folding.take(100_000)
    return np.asarray(folding.members(int(folding.runs[first(call, name)])))


def test_a_run_says_what_its_entries_say_together() -> None:
    call = opened(SAMPLES / "tool-call")
    said = Seen(call).run(run_of(call, "response.function_call_arguments.delta"))
    assert said == Said('{"train": "10:15"}')
    words = Seen(call).run(run_of(call, "response.output_audio_transcript.delta"))
    assert words.words.startswith("“Done. You have") and words.words.endswith("”")


def test_a_run_of_audio_is_as_long_as_all_of_it() -> None:
    call = opened(SAMPLES / "barge-in")
    members = run_of(call, "input_audio_buffer.append")
    assert Seen(call).run(members) == Said("", 20_000_000 * len(members))


def test_the_end_of_a_response_begins_with_its_sign() -> None:
    call = opened(SAMPLES / "barge-in")
    assert Seen(call).one(first(call, "response.done")).words.startswith("✕ cancelled (turn_detected)")


def test_what_is_no_message_is_told_in_words() -> None:
    call = opened(SAMPLES / "barge-in")
    assert Seen(call).one(first(call, "opened")).words == "dialled in 1 ms"
    told = [Seen(call).one(at).words for at in range(first(call, "close"), len(call.journal))]
    assert told == [
        "1000 by the client",
        "1000 in answer by the server",
        "server left",
        "client left",
        "client closed 1000",
    ]


def test_an_end_without_a_close_frame_is_told_once(tmp_path: Path) -> None:
    encoder, writer = Encoder(Header(1, "websocket")), RecordingWriter(tmp_path / "lost")
    encoder.note(10, "closed", "server", how="reset")
    encoder.note(20, "closed", "client", how="reset")
    encoder.tally.ends("server reset")
    encoder.gap(30, "the disk was full", None, 1)
    encoder.end(40)
    writer.write(encoder.take_batch())
    writer.close()
    call = opened(writer.folder)
    told = [Seen(call).one(at).words for at in (0, 1, 3)]
    assert told == [
        "server broke off, without a close frame",
        "client broke off",
        "server reset, 1 gap",
    ]


def test_a_problem_is_what_a_message_says(tmp_path: Path) -> None:
    call = opened(record(tmp_path / "odd", [("client", b"[1,2]")]))
    assert Seen(call).one(0).words == "it is no JSON object"


def test_audio_is_told_in_words(tmp_path: Path) -> None:
    call = opened(SAMPLES / "barge-in")
    index = first(call, "response.output_audio.delta")
    assert audio_words(call, call.entry(index)) == "200 ms of audio, 9,600 bytes, server.wav from 0.0 s"
    folder = record(tmp_path / "short", [append(), append()])
    with (folder / "client.wav").open("r+b") as file:
        file.truncate(128)
    call = opened(folder)
    last = len(call.journal) - 1
    assert audio_words(call, call.entry(last)).startswith("0 ms of audio, 6 bytes, client.wav from 0.0 s")
    (folder / "client.wav").unlink()
    call = opened(folder)
    assert audio_words(call, call.entry(last)) == "3 frames of audio; client.wav: No such file or directory"


def test_plain_http_is_told_as_such(tmp_path: Path) -> None:
    asked = {
        "request": {"head": ["POST /v1/x HTTP/1.1", "A: b"], "body": {}},
        "response": {"head": ["HTTP/1.1 401 \x1b[2JNo"], "body": {}},
    }
    silent = {"request": {"head": ["GET /v1/y HTTP/1.1"], "body": {}}, "error": "the upstream hung up"}
    call = Call(noted(tmp_path / "x_http", "http", ("http", asked), ("http", silent), ("http", {})))
    call.step(10**12)
    said = [Seen(call).one(index).words for index in range(3)]
    assert said == ["POST /v1/x → 401 ·[2JNo", "GET /v1/y → the upstream hung up", ""]
    (line, *_) = heading(call.recorded(), 120)
    assert text_of(line).split("│")[1:] == ["  http  ", "  0.00 s  ", "  plain HTTP, no call"]
    call.close()
