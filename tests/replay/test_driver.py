"""Recordings driven over real sockets: to the simulator, to the replay of themselves, to servers that mean no good."""

import asyncio
import json
import math
import shutil
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.server import ServerConnection, serve

from recordings.make import STORIES
from rtdebug.replay.edits import Edits, parse_edits
from rtdebug.replay.server import ReplayServer
from rtdebug.replay.terms import Terms
from rtdebug.simulator.http import Answer
from rtdebug.simulator.options import Options
from rtdebug.simulator.script import Script, ToolCall
from rtdebug.simulator.script_reply import Drop, Ending, Reply
from rtdebug.simulator.script_rule import Rule, When
from rtdebug.simulator.server import Simulator
from tests.protocol.shared import REAL, needs_real

from .actor import RECORDINGS, SAMPLES
from .driven import TALKED_INTO, Event, differing, driven, head, sent, server, tell
from .test_circle import imported

SCRIPTS = {story.name: story.script for story in STORIES}
AT_ONCE = math.inf
# What a server at once makes of a call that was recorded at leisure: cancels come too late, and cuts.
TOO_LATE: dict[str, set[str]] = {
    "barge-in": {"responses", "audio", "usage", "events", "transcript"},
    "client-cancel": {"responses", "audio", "usage", "events", "errors", "transcript"},
    "error": {"responses", "errors", "usage", "events", "transcript"},
    "killed": {"session", "responses", "audio", "usage", "events", "transcript"},
}


@pytest.mark.parametrize("name", SAMPLES)
async def test_a_sample_is_driven_against_the_replay_of_itself(name: str, tmp_path: Path) -> None:
    path = RECORDINGS / name
    async with ReplayServer([path], terms=Terms(patience_s=5)) as served:
        run = await driven(path, served.ws_url, tmp_path)
    assert run.outcome.complete, run.outcome
    assert (run.outcome.done, run.outcome.silence_ms) == (run.outcome.steps, 0)
    (verdict,) = served.verdicts.connections
    assert verdict.clean, verdict.text
    assert verdict.done == verdict.steps
    assert differing(path, run.folder).keys() <= TALKED_INTO.get(name, set())


@pytest.mark.parametrize("name", SAMPLES)
async def test_a_sample_is_driven_against_the_simulator(name: str, tmp_path: Path) -> None:
    path = RECORDINGS / name
    async with Simulator(pace=AT_ONCE, script=SCRIPTS[name]) as simulator:
        run = await driven(path, simulator.url, tmp_path)
    assert run.outcome.complete, run.outcome
    assert run.outcome.done == run.outcome.steps
    assert differing(path, run.folder).keys() <= TOO_LATE.get(name, TALKED_INTO.get(name, set()))


@pytest.mark.parametrize("name", ["barge-in", "client-cancel"])
async def test_what_depends_on_time_is_the_same_at_the_recorded_pace(name: str, tmp_path: Path) -> None:
    path = RECORDINGS / name
    async with Simulator(pace=4, script=SCRIPTS[name]) as simulator:
        run = await driven(path, simulator.url, tmp_path, pace=4.0)
    assert run.outcome.complete, run.outcome
    assert differing(path, run.folder, tolerance="audio=25%,usage=25%,text=50%").keys() <= {"transcript", "events"}
    cancelled = [event for event in told(run, "response.done") if event["response"]["status"] == "cancelled"]
    assert len(cancelled) == 1


@needs_real
@pytest.mark.parametrize("log", REAL, ids=lambda path: path.stem)
async def test_a_real_session_is_driven_against_the_replay_of_itself(log: Path, tmp_path: Path) -> None:
    path = imported(log, tmp_path / "imported")
    async with ReplayServer([path], terms=Terms(patience_s=5)) as served:
        run = await driven(path, served.ws_url, tmp_path / "again", patience_s=3.0)
    assert run.outcome.complete, run.outcome
    (verdict,) = served.verdicts.connections
    assert verdict.clean, verdict.text


def told(run: Any, type_: str) -> list[Event]:
    from rtdebug.recording.reader import RecordingReader

    with RecordingReader(run.folder) as reader:
        texts = [entry.text for entry in reader.entries() if entry.kind == "message" and entry.sender == "server"]
    return [event for event in map(json.loads, filter(None, texts)) if event["type"] == type_]


# Tools.


def tools(*replies: Reply) -> Script:
    """Answer the user's turn with the first reply, the first output with the second and so on."""
    outputs = [Rule(When(kind="output", tool=None), reply) for reply in replies[1:]]
    return Script(rules=(*outputs, Rule(When(), replies[0])))


async def test_outputs_go_to_the_calls_of_now_whatever_their_order_and_ids(tmp_path: Path) -> None:
    calls = (ToolCall("send_ticket", '{"to":"me@example.com"}'), ToolCall("book_seat", '{"train": "10:15"}'))
    path = RECORDINGS / "parallel-calls"
    async with Simulator(pace=AT_ONCE, script=tools(Reply(calls=calls, then="Done."))) as simulator:
        run = await driven(path, simulator.url, tmp_path)
    assert run.outcome.complete
    assert run.outcome.notes == ()
    (first, *_) = told(run, "response.done")
    names = {item["call_id"]: item["name"] for item in first["response"]["output"]}
    outputs = [event["item"] for event in sent(run, "conversation.item.create") if "call_id" in event["item"]]
    assert [(names[item["call_id"]], item["output"]) for item in outputs] == [
        ("book_seat", '{"seat": "14A", "train": "10:15"}'),
        ("send_ticket", '{"sent": true}'),
    ]


async def test_other_arguments_get_the_nearest_output_and_that_is_said(tmp_path: Path) -> None:
    script = tools(Reply(calls=(ToolCall("book_seat", '{"train": "10:40"}'),), then="Done."))
    async with Simulator(pace=AT_ONCE, script=script) as simulator:
        run = await driven(RECORDINGS / "tool-call", simulator.url, tmp_path)
    assert run.outcome.complete
    assert run.outcome.done == run.outcome.steps
    assert run.outcome.notes == (
        'the model called book_seat({"train": "10:40"}), which the recording does not have: answered with the output '
        'of step 27, recorded for {"train": "10:15"}',
    )


async def test_a_model_that_calls_nothing_gets_no_output(tmp_path: Path) -> None:
    async with Simulator(pace=AT_ONCE, script=tools(Reply(say="I would rather not."))) as simulator:
        run = await driven(RECORDINGS / "tool-call", simulator.url, tmp_path)
    assert run.outcome.complete
    assert (run.outcome.done, run.outcome.steps) == (3, 5)
    assert "was not sent: the model did not call book_seat" in run.outcome.notes[0]
    assert [event["type"] for event in sent(run)] == ["session.update", "conversation.item.create", "response.create"]


async def test_a_model_that_calls_twice_is_answered_twice(tmp_path: Path) -> None:
    seat = '{"train": "10:15"}'
    asked: list[int] = []

    async def answer(line: ServerConnection, event: Event) -> None:
        if event["type"] == "session.update":
            await tell(line, "session.updated", session={})
        elif event["type"] == "conversation.item.create":
            await tell(line, "conversation.item.added", item={"id": f"item_made{len(asked)}", **event["item"]})
        elif event["type"] == "response.create":
            asked.append(1)
            number = len(asked)
            response = {"id": f"resp_of_now_{number}", "status": "completed", "output": []}
            await tell(line, "response.created", response={**response, "status": "in_progress"})
            if number <= 2:
                called = {"type": "function_call", "id": f"item_call_{number}", "call_id": f"call_of_now_{number}"}
                response["output"] = [{**called, "name": "book_seat", "arguments": seat}]
            await tell(line, "response.done", response=response)

    async with server(answer) as url:
        run = await driven(RECORDINGS / "tool-call", url, tmp_path)
    assert run.outcome.complete
    outputs = [event["item"] for event in sent(run, "conversation.item.create") if "call_id" in event["item"]]
    assert [item["call_id"] for item in outputs] == ["call_of_now_1", "call_of_now_2"]
    assert len(asked) == 3
    assert run.outcome.notes == (
        "the model called book_seat once more than in the recording; it was answered once more",
    )


async def test_a_model_that_calls_for_ever_is_left(tmp_path: Path) -> None:
    asked: list[int] = []

    async def answer(line: ServerConnection, event: Event) -> None:
        if event["type"] == "session.update":
            await tell(line, "session.updated", session={})
        elif event["type"] == "conversation.item.create":
            await tell(line, "conversation.item.added", item=event["item"])
        elif event["type"] == "response.create":
            asked.append(1)
            call = {"type": "function_call", "call_id": f"call_{len(asked):06}", "name": "book_seat", "arguments": "{}"}
            response = {"id": f"resp_{len(asked):06}", "status": "completed", "output": [call]}
            await tell(line, "response.created", response=response)
            await tell(line, "response.done", response=response)

    async with server(answer) as url:
        run = await driven(RECORDINGS / "tool-call", url, tmp_path)
    assert run.outcome.complete
    assert len(asked) == 12
    assert "calls on and on" in run.outcome.notes[-1]


# Servers that mean no good.


async def test_a_refusal_is_told_with_its_body_and_recorded(tmp_path: Path) -> None:
    body = json.dumps({"error": {"message": "Incorrect API key provided.", "type": "invalid_request_error"}}).encode()
    async with Simulator() as simulator:
        simulator.refuse = Answer(401, {"content-type": "application/json"}, body)
        run = await driven(RECORDINGS / "text-turn", simulator.url, tmp_path, key="sk-of-the-test-0001")
    assert run.outcome.is_refused
    assert run.outcome.ending.endswith(
        "/v1/realtime refused the handshake with HTTP 401: Incorrect API key provided.. The key was refused"
    )
    assert run.folder is not None
    assert "sk-of-the-test-0001" not in (run.folder / "events.jsonl").read_text()


async def test_nobody_there_is_told(tmp_path: Path) -> None:
    async with serve(lambda line: line.close(), "127.0.0.1", 0) as gone:
        port = next(iter(gone.sockets)).getsockname()[1]
    run = await driven(RECORDINGS / "text-turn", f"127.0.0.1:{port}", tmp_path)
    assert run.outcome.is_refused
    assert run.outcome.ending.startswith(f"ws://127.0.0.1:{port} cannot be reached: ")


async def test_a_wrong_key_that_is_told_after_the_handshake(tmp_path: Path) -> None:
    async with Simulator(pace=AT_ONCE, options=Options(require_key="sk-right-one-0001")) as simulator:
        run = await driven(RECORDINGS / "text-turn", simulator.url, tmp_path, key="sk-wrong-one-0001")
    assert not run.outcome.complete
    assert "closed 3000" in run.outcome.ending
    assert "API key" in run.outcome.notes[0]


async def test_a_connection_that_breaks_off_says_what_was_still_to_come(tmp_path: Path) -> None:
    script = tools(Reply(say="Now then", drop=Drop(after_ms=1)))
    async with Simulator(pace=AT_ONCE, script=script) as simulator:
        run = await driven(RECORDINGS / "text-turn", simulator.url, tmp_path)
    assert not run.outcome.complete
    assert run.outcome.ending == "server broke off without a close frame"
    assert run.outcome.waited_for.startswith("response.")


@pytest.mark.parametrize("greets", [True, False])
async def test_a_server_that_never_answers_is_given_up_and_what_was_waited_for_is_named(
    tmp_path: Path, greets: bool
) -> None:
    async def nothing(line: ServerConnection, event: Event) -> None:
        """Say nothing."""

    async with server(nothing, greets=greets) as url:
        run = await driven(RECORDINGS / "text-turn", url, tmp_path, patience_s=0.1)
    assert not run.outcome.complete
    awaited = "session.updated (" if greets else "session.created ("
    assert run.outcome.ending.startswith(f"gave up after 0.1 s without {awaited}")
    assert run.outcome.ending.endswith(", step 3 (line 5)" if greets else ", step 1 (line 3)")


async def test_a_response_that_is_refused_is_let_go(tmp_path: Path) -> None:
    async def refuse(line: ServerConnection, event: Event) -> None:
        if event["type"] == "session.update":
            await tell(line, "session.updated", session={})
        elif event["type"] == "conversation.item.create":
            await tell(line, "conversation.item.added", item={"id": "item_of_now", **event["item"]})
        else:
            await tell(line, "error", error={"message": "Not today.", "event_id": None})

    async with server(refuse) as url:
        run = await driven(RECORDINGS / "text-turn", url, tmp_path)
    assert not run.outcome.complete
    assert run.outcome.ending == "played to its end, but step 7: response.create was refused"
    assert run.outcome.notes == ("step 7: response.create was refused: Not today.",)


async def test_an_answer_that_fails_makes_the_run_fail(tmp_path: Path) -> None:
    failed = Ending("failed", code="server_error", message="The server had an error.")
    async with Simulator(pace=AT_ONCE, script=tools(Reply(say="Now then", ending=failed))) as simulator:
        run = await driven(RECORDINGS / "text-turn", simulator.url, tmp_path)
        again = await driven(run.folder, simulator.url, tmp_path) if run.folder else run
    assert (run.outcome.complete, run.outcome.done) == (False, run.outcome.steps)
    assert run.outcome.ending.endswith(": the answer failed")
    assert run.outcome.notes[0].endswith(": the answer is failed (server_error); in the recording it was completed")
    assert again.outcome.complete, again.outcome


@pytest.mark.parametrize("is_sent", [True, False])
async def test_an_error_in_mid_answer_makes_the_run_fail(tmp_path: Path, is_sent: bool) -> None:
    async def answer(line: ServerConnection, event: Event) -> None:
        if event["type"] == "session.update":
            await tell(line, "session.updated", session={})
        elif event["type"] == "conversation.item.create":
            await tell(line, "conversation.item.added", item={"id": "item_of_now", **event["item"]})
        else:
            await tell(line, "response.created", response={"id": "resp_of_now"})
            if is_sent:
                error = {"type": "server_error", "code": None, "message": "Sorry.", "event_id": None}
                await tell(line, "error", error=error)
            await tell(line, "response.done", response={"id": "resp_of_now", "status": "completed"})

    async with server(answer) as url:
        run = await driven(RECORDINGS / "text-turn", url, tmp_path)
    assert run.outcome.complete is not is_sent
    assert ("an error came: Sorry." in run.outcome.notes) is is_sent


async def test_a_setting_that_is_refused_is_another_call_than_was_asked_for(tmp_path: Path) -> None:
    async with Simulator(pace=AT_ONCE) as simulator:
        run = await driven(RECORDINGS / "text-turn", simulator.url, tmp_path, edits=parse_edits({"voice": ("nosuch",)}))
    assert not run.outcome.complete
    assert run.outcome.done == run.outcome.steps
    refused = "step 2: session.update (output_modalities, instructions, audio) was refused"
    assert run.outcome.ending == f"played to its end, but {refused}"
    assert run.outcome.notes[0].startswith(f"{refused}: Invalid value: 'nosuch'.")


async def test_what_comes_too_late_for_the_answer_of_now_may_be_refused(tmp_path: Path) -> None:
    path = RECORDINGS / "client-cancel"
    async with Simulator(pace=AT_ONCE) as simulator:
        run = await driven(path, simulator.url, tmp_path)
    assert "step 45: response.cancel was refused: " in run.outcome.notes[0]
    assert run.outcome.complete


async def test_what_was_refused_in_the_recording_may_be_refused_again(tmp_path: Path) -> None:
    async with Simulator(pace=AT_ONCE) as simulator:
        run = await driven(RECORDINGS / "refused-update", simulator.url, tmp_path)
    assert told(run, "error")
    assert run.outcome.complete


# What goes with the handshake.


async def test_the_address_is_completed_from_the_recording(tmp_path: Path) -> None:
    async with Simulator(pace=AT_ONCE) as simulator:
        for url in (simulator.url, simulator.http_url + "/v1", f"127.0.0.1:{simulator.port}"):
            run = await driven(RECORDINGS / "text-turn", url, tmp_path)
            assert run.outcome.complete
        await driven(RECORDINGS / "text-turn", simulator.url, tmp_path, model="gpt-realtime-mini")
        await driven(RECORDINGS / "transcription-only", simulator.url, tmp_path)
    targets = [request.path for request in simulator.requests]
    assert targets == [
        *["/v1/realtime?model=gpt-realtime-2.1"] * 3,
        "/v1/realtime?model=gpt-realtime-mini",
        "/v1/realtime?intent=transcription",
    ]


async def test_the_key_is_sent_and_not_recorded(tmp_path: Path) -> None:
    async with Simulator(pace=AT_ONCE, options=Options(require_key="sk-right-one-0001")) as simulator:
        run = await driven(RECORDINGS / "text-turn", simulator.url, tmp_path, key="sk-right-one-0001")
    assert run.outcome.complete
    assert not [line for line in head(run) if "sk-right" in line]


async def test_beta_is_asked_for_where_it_is_wanted(tmp_path: Path) -> None:
    async with Simulator(pace=AT_ONCE, script=SCRIPTS["beta"]) as simulator:
        run = await driven(RECORDINGS / "beta", simulator.url, tmp_path)
        plain = await driven(RECORDINGS / "beta", simulator.url, tmp_path, beta=False)
    assert "OpenAI-Beta: realtime=v1" in head(run)
    assert "OpenAI-Beta: realtime=v1" not in head(plain)


# Edits, and the microphone.


async def test_edits_are_in_the_new_recording(tmp_path: Path) -> None:
    options = {"voice": ("cedar",), "instructions": ("Be brief.",), "vad": ("silence_duration_ms=300",)}
    edits = parse_edits(options | {"set": ("session.audio.output.speed=1.2",), "silence": ("500ms@1s",)})
    path = RECORDINGS / "vad-conversation"
    async with Simulator(pace=AT_ONCE, script=SCRIPTS[path.name]) as simulator:
        plain = await driven(path, simulator.url, tmp_path)
        run = await driven(path, simulator.url, tmp_path, edits=edits, gain_db=-6.0)
    assert run.outcome.complete
    (session,) = [event["session"] for event in sent(run, "session.update")]
    assert session["instructions"] == "Be brief."
    assert session["audio"]["output"] == {
        "format": {"type": "audio/pcm", "rate": 24000},
        "voice": "cedar",
        "speed": 1.2,
    }
    assert session["audio"]["input"]["turn_detection"] == {"type": "server_vad", "silence_duration_ms": 300}
    assert run.outcome.speech_ms == plain.outcome.speech_ms + 500
    assert {"config", "audio"} <= differing(path, run.folder).keys()
    loud, soft = (loudest(one.folder) for one in (plain, run) if one.folder)
    assert soft == pytest.approx(loud / 2, rel=0.01)


def loudest(folder: Path) -> int:
    import numpy as np

    return int(np.abs(np.frombuffer((folder / "client.wav").read_bytes()[44 + 36 :], dtype="<i2").astype(int)).max())


async def test_silence_is_put_in_where_the_server_listens_on(tmp_path: Path) -> None:
    edits = parse_edits({"vad": ("silence_duration_ms=5000",)})
    path = RECORDINGS / "vad-conversation"
    async with Simulator(pace=AT_ONCE, script=SCRIPTS[path.name]) as simulator:
        run = await driven(path, simulator.url, tmp_path, edits=edits)
    assert run.outcome.complete, run.outcome
    assert run.outcome.silence_ms > 500
    assert "of silence were put in" in run.outcome.notes[-1]
    assert len(told(run, "response.done")) == 2


async def test_runs_have_ids_of_their_own(tmp_path: Path) -> None:
    async with Simulator(pace=AT_ONCE) as simulator:
        runs = [await driven(RECORDINGS / "client-cancel", simulator.url, tmp_path) for _ in range(2)]
    names = [sent(run, "conversation.item.truncate")[0]["item_id"] for run in runs]
    assert len({*names}) == 2
    assert names == [told(run, "response.output_item.added")[0]["item"]["id"] for run in runs]
    assert Edits() == parse_edits({})


async def test_a_microphone_that_is_lost_is_no_run_played_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "audio-turn"
    shutil.copytree(RECORDINGS / "audio-turn", path)
    (path / "client.wav").unlink()
    async with ReplayServer([path], terms=Terms(patience_s=1)) as served:
        run = await driven(path, served.ws_url, tmp_path / "out", patience_s=2.0)
    assert not run.outcome.complete
    assert run.outcome.ending.endswith("without all of the microphone's audio: the recording has lost it")
    assert any("client.wav" in note for note in run.outcome.notes)


async def test_a_server_that_takes_nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def stuck(*_: object, **__: object) -> None:
        await asyncio.Event().wait()

    async def listen(line: ServerConnection, event: Event) -> None:
        raise AssertionError(event)

    monkeypatch.setattr(ClientConnection, "send", stuck)
    async with server(listen) as url:
        run = await driven(RECORDINGS / "text-turn", url, tmp_path, patience_s=0.3)
    assert run.outcome.ending == "server took nothing of what was sent for 0.3 s"
    assert not run.outcome.complete
