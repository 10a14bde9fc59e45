"""The part, with a clock of its own: pace, patience, and how connections end."""

import pytest

from rtdebug.errors import UsageError
from rtdebug.recording.format import Header
from rtdebug.replay.pace import parse_pace
from rtdebug.replay.policy import Policy
from rtdebug.replay.terms import Close, Send, Terms

from .telling import CREATE, CREATED, MS, STARTED_S, Stage, Told


def call() -> Told:
    told = (
        Told()
        .server("session.created", event_id=CREATED["event_id"], session=CREATED["session"])
        .client("response.create", after=5000)
    )
    told.server("response.created", response={"id": "resp_recorded01", "status": "in_progress"}, after=400)
    return told.server("response.done", response={"id": "resp_recorded01", "status": "completed"}, after=1000)


def whole() -> Told:
    return call().note("close", "client", code=1000).note("end")


def test_at_the_recorded_pace_the_server_takes_its_time_and_not_the_clients() -> None:
    stage = Stage(whole().script(), Terms(pace=1.0)).wait(100).send(CREATE).wait(3000)
    assert stage.types() == [(0, "session.created"), (500, "response.created"), (1500, "response.done")]


@pytest.mark.parametrize(("pace", "times"), [("2x", [0, 300, 800]), ("0.5x", [0, 900, 2900]), ("fast", [0, 100, 100])])
def test_other_paces(pace: str, times: list[int]) -> None:
    stage = Stage(whole().script(), Terms(pace=parse_pace(pace))).wait(100).send(CREATE).wait(5000)
    assert [at for at, _ in stage.said] == times


@pytest.mark.parametrize("text", ["", "x", "0x", "-1x", "slow", "2"])
def test_a_pace_that_is_none(text: str) -> None:
    with pytest.raises(UsageError, match="expected recorded, fast"):
        parse_pace(text)


def test_without_times_there_is_one_pace() -> None:
    timeless = Header(0, "websocket", lacks=("times",))
    stage = Stage(whole().script(timeless), Terms(pace=1.0)).send(CREATE)
    assert [at for at, _ in stage.said] == [0, 0, 0]


def test_a_client_that_does_nothing_is_told_and_left() -> None:
    stage = Stage(whole().script(), Terms(patience_s=2)).wait(10_000)
    assert stage.types() == [(0, "session.created"), (2000, "error"), (2000, "close 1011")]
    verdict = stage.part.verdict
    assert [one.what for one in verdict.mismatches] == ["step 2 (line 3): response.create was not sent in 2 s"]
    assert [step.number for step in verdict.left] == [2, 3, 4]
    assert not verdict.clean


def test_audio_does_not_help_where_a_command_is_waited_for() -> None:
    stage = Stage(whole().script(), Terms(patience_s=2))
    for _ in range(100):
        stage.wait(100).send({"type": "input_audio_buffer.append", "audio": "AAAA"})
    assert stage.types()[-1] == (2000, "close 1011")


def test_a_client_that_stays_is_left_in_peace() -> None:
    stage = Stage(whole().script(), Terms(patience_s=2)).send(CREATE).wait(5000)
    assert stage.types()[-1] == (2000, "close 1000")
    assert stage.part.verdict.clean


def test_a_close_of_the_servers() -> None:
    script = call().note("close", "server", code=1001, text="session_expired").note("end").script()
    stage = Stage(script, Terms()).send(CREATE)
    assert stage.said[-1][1] == Close(1001, "session_expired")
    assert stage.part.verdict.clean


def test_a_connection_that_broke_off() -> None:
    stage = Stage(call().note("closed", "server", how="reset").note("end").script(), Terms()).send(CREATE)
    assert stage.said[-1][1] == Close(None)


def test_a_recording_that_is_cut_off_is_played_up_to_there() -> None:
    stage = Stage(call().script(), Terms()).send(CREATE)
    stage.part.left("closed 1000", 1)
    verdict = stage.part.verdict
    assert verdict.clean
    assert verdict.notes == ("the recording is cut off behind line 5; it is played up to there",)


def test_times_are_moved_and_secrets_made() -> None:
    told = Told().server(
        "session.created",
        session={
            "id": "sess_recorded01",
            "expires_at": STARTED_S + 1800,
            "client_secret": {"value": "[redacted]", "expires_at": STARTED_S + 60},
        },
    )
    session = Stage(told.script(), Terms(), now_s=STARTED_S + 500_000).said[0][1]["session"]
    assert session["expires_at"] == STARTED_S + 500_000 + 1800
    assert session["client_secret"]["expires_at"] == STARTED_S + 500_000 + 60
    assert session["client_secret"]["value"].startswith("ek_")


def test_ids_are_new_fit_each_other_and_are_understood() -> None:
    told = Told().server("conversation.item.added", item={"id": "item_recorded01", "type": "message"})
    told.server(
        "response.function_call_arguments.done",
        call_id="call_recorded01",
        item_id="item_recorded01",
        arguments='{"about": "item_recorded01"}',
    )
    output = {"type": "function_call_output", "call_id": "call_recorded01", "output": "done: item_recorded01"}
    told.client("conversation.item.create", item=output, previous_item_id="item_recorded01")
    told.server("conversation.item.added", previous_item_id="item_recorded01", item={"id": "item_output001", **output})
    stage = Stage(told.script(), Terms(policy=Policy("strict")))
    added, called = (event for _, event in stage.said)
    item, call_id = added["item"]["id"], called["call_id"]
    assert item != "item_recorded01" and item.startswith("item_") and len(item) == len("item_recorded01")
    assert called["item_id"] == item and item in called["arguments"]
    mine = {"type": "function_call_output", "call_id": call_id, "output": f"done: {item}", "id": "mine-1"}
    stage.send({"type": "conversation.item.create", "item": mine, "previous_item_id": item})
    echoed = stage.said[-1][1]
    assert (echoed["previous_item_id"], echoed["item"]["call_id"]) == (item, call_id)
    assert echoed["item"]["id"] == "mine-1", "the id that the client made"
    assert [one.path for mismatch in stage.part.verdict.mismatches for one in mismatch.differences] == ["item.id"]


def test_the_ids_of_the_recording_stay_where_that_is_wanted() -> None:
    stage = Stage(whole().script(), Terms(fresh_ids=False))
    assert stage.said[0][1] == CREATED


def test_an_error_waits_for_the_event_that_it_is_about() -> None:
    told = Told().client("response.cancel", event_id="e1").client("response.create", event_id="e2")
    told.server("error", error={"event_id": "e1", "code": "response_cancel_not_active", "message": "no"})
    stage = Stage(told.script(), Terms()).send({"type": "response.create"})
    assert not stage.said
    stage.send({"type": "response.cancel", "event_id": "mine"})
    assert stage.said[0][1]["error"]["event_id"] == "mine"


def test_what_belongs_to_a_cancelled_response_waits_for_the_cancel() -> None:
    told = Told().client("response.create").server("response.created", response={"id": "resp_recorded01"})
    told.client("response.cancel").server(
        "response.output_text.delta", response_id="resp_recorded01", delta="on its way"
    )
    told.server("response.output_text.done", response_id="resp_recorded01", text="…")
    told.server("response.done", response={"id": "resp_recorded01", "status": "cancelled"})
    stage = Stage(told.script(), Terms()).send(CREATE).wait(100)
    assert stage.types()[-1] == (0, "response.output_text.delta")
    stage.send({"type": "response.cancel"})
    assert stage.types()[-1] == (100, "response.done")


def test_a_message_that_is_no_json_is_one_all_the_same() -> None:
    told = whole()
    stage = Stage(told.script(), Terms()).send(b"not json").send(CREATE)
    assert [one.kind for one in stage.part.verdict.mismatches] == ["unexpected"]
    assert stage.types()[-1][1] == "response.done"


def test_audio_settles_before_less_of_it_will_do() -> None:
    told = Told()
    chunk = {"type": "input_audio_buffer.append", "audio": "A" * 6400}  # 100 ms
    for _ in range(20):
        told.client(chunk["type"], audio=chunk["audio"], after=100)
    told.server("input_audio_buffer.speech_started", item_id="item_recorded01", audio_start_ms=300)
    stage = Stage(told.script(), Terms())
    for _ in range(18):
        stage.send(chunk)
    assert not stage.said
    stage.wait(1000)
    assert stage.types() == [(300, "input_audio_buffer.speech_started")]
    assert stage.now_ns == 1000 * MS


def test_one_that_came_late_hides_nothing_of_what_did_not_come() -> None:
    told = Told().server("session.created", session=CREATED["session"])
    for text in ("one", "two"):
        told.client("conversation.item.create", item={"type": "message", "role": text})
    told.client("response.create").server("response.created", response={"id": "resp_recorded01"})
    told.server("response.done", response={"id": "resp_recorded01", "status": "completed"}).note("end")
    stage = Stage(told.script(), Terms(patience_s=2))
    for role in ("two", "one"):
        stage.send({"type": "conversation.item.create", "item": {"type": "message", "role": role}})
    stage.wait(5000)
    assert [one.kind for one in stage.part.verdict.mismatches] == ["order", "missing"]


def test_a_client_that_sends_without_end_is_told_of_in_few_words() -> None:
    stage = Stage(whole().script(), Terms())
    for number in range(250):
        stage.send({"type": "conversation.item.create", "item": {"type": "message", "id": f"item_{number}"}})
    verdict = stage.part.verdict
    assert len(verdict.mismatches) == 100
    assert verdict.notes == ("150 more events were sent that the recording does not have",)


def test_what_could_not_be_sent_is_left() -> None:
    stage = Stage(whole().script(), Terms()).send(CREATE)
    stage.part.not_sent([Send(b"{}", step=4), Send(b"{}")])
    assert [step.number for step in stage.part.verdict.left] == [4]
    assert not stage.part.verdict.complete
