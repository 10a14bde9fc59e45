"""The client's part as a machine: what it waits for, when it speaks, and what it does where the server differs."""

from base64 import b64encode
from collections.abc import Callable
from typing import Any

import orjson
import pytest

from rtdebug.replay.driving import Driving
from rtdebug.replay.load import load
from rtdebug.replay.outcome import Sound, Text
from rtdebug.replay.pace import FAST, RECORDED
from rtdebug.replay.steps import Say, Script
from rtdebug.replay.terms import Close

from .actor import RECORDINGS, SAMPLES
from .telling import CREATE, MS, Told
from .work import growth

CREATED = {"type": "session.created", "session": {"id": "sess_of_now01"}}
LISTENS = {"type": "session.created", "session": {"audio": {"input": {"turn_detection": {"type": "server_vad"}}}}}
SOUND = b64encode(bytes(960)).decode()


class Stage:
    """A driving, its clock, and what it has sent."""

    def __init__(self, script: Script, *, pace: float = FAST, patience_s: float = 5) -> None:
        self.driving = Driving(script, pace=pace, patience_s=patience_s)
        self.now_ns = 0
        self.sent: list[tuple[int, Any]] = []
        self._take(self.driving.open(0))

    def hear(self, event: Any, **fields: Any) -> "Stage":
        text = event if isinstance(event, bytes) else orjson.dumps({**event, **fields})
        self._take(self.driving.receive(text, self.now_ns))
        return self

    def wait(self, ms: float) -> "Stage":
        end_ns = self.now_ns + int(ms * MS)
        while (due := self.driving.next_ns) is not None and due <= end_ns and not self.driving.closed:
            self.now_ns = max(self.now_ns, due)
            self._take(self.driving.poll(self.now_ns))
        self.now_ns = end_ns
        return self

    def _take(self, outs: list[Any]) -> None:
        for out in outs:
            said = {Text: lambda it: _read(it.text), Sound: lambda it: "sound", Close: lambda it: f"{it.code}"}
            self.sent.append((self.now_ns // MS, said[type(out)](out)))

    def types(self) -> list[tuple[int, str]]:
        return [(at, what if isinstance(what, str) else what["type"]) for at, what in self.sent]


def _read(text: bytes) -> Any:
    try:
        return orjson.loads(text)
    except ValueError:
        return "no event"


def told() -> Told:
    return Told().server("session.created", session={"id": "sess_recorded01"})


def response(number: int, status: str = "completed", **fields: Any) -> dict[str, Any]:
    return {"id": f"resp_recorded{number:02}", "status": status, **fields}


def asked_and_answered() -> Told:
    call = (
        told().client("session.update", session={"type": "realtime"}).server("session.updated", session={}, after=300)
    )
    call.client("response.create", after=500)
    return call.server("response.created", response=response(1)).server("response.done", response=response(1))


def test_nothing_is_said_before_the_server_has_said_what_it_answers_to() -> None:
    stage = Stage(asked_and_answered().script())
    assert stage.wait(1000).sent == []
    assert stage.hear(CREATED).types() == [(1000, "session.update")]
    stage.wait(700).hear({"type": "session.updated", "session": {}})
    assert stage.types()[1:] == [(1700, "response.create")]


def test_at_the_recorded_pace_as_much_time_passes_as_then() -> None:
    stage = Stage(asked_and_answered().script(), pace=RECORDED).hear(CREATED).wait(2000)
    assert stage.types() == [(10, "session.update")]
    stage.hear({"type": "session.updated", "session": {}}).wait(499)
    assert len(stage.sent) == 1
    assert stage.wait(1).types()[1:] == [(2500, "response.create")]


def test_it_hangs_up_when_all_was_answered() -> None:
    stage = Stage(asked_and_answered().script()).hear(CREATED).hear({"type": "session.updated", "session": {}})
    begun, done = {"type": "response.created"}, {"type": "response.done"}
    stage.hear(begun, response={"id": "resp_of_now01"}).wait(3000)
    assert not stage.driving.closed
    stage.hear(done, response={"id": "resp_of_now01", "status": "completed"}).wait(200)
    assert stage.types()[-1] == (3100, "1000")
    assert stage.driving.outcome.complete
    assert stage.driving.outcome.ending == "played to its end"


def test_it_waits_for_no_other_number_of_events() -> None:
    stage = Stage(asked_and_answered().script()).hear(CREATED)
    for _ in range(5):
        stage.hear({"type": "rate_limits.updated", "rate_limits": []})
    assert len(stage.sent) == 1
    stage.hear({"type": "session.updated", "session": {}})
    assert len(stage.sent) == 2


def test_patience_ends_and_what_was_waited_for_is_named() -> None:
    stage = Stage(asked_and_answered().script()).hear(CREATED).wait(4999)
    assert not stage.driving.closed
    stage.wait(1)
    assert stage.types()[-1] == (4999 + 1, "1000")
    outcome = stage.driving.outcome
    assert not outcome.complete
    assert outcome.waited_for == "session.updated, step 3 (line 4)"
    assert outcome.ending == "gave up after 5 s without session.updated, step 3 (line 4)"


def test_what_goes_on_is_waited_for_longer_but_not_for_ever() -> None:
    stage = Stage(asked_and_answered().script()).hear(CREATED)
    for _ in range(30):
        stage.wait(4000).hear({"type": "input_audio_buffer.cleared"})
    assert stage.driving.closed
    assert stage.types()[-1][0] == 50_000


def test_a_sign_of_life_is_no_answer() -> None:
    stage = Stage(asked_and_answered().script()).hear(CREATED)
    for _ in range(6):
        stage.wait(1000).hear({"type": "ping"}).hear({"type": "who.knows"})
    assert stage.types()[-1] == (5000, "1000")


def test_a_server_that_leaves_says_how_and_what_was_missing() -> None:
    stage = Stage(asked_and_answered().script()).hear(CREATED)
    stage.driving.left("closed 1011 (oops)", stage.now_ns)
    assert stage.driving.outcome.ending == "server closed 1011 (oops)"
    assert stage.driving.outcome.waited_for == "session.updated, step 3 (line 4)"
    assert not stage.driving.outcome.complete


def test_an_error_in_place_of_an_answer_lets_the_answer_go() -> None:
    stage = Stage(asked_and_answered().script()).hear(CREATED).hear({"type": "session.updated", "session": {}})
    stage.hear({"type": "error", "error": {"message": "No."}}).wait(200)
    assert stage.driving.closed
    assert not stage.driving.outcome.complete
    assert stage.driving.outcome.ending == "played to its end, but step 4: response.create was refused"
    assert stage.driving.outcome.notes[-1] == "step 4: response.create was refused: No."


def answered_with(recorded: str, now: str) -> Stage:
    call = asked_and_answered()
    call.entries.pop()
    call.server("response.done", response=response(1, recorded))
    stage = Stage(call.script()).hear(CREATED).hear({"type": "session.updated", "session": {}})
    stage.hear({"type": "response.created", "response": {"id": "resp_of_now01"}})
    details = {"type": now, "error": {"type": "server_error", "code": "server_error"}} if now == "failed" else None
    done = {"id": "resp_of_now01", "status": now, "status_details": details}
    return stage.hear({"type": "response.done", "response": done}).wait(200)


def test_an_answer_that_fails_where_the_recorded_one_was_completed_is_a_failure() -> None:
    outcome = answered_with("completed", "failed").driving.outcome
    assert not outcome.complete
    assert outcome.ending == "played to its end, but step 6: the answer failed"
    assert outcome.notes[-1] == "step 6: the answer is failed (server_error); in the recording it was completed"


@pytest.mark.parametrize(
    ("recorded", "now"),
    [("completed", "incomplete"), ("completed", "cancelled"), ("failed", "failed"), ("cancelled", "failed")],
)
def test_another_end_of_an_answer_is_no_failure(recorded: str, now: str) -> None:
    outcome = answered_with(recorded, now).driving.outcome
    assert outcome.complete
    words = f"step 6: the answer is {now}; in the recording it was completed"
    assert (words in outcome.notes) is (recorded == "completed")


def broken_in_mid_answer(call: Told, code: str) -> Stage:
    stage = Stage(call.script()).hear(CREATED).hear({"type": "session.updated", "session": {}})
    stage.hear({"type": "response.created", "response": {"id": "resp_of_now01"}})
    told = {"type": "server_error", "code": code, "message": "The server had an error.", "event_id": None}
    stage.hear({"type": "error", "error": told})
    return stage.hear({"type": "response.done", "response": {"id": "resp_of_now01", "status": "completed"}}).wait(200)


def test_an_error_that_answers_nothing_and_was_not_recorded_is_a_failure() -> None:
    outcome = broken_in_mid_answer(asked_and_answered(), "internal").driving.outcome
    assert not outcome.complete
    assert outcome.ending == "played to its end, but an error came that the recording does not have"
    assert outcome.notes[-1] == "an error came: The server had an error."


@pytest.mark.parametrize(("code", "is_complete"), [("internal", True), ("overloaded", False)])
def test_an_error_that_answers_nothing_may_come_again(code: str, is_complete: bool) -> None:
    call = asked_and_answered()
    done = call.entries.pop()
    call.server("error", error={"type": "server_error", "code": "internal", "message": "Oops.", "event_id": None})
    call.entries.append(done)
    assert broken_in_mid_answer(call, code).driving.outcome.complete is is_complete


def cancelled_too_late() -> Stage:
    """A cancel on its way while the answer comes to its end, and an update that is open."""
    call = asked_and_answered()
    call.entries.pop()
    call.client("response.cancel").server("response.done", response=response(1, "cancelled"))
    call.client("session.update", session={"type": "realtime"}).server("session.updated", session={})
    stage = Stage(call.script()).hear(CREATED).hear({"type": "session.updated", "session": {}})
    answer(stage, 1)
    assert [type_ for _, type_ in stage.types()][2:] == ["response.cancel", "session.update"]
    return stage


def test_an_error_without_a_name_refuses_what_is_open_rather_than_a_cancel_of_long_ago() -> None:
    stage = cancelled_too_late().hear({"type": "error", "error": {"code": "invalid_value", "message": "No."}})
    outcome = stage.wait(200).driving.outcome
    assert outcome.ending == "played to its end, but step 8: session.update was refused"
    assert not outcome.complete


def test_the_error_of_a_cancel_that_came_too_late_refuses_nothing_else() -> None:
    error = {"code": "response_cancel_not_active", "message": "Cancellation failed: no active response found"}
    stage = cancelled_too_late().hear({"type": "error", "error": error})
    stage.hear({"type": "session.updated", "session": {}}).wait(200)
    assert stage.driving.outcome.complete
    assert stage.driving.outcome.notes[-1].startswith("step 6: response.cancel was refused: ")


def test_an_answer_that_nobody_recorded_is_waited_for_and_told() -> None:
    stage = Stage(asked_and_answered().script()).hear(CREATED).hear({"type": "session.updated", "session": {}})
    for id_ in ("resp_of_now01", "resp_of_now02"):
        stage.hear({"type": "response.created", "response": {"id": id_}})
    stage.hear({"type": "response.done", "response": {"id": "resp_of_now01", "status": "completed"}}).wait(1000)
    assert not stage.driving.closed
    stage.hear({"type": "response.done", "response": {"id": "resp_of_now02", "status": "completed"}}).wait(1000)
    assert stage.driving.outcome.complete
    assert "the server answers once more than in the recording" in stage.driving.outcome.notes


def test_ids_of_now_stand_where_the_recordings_stood() -> None:
    call = asked_and_answered()
    added = {"response_id": "resp_recorded01", "output_index": 0, "item": {"id": "item_recorded01", "type": "message"}}
    call.entries.pop()
    call.server("response.output_item.added", **added)
    call.client("conversation.item.truncate", item_id="item_recorded01", content_index=0, audio_end_ms=5)
    stage = Stage(call.script()).hear(CREATED).hear({"type": "session.updated", "session": {}})
    stage.hear({"type": "response.created", "response": {"id": "resp_of_now01"}}).wait(100)
    assert [type_ for _, type_ in stage.types()] == ["session.update", "response.create"]
    stage.hear(
        {"type": "response.output_item.added", "response_id": "resp_of_now01", "output_index": 0},
        item={"id": "item_of_now01", "type": "message"},
    )
    assert stage.sent[-1][1]["item_id"] == "item_of_now01"


def test_what_an_answer_does_not_have_this_time_is_not_named() -> None:
    call = asked_and_answered()
    call.entries.pop()
    added = {"response_id": "resp_recorded01", "output_index": 0, "item": {"id": "item_recorded01", "type": "message"}}
    call.server("response.output_item.added", **added).server("response.done", response=response(1))
    call.client("conversation.item.delete", item_id="item_recorded01")
    stage = Stage(call.script()).hear(CREATED).hear({"type": "session.updated", "session": {}})
    stage.hear({"type": "response.created", "response": {"id": "resp_of_now01"}})
    stage.hear({"type": "response.done", "response": {"id": "resp_of_now01", "status": "incomplete"}}).wait(200)
    outcome = stage.driving.outcome
    assert outcome.complete
    assert (outcome.done, outcome.steps) == (2, 3)
    assert outcome.notes[-1].endswith("was not sent: what it names did not come")


# The microphone.


def spoken(*, after_answer: bool = True) -> Script:
    """Two utterances; the second one, in the recording, after the answer to the first."""
    call = told().client("session.update", session={}).server("session.updated", session={})
    for number in range(1, 3):
        for _ in range(2):
            call.client("input_audio_buffer.append", audio=SOUND, after=20)
        start = {"audio_start_ms": (number - 1) * 80 + 10, "item_id": f"item_said{number:04}"}
        call.server("input_audio_buffer.speech_started", after=1, **start)
        call.client("input_audio_buffer.append", audio=SOUND, after=20)
        call.server("response.created", response=response(number), after=1)
        call.client("input_audio_buffer.append", audio=SOUND, after=20)
        call.server("response.done", response=response(number), after=1)
    return call.script()


def answer(stage: Stage, number: int) -> Stage:
    stage.hear({"type": "response.created", "response": {"id": f"resp_of_now{number:02}"}})
    return stage.hear({"type": "response.done", "response": {"id": f"resp_of_now{number:02}", "status": "completed"}})


def test_speech_waits_for_the_answer_before_it_and_is_never_torn() -> None:
    stage = Stage(spoken()).hear(CREATED).hear({"type": "session.updated", "session": {}})
    assert [type_ for _, type_ in stage.types()] == ["session.update", *["sound"] * 4]
    answer(stage.wait(1000), 1)
    assert [type_ for _, type_ in stage.types()][5:] == ["sound"] * 4


def test_the_microphone_keeps_its_pace() -> None:
    stage = Stage(spoken(), pace=RECORDED).hear(CREATED).wait(10)
    stage.hear({"type": "session.updated", "session": {}}).wait(1000)
    begins = stage.types()[1][0]
    assert [at - begins for at, type_ in stage.types()[1:]] == [0, 20, 41, 62]


def test_what_is_to_be_said_into_the_audio_is_not_put_off_by_it() -> None:
    call = told().client("input_audio_buffer.append", audio=SOUND)
    call.server("input_audio_buffer.speech_started", audio_start_ms=1, item_id="item_said0001", after=1)
    call.client("conversation.item.delete", item_id="item_mine00", after=99)
    for _ in range(20):
        call.client("input_audio_buffer.append", audio=SOUND, after=20)
    stage = Stage(call.script(), pace=RECORDED).hear(CREATED).wait(250)
    begun = {"type": "input_audio_buffer.speech_started", "audio_start_ms": 1, "item_id": "item_of_now01"}
    stage.hear(begun).wait(100)
    (at,) = [at for at, type_ in stage.types() if type_ == "conversation.item.delete"]
    assert at == 250 + 99


def test_while_the_server_listens_on_it_hears_silence() -> None:
    stage = Stage(spoken()).hear(LISTENS).hear({"type": "session.updated", "session": {}}).wait(299)
    assert len(stage.sent) == 5
    stage.wait(41)
    assert len(stage.sent) > 6
    outcome = stage.driving.outcome
    assert outcome.silence_ms == 20 * (len(stage.sent) - 5)
    before = len(stage.sent)
    stage.hear({"type": "response.created", "response": {"id": "resp_of_now01"}}).wait(500)
    assert len(stage.sent) == before


def test_silence_does_not_make_it_wait_for_ever() -> None:
    stage = Stage(spoken()).hear(LISTENS).hear({"type": "session.updated", "session": {}}).wait(60_000)
    assert stage.driving.closed
    assert stage.driving.outcome.waited_for == "response.created, step 7 (line 9)"


def test_what_was_spoken_by_hand_waits_for_each_answer() -> None:
    call = told()
    for number in range(1, 3):
        call.client("input_audio_buffer.append", audio=SOUND).client("input_audio_buffer.commit")
        call.server("input_audio_buffer.committed", item_id=f"item_said{number:04}").client("response.create")
        call.server("response.created", response=response(number)).server("response.done", response=response(number))
    stage = Stage(call.script()).hear(CREATED)
    assert [type_ for _, type_ in stage.types()] == ["sound", "input_audio_buffer.commit"]
    stage.hear({"type": "input_audio_buffer.committed", "item_id": "item_of_now01"})
    assert stage.types()[-1][1] == CREATE["type"]
    answer(stage, 1)
    assert [type_ for _, type_ in stage.types()][3:] == ["sound", "input_audio_buffer.commit"]


def test_what_is_no_event_changes_nothing() -> None:
    stage = Stage(asked_and_answered().script())
    for text in (b"", b"[]", b"{}", b"\xff\xfe", b'{"type": 3}', b'{"type":"error"}'):
        stage.hear(text)
    assert stage.sent == []
    assert stage.driving.outcome.notes[-1] == "an error came: it does not say why"


def test_a_call_more_beside_the_recorded_one_is_answered_with_it() -> None:
    call = told().client("response.create").server("response.created", response=response(1))
    made = {"type": "function_call", "name": "look", "arguments": "{}"}
    item = {**made, "id": "item_recorded01", "call_id": "call_recorded01"}
    call.server("response.done", response=response(1, output=[item]))
    output = {"type": "function_call_output", "call_id": "call_recorded01", "output": "42"}
    call.client("conversation.item.create", item=output).client("response.create")
    call.server("response.created", response=response(2)).server("response.done", response=response(2))
    stage = Stage(call.script()).hear(CREATED)
    stage.hear({"type": "response.created", "response": {"id": "resp_of_now01"}})
    calls = [{**made, "call_id": f"call_of_now{number:02}"} for number in range(2)]
    stage.hear({"type": "response.done", "response": {"id": "resp_of_now01", "status": "completed", "output": calls}})
    assert [what["item"]["call_id"] for _, what in stage.sent if "item" in what] == ["call_of_now01", "call_of_now00"]
    assert [type_ for _, type_ in stage.types()].count("response.create") == 2
    answer(stage, 2).wait(200)  # no word of the outputs
    assert stage.driving.outcome.complete


@pytest.mark.parametrize("name", SAMPLES)
def test_a_server_that_has_quite_another_call_breaks_nothing(name: str) -> None:
    recorded, other = load(RECORDINGS / name), load(RECORDINGS / SAMPLES[SAMPLES.index(name) - 1])
    stage = Stage(recorded.script, patience_s=1)
    for step in other.script.steps:
        if isinstance(step, Say):
            stage.hear(step.text)
    stage.wait(60_000)
    assert stage.driving.closed
    outcome = stage.driving.outcome
    assert outcome.complete == (outcome.ending == "played to its end")
    assert outcome.complete or outcome.waited_for or outcome.ending.startswith("played to its end, but ")
    recorded.close()
    other.close()


def test_answers_to_twice_as_many_commands_take_twice_as_much() -> None:
    def driving(commands: int) -> Callable[[], object]:
        call = told()
        for number in range(commands):
            call.client("conversation.item.create", item={"id": f"item_{number}"})
        for number in reversed(range(commands)):
            call.server("conversation.item.added", item={"id": f"item_{number}"})
        script = call.script()
        heard = [step.text for step in script.steps if isinstance(step, Say)]
        stage = Stage(script)
        return lambda: [stage.hear(text) for text in heard]

    assert growth(driving, 100) < 2.2
