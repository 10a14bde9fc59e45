"""Which tracks samples go to, what a line shares with an earlier one, and what gaps say."""

from pathlib import Path

import pytest

from rtdebug.protocol.secrets import Redactor
from rtdebug.recording.reader import RecordingReader
from rtdebug.recording.verify import verify
from rtdebug.wire.messages import Gap, Message

from .calls import Call, append, delta, event, ga_session, lines, messages, record, tone

PCM = event("session.update", session=ga_session("input", "audio/pcm", 24000))
ULAW = event("session.update", session=ga_session("input", "audio/pcmu"))
SIXTEEN = event("session.update", session=ga_session("input", "audio/pcm", 16000))


def client(*payloads: bytes) -> list:
    return [("client", payload) for payload in payloads]


def proven(folder: Path, sent: list) -> Path:
    assert messages(folder) == sent
    verdict = verify(folder)
    assert verdict.clean, verdict.problems
    return folder


def audio_of(folder: Path, track: str) -> bytes:
    with RecordingReader(folder) as reader:
        frames = max(
            entry.audio.start + entry.audio.frames
            for entry in reader.entries()
            if entry.audio is not None and entry.audio.track == track
        )
        return reader.samples(track, 0, frames)


def likes(folder: Path) -> list[int | None]:
    return [line.get("like") for line in lines(folder) if "audio" in line]


def test_client_audio_is_like_the_one_before(tmp_path: Path) -> None:
    sent = client(*(append(tone(10, seed)) for seed in range(5)))
    folder = proven(record(tmp_path / "rec", sent), sent)
    assert likes(folder) == [None, 3, 3, 3, 3]
    assert all("event" not in line for line in lines(folder)[3:])


def test_another_text_begins_a_new_likeness(tmp_path: Path) -> None:
    sent = client(append(b"aa"), append(b"bb"), append(b"cc", event_id="e"), append(b"dd", event_id="e"), append(b"ee"))
    folder = proven(record(tmp_path / "rec", sent), sent)
    assert likes(folder) == [None, 3, None, 5, None]


@pytest.mark.parametrize(
    "odd", [Message(1, False, append(tone(4)), 2, False), Message(1, False, append(b"zz"), 1, True)]
)
def test_a_message_that_came_in_pieces_between_does_not_confuse_likeness(odd: Message, tmp_path: Path) -> None:
    call = Call(tmp_path / "rec")
    call.say(("client", append(b"aa")), ("client", odd), ("client", append(b"bb")), ("client", append(b"cc")))
    sent = client(append(b"aa"), odd.payload, append(b"bb"), append(b"cc"))
    proven(call.end(), sent)


def test_audio_that_stays_in_its_line_does_not_confuse_likeness(tmp_path: Path) -> None:
    sent = client(append(b"aa"), append(b"odd"), append(b"bb"), b'{"type":"x"}', append(b"cc"))
    proven(record(tmp_path / "rec", sent), sent)


def test_formats_that_change_in_mid_call_get_tracks_of_their_own(tmp_path: Path) -> None:
    sent = client(append(b"aa"), ULAW, append(b"b"), append(b"c"), SIXTEEN, append(b"dd"), PCM, append(b"ee"))
    folder = proven(record(tmp_path / "rec", sent, flush_each=True), sent)
    assert sorted(path.name for path in folder.glob("*.wav")) == ["client-2.wav", "client-3.wav", "client.wav"]
    assert audio_of(folder, "client.wav") == b"aaee"
    assert audio_of(folder, "client-2.wav") == b"bc"
    assert audio_of(folder, "client-3.wav") == b"dd"
    tracks = {line["track"]: (line["encoding"], line["rate"]) for line in lines(folder) if line.get("kind") == "track"}
    assert tracks == {"client.wav": ("pcm16", 24000), "client-2.wav": ("pcmu", 8000), "client-3.wav": ("pcm16", 16000)}


@pytest.mark.parametrize("name", ["g711_ulaw", "g711_alaw"])
def test_beta_sessions_in_g711_come_back_to_the_byte(name: str, tmp_path: Path) -> None:
    session = {"input_audio_format": name, "output_audio_format": name}
    every = bytes(range(256))
    sent = [
        ("client", event("session.update", session=session)),
        ("server", event("session.updated", session=session)),
        ("client", append(every)),
        ("client", append(every[::-1])),
        ("client", append(b"x")),
        ("server", delta(every + b"x", kind="response.audio.delta")),
    ]
    folder = proven(record(tmp_path / "rec", sent), sent)
    assert audio_of(folder, "client.wav") == every + every[::-1] + b"x"
    assert audio_of(folder, "server.wav") == every + b"x"


def test_a_response_with_a_format_of_its_own_goes_to_a_track_of_its_own(tmp_path: Path) -> None:
    sent = [
        ("server", delta(b"aa", "resp_1")),
        ("server", event("response.created", response={"id": "resp_2", **ga_session("output", "audio/pcmu")})),
        ("server", delta(b"b", "resp_2")),
        ("server", delta(b"cc", "resp_1")),
        ("server", event("response.done", response={"id": "resp_2", "status": "completed"})),
        ("server", delta(b"dd", "resp_3")),
    ]
    folder = proven(record(tmp_path / "rec", sent), sent)
    assert audio_of(folder, "server.wav") == b"aaccdd"
    assert audio_of(folder, "server-2.wav") == b"b"


def test_a_translation_session_states_the_rate_of_what_it_says(tmp_path: Path) -> None:
    said = b'{"type":"session.output_audio.delta","sample_rate":16000,"delta":"YWE="}'
    sent = [("client", b'{"type":"session.input_audio_buffer.append","audio":"YWE="}'), ("server", said)]
    folder = proven(record(tmp_path / "rec", sent), sent)
    with RecordingReader(folder) as reader:
        assert reader.track_format("server.wav").rate == 16000


def test_no_more_tracks_than_is_bearable(tmp_path: Path) -> None:
    sent = []
    for rate in range(8000, 8100):
        update = event("session.update", session=ga_session("input", "audio/pcm", rate))
        sent += client(update, append(rate.to_bytes(2, "big")))
    folder = proven(record(tmp_path / "rec", sent), sent)
    assert len(list(folder.glob("*.wav"))) <= 16


def test_a_skipped_batch_is_a_gap_that_names_its_entries_and_the_rest_is_whole(tmp_path: Path) -> None:
    call = Call(tmp_path / "rec").say(("client", append(b"aa")), ("client", append(b"bb"))).flush()
    call.say(("client", append(b"cc")), ("client", append(b"dd")))
    first = call.writer.last_seq + 1
    call.encoder.skip(9, "not recorded: a test", first)
    call.say(("client", append(b"ee")), ("client", append(b"ff")))
    folder = call.end()
    assert [message for _, message in messages(folder)] == [append(b"aa"), append(b"bb"), append(b"ee"), append(b"ff")]
    [gap] = [line for line in lines(folder) if line.get("kind") == "gap"]
    assert (gap["first"], gap["last"]) == (first, first + 1)
    verdict = verify(folder)
    assert verdict.exact == 4
    assert not verdict.clean
    assert any("not recorded: a test" in problem for problem in verdict.problems)
    assert lines(folder)[-1]["gaps"] == 1


def test_a_recording_whose_first_batch_was_lost_still_begins_with_its_header(tmp_path: Path) -> None:
    call = Call(tmp_path / "rec").say(("client", append(b"aa")))
    call.encoder.skip(9, "not recorded: a test", 1)
    folder = call.say(("client", append(b"bb"))).end()
    assert messages(folder) == client(append(b"bb"))
    assert not verify(folder).clean


def test_a_gap_on_the_wire_is_said(tmp_path: Path) -> None:
    folder = Call(tmp_path / "rec").say(("server", Gap(3, "a message over 64 MiB", 99))).end()
    [gap] = [line for line in lines(folder) if line.get("kind") == "gap"]
    assert (gap["from"], gap["reason"], gap["size"]) == ("server", "a message over 64 MiB", 99)
    assert not verify(folder).clean


def test_what_was_struck_out_is_named_and_the_rest_is_proven(tmp_path: Path) -> None:
    secret = "0123456789abcdef-very-secret"
    call = Call(tmp_path / "rec", Redactor((secret,)))
    tools = [{"type": "mcp", "authorization": "mcp-secret"}]
    call.say(
        ("client", event("session.update", session={"tools": tools})),
        ("client", append(b"aa", event_id=secret)),
        ("client", append(b"bb")),
        ("client", Message(1, True, b"\xff" + secret.encode() + b"\x00", 1, False)),
        ("client", b'{"authorization": "mcp-secret", "n": NaN}'),
        ("client", Message(1, True, event("session.update", session={"tools": tools}), 1, False)),
    )
    folder = call.end()
    raw = (folder / "events.jsonl").read_bytes()
    assert secret.encode() not in raw
    assert b"mcp-secret" not in raw
    assert b'"redacted":["session.tools[0].authorization"],"size":' in raw
    verdict = verify(folder)
    assert verdict.clean
    assert (verdict.exact, verdict.redacted) == (1, 5)
    assert messages(folder)[3][1] == b"\xff[redacted]\x00"
