from base64 import b64decode

import pytest

from rtdebug.simulator.audio import FORMATS
from rtdebug.simulator.hearing import recognise
from rtdebug.simulator.script import DEFAULT, Script
from rtdebug.simulator.script_reply import Reply
from rtdebug.simulator.script_rule import Rule, When
from rtdebug.simulator.vad import WINDOW_MS
from rtdebug.simulator.voice import speech

from .client import Client, assert_in_order, kinds

QUESTION = speech(DEFAULT.turns[0].user, "user")
SILENCE = b"\0\0" * 24_000
LOUD_MS = b"\x00\x40\x00\xc0" * 12
RULES = (Rule(When(), Reply(say="Yes.")),)
TURN = [
    "input_audio_buffer.speech_started",
    "input_audio_buffer.speech_stopped",
    "input_audio_buffer.committed",
    "conversation.item.added",
    "conversation.item.done",
]


@pytest.mark.parametrize("kind", FORMATS)
def test_a_spoken_turn_is_found_to_the_window(kind: str) -> None:
    client, fmt = Client(pace=1.0), FORMATS[kind]
    client.configure(audio={"input": {"format": {"type": kind}}})
    chunk = fmt.size(20)
    told = client.speak(fmt.write(SILENCE + QUESTION + SILENCE), chunk)
    assert kinds(told) == [*TURN, "response.created"]
    started, stopped = told[0], told[1]
    spoken_ms = len(QUESTION) / 48
    assert started["audio_start_ms"] == pytest.approx(1000 - 300, abs=100)
    assert stopped["audio_end_ms"] == pytest.approx(1000 + spoken_ms + 200, abs=150)
    assert (started["audio_start_ms"] + 300) % 32 == stopped["audio_end_ms"] % 32 == 0
    assert len({event["item_id"] for event in told[:3]} | {told[3]["item"]["id"]}) == 1
    client.say("conversation.item.retrieve", item_id=told[0]["item_id"])
    (part,) = client.the("conversation.item.retrieved")["item"]["content"]
    heard_ms = stopped["audio_end_ms"] - started["audio_start_ms"]
    assert fmt.ms(len(b64decode(part["audio"]))) == heard_ms
    client.wait_for("response.done")
    usage = client.the("response.done")["response"]["usage"]
    assert usage["input_token_details"]["audio_tokens"] == heard_ms // 100


def test_two_turns_in_one_append_are_two_items(client: Client) -> None:
    client.speak((QUESTION + SILENCE) * 2, 1 << 30)
    assert len(client.all("input_audio_buffer.committed")) == 2
    first, second = client.all("conversation.item.done")[0], client.all("input_audio_buffer.committed")[1]
    assert second["previous_item_id"] != first["previous_item_id"]
    assert_in_order(client.events)


def test_every_turn_of_the_script_is_heard_as_one() -> None:
    client = Client(script=DEFAULT)
    detection = {"type": "server_vad", "silence_duration_ms": 300}
    client.configure(audio={"input": {"transcription": {"model": "whisper-1"}, "turn_detection": detection}})
    for turn in (*DEFAULT.turns, *DEFAULT.afterwards):
        client.speak(speech(turn.user, "user") + SILENCE)
    heard = [event["transcript"] for event in client.all("conversation.item.input_audio_transcription.completed")]
    assert heard == [turn.user for turn in (*DEFAULT.turns, *DEFAULT.afterwards)]


def test_a_voice_cuts_a_response() -> None:
    client = Client(pace=1.0)
    client.write("Two.")
    client.say("response.create")
    client.wait(600)
    told = kinds(client.speak(QUESTION))
    assert told[0] == "input_audio_buffer.speech_started"
    assert "response.output_audio.done" in told
    assert told[-2:] == ["response.done", "rate_limits.updated"]
    assert client.the("response.done")["response"]["status_details"]["reason"] == "turn_detected"
    assert_in_order(client.events)


def test_interruption_and_response_can_be_switched_off() -> None:
    client = Client(pace=1.0)
    detection = {"type": "server_vad", "interrupt_response": False, "create_response": False}
    client.configure(audio={"input": {"turn_detection": detection}})
    client.say("response.create")
    assert kinds(client.speak(QUESTION + SILENCE)) == TURN
    client.configure(audio={"input": {"turn_detection": {**detection, "create_response": True}}})
    assert kinds(client.speak(QUESTION + SILENCE)) == [*TURN, "error"]
    assert client.error()["code"] == "conversation_already_has_active_response"


def test_without_vad_the_client_commits(client: Client) -> None:
    client.configure(audio={"input": {"turn_detection": None}})
    assert client.speak(QUESTION) == []
    told = client.say("input_audio_buffer.commit")
    assert kinds(told) == TURN[2:]
    assert told[0]["item_id"] == told[1]["item"]["id"]
    client.say("input_audio_buffer.commit")
    assert client.error()["message"] == (
        "Error committing input audio buffer: buffer too small. Expected at least 100ms of audio, "
        "but buffer only has 0.00ms of audio."
    )


def test_a_cleared_buffer_is_empty(client: Client) -> None:
    client.configure(audio={"input": {"turn_detection": None}})
    client.speak(QUESTION)
    assert kinds(client.say("input_audio_buffer.clear")) == ["input_audio_buffer.cleared"]
    client.say("input_audio_buffer.commit")
    assert client.error()["code"] == "input_audio_buffer_commit_empty"


def test_a_commit_in_mid_speech_leaves_the_rest_to_the_vad(client: Client) -> None:
    half = len(QUESTION) // 4 * 2
    client.speak(QUESTION[:half])
    announced = client.the("input_audio_buffer.speech_started")["item_id"]
    client.say("input_audio_buffer.commit")
    assert client.the("input_audio_buffer.committed")["item_id"] != announced
    client.speak(QUESTION[half:] + SILENCE)
    assert client.the("input_audio_buffer.committed")["item_id"] == announced
    assert_in_order(client.events)


@pytest.mark.parametrize("chunk", [960, 1 << 30])
@pytest.mark.parametrize(
    ("eagerness", "known_ms", "other_ms"),
    [("low", 1200, 8000), ("medium", 700, 4000), ("high", 400, 2000), ("auto", 700, 4000)],
)
def test_semantic_vad_waits_by_its_eagerness_and_less_after_words_it_knows(
    eagerness: str, known_ms: int, other_ms: int, chunk: int
) -> None:
    for script, waits_ms in ((Script(rules=RULES, hears=("Hello?",)), known_ms), (Script(rules=RULES), other_ms)):
        client = Client(script=script)
        client.configure(audio={"input": {"turn_detection": {"type": "semantic_vad", "eagerness": eagerness}}})
        client.speak(LOUD_MS * 320 + bytes(48 * 9000), chunk)
        end_ms = client.the("input_audio_buffer.speech_stopped")["audio_end_ms"]
        assert end_ms - 320 == pytest.approx(waits_ms, abs=WINDOW_MS)
        assert len(client.all("input_audio_buffer.committed")) == 1


@pytest.mark.parametrize("chunk", [960, 1 << 30])
def test_the_script_knows_no_more_turns_than_it_has_words_for(chunk: int) -> None:
    client = Client(script=Script(rules=RULES, hears=("Hello?",)))
    client.configure(audio={"input": {"turn_detection": {"type": "semantic_vad", "eagerness": "high"}}})
    client.speak((LOUD_MS * 320 + bytes(48 * 3000)) * 2, chunk)
    ends = [event["audio_end_ms"] for event in client.all("input_audio_buffer.speech_stopped")]
    assert ends == [pytest.approx(320 + 400, abs=WINDOW_MS), pytest.approx(3320 + 320 + 2000, abs=WINDOW_MS)]


def test_semantic_vad_knows_a_sentence_by_its_sound_and_hears_it_out() -> None:
    client = Client(script=DEFAULT)
    client.machine._state.recognise = recognise
    client.configure(audio={"input": {"turn_detection": {"type": "semantic_vad"}}})
    client.speak(QUESTION + SILENCE)
    assert client.the("input_audio_buffer.speech_stopped")["audio_end_ms"] >= len(QUESTION) / 48
    client.speak(QUESTION[: len(QUESTION) // 2] + SILENCE)
    assert client.events[-1]["type"] == "input_audio_buffer.speech_started"


@pytest.mark.parametrize(
    ("model", "deltas", "usage"),
    [("whisper-1", 1, "duration"), ("gpt-realtime-whisper", 10, "duration"), ("gpt-4o-transcribe", 10, "tokens")],
)
def test_what_was_said_is_written_down(model: str, deltas: int, usage: str) -> None:
    client = Client(script=DEFAULT, pace=1.0)
    client.configure(audio={"input": {"transcription": {"model": model}}})
    client.speak(QUESTION + SILENCE)
    client.wait(10_000)
    streamed = client.all("conversation.item.input_audio_transcription.delta")
    completed = client.the("conversation.item.input_audio_transcription.completed")
    assert len(streamed) == deltas
    assert "".join(event["delta"] for event in streamed) == completed["transcript"] == DEFAULT.turns[0].user
    assert completed["usage"]["type"] == usage
    assert completed["item_id"] == client.the("input_audio_buffer.committed")["item_id"]


@pytest.mark.parametrize(("audio", "code"), [("", "invalid_value"), ("a", "invalid_value"), (1, "invalid_type")])
def test_odd_audio_is_refused(client: Client, audio: object, code: str) -> None:
    client.say("input_audio_buffer.append", audio=audio)
    assert (client.error()["code"], client.error()["param"]) == (code, "audio")
