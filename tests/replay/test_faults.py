"""What goes wrong on purpose."""

import time

import orjson
import pytest

from rtdebug.errors import UsageError
from rtdebug.recording.format import AudioPlace
from rtdebug.replay.faults import FAULTS, parse_fault, struck, with_faults
from rtdebug.replay.load import load
from rtdebug.replay.server import ReplayServer
from rtdebug.replay.steps import Script
from rtdebug.replay.terms import Terms
from rtdebug.replay.verdict import Verdict

from .actor import RECORDINGS, Heard, played
from .telling import CREATE, Stage, Told

NAME = "tool-call"


def script() -> Script:
    recorded = load(RECORDINGS / NAME)
    recorded.close()
    return recorded.script


async def play(*faults: str, name: str = NAME) -> tuple[Verdict, Heard]:
    terms, path = Terms(patience_s=0.3), RECORDINGS / name
    async with ReplayServer([path], terms=terms, faults=[parse_fault(fault) for fault in faults]) as server:
        heard = await played(path, server.ws_url)
    (verdict,) = server.verdicts.connections
    return verdict, heard


@pytest.mark.parametrize(
    "text",
    [
        *("drop@12", "drop", "close=1011@response.done#2", "close", "delay=300ms", "delay=2s@response.created"),
        *("swallow@response.done", "duplicate@session.created", "error=rate_limit_exceeded", "error", "slow=64kbit"),
    ],
)
def test_the_spelling_goes_there_and_back(text: str) -> None:
    assert str(parse_fault(text)) == text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "expected NAME"),
        ("explode", "There are drop: the connection breaks off"),
        ("close=999", "a close code"),
        ("delay=soon", "a time, such as delay=2s"),
        ("slow=0kB", "a speed"),
        ("drop@12@13", "expected NAME"),
        ("drop@0", "a step's number from 1"),
        ("drop@", "a step's number from 1"),
        ("close=1005", "a close code that can be sent"),
        ("close=1006", "a close code that can be sent"),
    ],
)
def test_what_is_no_fault(text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        parse_fault(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("drop@900", "tool-call has 64 steps"),
        ("swallow@response.done#3", "has only 2 of response.done"),
        ("swallow@rate_limits", "has none of rate_limits"),
        ("duplicate@2", "step 2 is not the server's"),
    ],
)
def test_faults_that_find_nothing(text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        with_faults(script(), (parse_fault(text),))


def test_of_several_recordings_those_are_struck_that_have_the_place() -> None:
    recorded = [load(RECORDINGS / name).script for name in ("text-turn", NAME)]
    text, tool = struck(recorded, [parse_fault("drop@response.function_call_arguments.done")])
    assert text is recorded[0]
    assert tool.disturbed_from
    with pytest.raises(UsageError):
        struck(recorded, [parse_fault("drop@input_audio_buffer.speech_started")])


async def test_a_connection_that_breaks_off() -> None:
    verdict, heard = await play("drop@response.created")
    assert heard.types()[-1] == "response.created"
    assert heard.code == 1006
    assert verdict.clean, verdict.text


async def test_a_connection_that_breaks_off_behind_a_command() -> None:
    (update,) = (step for step in script().commands if step.event.type == "session.update")
    verdict, heard = await play(f"drop@{update.number}")
    assert (heard.types(), heard.code) == (["session.created"], 1006)
    assert verdict.clean


async def test_a_server_that_closes() -> None:
    verdict, heard = await play("close=1001@response.done")
    assert (heard.types()[-1], heard.code) == ("response.done", 1001)
    assert verdict.clean


def staged(*faults: str) -> Stage:
    """Play faults to a client that says all it has to say."""
    stage = Stage(with_faults(script(), tuple(map(parse_fault, faults))), Terms(fresh_ids=False))
    for command in stage.part.script.commands:
        stage.send(command.text)
    stage.part.left("closed 1000", stage.now_ns)
    return stage


@pytest.mark.parametrize("type_", ["session.updated", "response.done", "response.created"])
def test_an_event_that_does_not_come(type_: str) -> None:
    before, stage = [kind for _, kind in staged().types()], staged(f"swallow@{type_}")
    before.remove(type_)
    assert [kind for _, kind in stage.types()] == before[: len(stage.said)]
    assert stage.part.verdict.clean, stage.part.verdict.text


def test_what_follows_an_event_that_does_not_come_waits_for_what_that_had_waited_for() -> None:
    stage = Stage(with_faults(script(), (parse_fault("swallow@response.created"),)), Terms(fresh_ids=False))
    for command in stage.part.script.commands:
        if command.event.type == "response.create":
            break
        stage.send(command.text)
    assert stage.types()[-1][1] == "conversation.item.done"
    stage.send({"type": "response.create"})
    assert "response.done" in [kind for _, kind in stage.types()]


def test_audio_is_waited_for_though_the_start_of_speech_does_not_come() -> None:
    spoken = load(RECORDINGS / "vad-conversation").script
    stage = Stage(with_faults(spoken, (parse_fault("swallow@input_audio_buffer.speech_stopped"),)), Terms())
    for command in spoken.commands:
        stage.send(command.text)
    assert stage.types()[-1][1] == "session.updated"


def test_a_client_that_waits_for_what_does_not_come_has_done_no_wrong() -> None:
    stage = Stage(with_faults(script(), (parse_fault("swallow@response.done"),)), Terms(patience_s=2))
    for command in stage.part.script.commands:
        stage.send(command.text)
        if command.event.type == "response.create":
            break
    stage.wait(5000)
    assert stage.types()[-1] == (2000, "close 1000")
    assert stage.part.verdict.clean, stage.part.verdict.text
    assert stage.part.verdict.ending == "the client stayed 2 s behind the fault, doing nothing; closed 1000"


def test_a_client_may_hang_up_behind_a_fault_without_another_word() -> None:
    spoken = load(RECORDINGS / "vad-conversation").script
    stage = Stage(with_faults(spoken, (parse_fault("swallow@session.updated"),)), Terms())
    stage.send(spoken.commands[0].text)
    stage.part.left("closed 1000", stage.now_ns)
    assert stage.part.verdict.clean, stage.part.verdict.text


def test_what_comes_before_a_fault_has_to_be_done() -> None:
    spoken = load(RECORDINGS / "vad-conversation").script
    stage = Stage(with_faults(spoken, (parse_fault("drop@input_audio_buffer.speech_started"),)), Terms())
    stage.send(spoken.commands[0].text)
    stage.part.left("closed 1000", stage.now_ns)
    assert [one.kind for one in stage.part.verdict.mismatches] == ["audio"]


def test_an_event_that_comes_twice() -> None:
    stage = staged("duplicate@response.done")
    first, second, _ = (event for _, event in stage.said if event["type"] == "response.done")
    assert first == second
    assert stage.part.verdict.clean


async def test_an_error_in_place_of_a_response() -> None:
    verdict, heard = await play("error=rate_limit_exceeded@response.created#2")
    assert heard.types().count("response.created") == 1
    (error,) = (event for event in heard.events if event["type"] == "error")
    assert error["error"]["code"] == "rate_limit_exceeded"
    assert "response.output_audio.delta" not in heard.types()
    assert verdict.clean


def test_the_first_audio_comes_late() -> None:
    late = with_faults(script(), (parse_fault("delay=2s"),))
    stage = Stage(late, Terms(fresh_ids=False))
    for command in late.commands:
        stage.send(command.text)
    assert ("response.output_audio.delta") not in [kind for _, kind in stage.types()]
    stage.wait(2000)
    first = next(at for at, kind in stage.types() if kind == "response.output_audio.delta")
    assert first == 2000
    assert CREATE["type"] in {command.event.type for command in late.commands}


async def test_a_slow_network() -> None:
    began = time.monotonic()
    verdict, _ = await play("slow=200kB", name="text-turn")
    assert time.monotonic() - began > 0.05, "about 20 kB"
    assert verdict.clean


@pytest.mark.parametrize(("format_", "frame_bytes"), [("audio/pcm", 2), ("audio/pcmu", 1), ("audio/pcma", 1)])
def test_a_slow_network_takes_as_long_as_its_bytes_whatever_the_sound_is(format_: str, frame_bytes: int) -> None:
    told = Told().server("session.created", session={"audio": {"output": {"format": {"type": format_}}}})
    told.server("response.created", response={"id": "resp_recorded01"})
    for _ in range(10):
        told.server("response.output_audio.delta", response_id="resp_recorded01", delta="")
        told.entries[-1] = told.entries[-1]._replace(audio=AudioPlace("server.wav", 0, 3000, 20))
    told.server("response.done", response={"id": "resp_recorded01", "status": "completed"})
    stage = Stage(with_faults(told.script(), (parse_fault("slow=100kB"),)), Terms()).wait(10_000)
    assert stage.types()[-1][1] == "response.done"
    size = 10 * 3000 * frame_bytes * 4 / 3 + sum(len(orjson.dumps(event)) for _, event in stage.said[:-1])
    assert stage.types()[-1][0] == pytest.approx(size / 100, abs=2), "ms"


def test_every_fault_says_what_it_is() -> None:
    assert all(kind.meaning for kind in FAULTS.values())
