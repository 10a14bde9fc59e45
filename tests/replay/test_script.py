"""Scripts of whole and of broken recordings."""

import pytest

from rtdebug.recording.format import Header
from rtdebug.recording.reader import RecordingReader
from rtdebug.replay.script import script_of
from rtdebug.replay.steps import Command, Ending, Say, Script, Speech
from rtdebug.replay.terms import Terms

from .actor import RECORDINGS, SAMPLES
from .telling import Stage, Told

STEP = 7


def drained(script: Script, terms: Terms) -> Stage:
    """Play a script to a client that says all it has to say, audio included, without waiting."""
    stage = Stage(script, terms)
    chunk = {"type": "input_audio_buffer.append", "audio": "A" * 64_000}  # a second
    for step in script.steps:
        if isinstance(step, Command):
            stage.send(step.text)
        elif isinstance(step, Speech):
            for _ in range(int(step.ms // 500) + 1):
                stage.send(chunk)
    return stage


@pytest.mark.parametrize("name", SAMPLES)
def test_every_prefix_of_a_recording_is_a_script_that_plays_to_its_end(name: str) -> None:
    with RecordingReader(RECORDINGS / name) as reader:
        header, entries = reader.header, list(reader.entries())
    for end in range(0, len(entries), STEP):
        script = script_of(header, entries[:end], name)
        assert [step.number for step in script.steps] == list(range(1, len(script.steps) + 1))
        stage = drained(script, Terms(fresh_ids=False))
        verdict = stage.part.verdict
        assert not [step for step in verdict.left if isinstance(step, Say)], verdict.text
        assert verdict.clean, verdict.text
        assert [note for note in script.notes if "is cut off behind line" in note]


def test_what_is_no_message_makes_no_steps() -> None:
    script = Told().note("opened").note("ping", "server").note("told", "client", what="x").note("end").script()
    assert script.steps == ()
    assert script.notes == ()


def test_of_many_lines_that_are_not_played_the_first_are_told() -> None:
    told = Told().server("session.created")
    for _ in range(500):
        told.note("message", "server")
    notes = told.script().notes
    assert notes[:2] == ("line 3 is not played: its text is missing", "line 4 is not played: its text is missing")
    assert notes[5:] == (
        "and 495 more like these",
        "the recording is cut off behind line 502; it is played up to there",
    )


def test_gaps_and_messages_without_their_text_are_told() -> None:
    told = Told().server("session.created").note("gap", "server", reason="the disk was full").note("message", "server")
    notes = told.note("end").script().notes
    assert notes == (
        "line 3: a gap in the recording (the disk was full)",
        "line 4 is not played: its text is missing",
    )


def test_audio_between_two_events_is_one_step() -> None:
    told = Told()
    for _ in range(3):
        told.client("input_audio_buffer.append", audio="A" * 6400)
    told.server("input_audio_buffer.speech_started", item_id="item_1").client(
        "input_audio_buffer.append", audio="A" * 6400
    )
    first, started, second = told.script().steps
    assert isinstance(first, Speech) and (first.ms, first.until_ms, len(first.pieces)) == (300, 300, 3)
    assert isinstance(second, Speech) and (second.ms, second.until_ms) == (100, 400)
    assert isinstance(started, Say) and started.heard_ms == 300


def test_g711_is_measured_at_its_own_rate() -> None:
    session = {"audio": {"input": {"format": {"type": "audio/pcmu"}}}}
    told = Told().client("session.update", session=session).client("input_audio_buffer.append", audio="A" * 1068)
    _, speech = told.script().steps
    assert isinstance(speech, Speech) and round(speech.ms) == 100


def test_the_close_of_a_client_is_not_the_servers() -> None:
    told = Told().server("session.created").note("close", "client", code=1000).note("close", "server", code=1000)
    assert not [step for step in told.script().steps if isinstance(step, Ending)]


def test_a_call_is_cut_where_the_proxy_was_stopped_only_if_it_had_not_ended() -> None:
    words = "the proxy was stopped in mid-call; it is played up to there"
    stopped = Told().server("session.created").note("stopped").note("end")
    assert stopped.script().notes == (words,)
    closed = Told().server("session.created").note("close", "client", code=1000).note("close", "server", code=1000)
    assert closed.note("stopped").note("closed", "server", how="eof").note("end").script().notes == ()


def test_the_model_comes_from_the_session_or_from_the_address() -> None:
    address = Header(0, "websocket", target="/openai/realtime?api-version=1&deployment=mine")
    assert Told().script(address).model == "mine"
    assert Told().server("session.created", session={"model": "gpt-realtime"}).script(address).model == "gpt-realtime"
