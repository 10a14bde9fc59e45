"""How many messages recordings without a last line have: the exact number while they are small."""

import io
from pathlib import Path

from rtdebug.recording.counting import count_messages
from rtdebug.recording.library import summarize
from rtdebug.wire.messages import PING, Control

from .calls import Call, append, delta, event, messages, record, small_call, tone


def test_messages_are_counted_and_nothing_else(tmp_path: Path) -> None:
    call = Call(tmp_path / "rec").say(*small_call())
    call.encoder.note(1, "told", text='\n{"seq":9,"at_ns":1,"from":"server","hash":"x"}')
    call.flush()
    summary = summarize(call.folder)
    assert (summary.live, summary.complete, summary.is_estimate) == (True, False, False)
    assert summary.messages == len(messages(call.folder)) < summary.entries - 2
    assert summary.responses is None
    ended = summarize(call.end())
    assert (ended.messages, ended.responses, ended.counted) == (summary.messages, {}, None)


def test_a_line_that_was_cut_off_is_none(tmp_path: Path) -> None:
    folder = record(tmp_path / "rec", small_call())
    path, known = folder / "events.jsonl", len(messages(folder))
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]))
    assert summarize(folder).messages == known
    path.write_bytes(lines[0] + lines[1] + lines[2][:-1])
    assert summarize(folder).messages == 1
    path.write_bytes(b"")
    assert summarize(folder).messages == 0


def test_a_last_message_of_any_size_is_counted(tmp_path: Path) -> None:
    call = Call(tmp_path / "rec").say(("client", event("note", text="x" * 1_000_000))).flush()
    summary = summarize(call.folder)
    assert (summary.messages, summary.entries) == (1, 2)


def test_of_a_large_one_pieces_are_read_and_the_number_is_near(tmp_path: Path) -> None:
    call, known = Call(tmp_path / "rec"), 0
    for number in range(30_000):
        is_ping = number < 12_000 and number % 2
        known += not is_ping
        said = event("words", text="x" * (number * 7919 % 400))
        call.say(("server", Control(number, PING, b"1") if is_ping else said))
    call.flush()
    data = (call.folder / "events.jsonl").read_bytes()

    class Watched(io.BytesIO):
        taken = 0

        def read(self, size: int | None = -1) -> bytes:
            found = super().read(size)
            self.taken += len(found)
            return found

    file = Watched(data)
    found = count_messages(file, len(data), call.encoder.seq)
    assert len(data) > 5 << 20
    assert file.taken <= 1 << 20
    assert not found.exact
    assert abs(found.messages - known) < known / 20
    summary = summarize(call.folder)
    assert (summary.messages, summary.is_estimate) == (found.messages, True)


def test_responses_that_were_begun_and_not_ended_are_in_progress(tmp_path: Path) -> None:
    def told(kind: str, id_: object, **more: object) -> tuple[str, bytes]:
        return "server", event(kind, response={"id": id_, **more})

    happenings = [
        told("response.created", "resp_1"),
        ("server", delta(tone(60))),
        told("response.done", "resp_1", status="completed"),
        told("response.created", "resp_2"),
        told("response.created", "resp_2"),
        ("client", event("response.created", response={"id": "resp_3"})),
        ("client", append(tone(48))),
        told("response.done", "resp_9", status="cancelled"),
        told("response.created", None),
    ]
    responses = summarize(record(tmp_path / "rec", happenings)).responses
    assert responses == {"completed": 1, "cancelled": 1, "in_progress": 2}
