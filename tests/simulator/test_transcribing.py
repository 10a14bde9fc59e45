import pytest

from rtdebug.simulator.options import Manner

from .client import Client, kinds

VOICE = b"\x00\x40\x00\xc0" * 12
DONE = "conversation.item.input_audio_transcription.completed"


@pytest.fixture
def listener() -> Client:
    return Client(manner=Manner(transcribes=True))


def test_a_listening_session_says_no_more_than_it_can_do(listener: Client) -> None:
    session = listener.the("session.created")["session"]
    assert (session["type"], session["object"]) == ("transcription", "realtime.transcription_session")
    assert list(session["audio"]) == ["input"]
    assert "create_response" not in session["audio"]["input"]["turn_detection"]


@pytest.mark.parametrize("kind", ["response.create", "conversation.item.create", "response.cancel"])
def test_it_makes_no_responses(listener: Client, kind: str) -> None:
    listener.say(kind)
    assert (listener.error()["code"], listener.error()["param"]) == ("invalid_value", "type")


def test_speech_is_written_down_and_not_answered(listener: Client) -> None:
    said = listener.speak(VOICE * 600 + bytes(48 * 1000)) + listener.wait(5000)
    assert kinds(said) == [
        "input_audio_buffer.speech_started",
        "input_audio_buffer.speech_stopped",
        "input_audio_buffer.committed",
        "conversation.item.added",
        "conversation.item.done",
        "conversation.item.input_audio_transcription.delta",
        DONE,
    ]
    completed = listener.the(DONE)
    assert completed["transcript"] == "Look it up."
    assert completed["usage"]["type"] == "tokens"


def test_a_commit_by_hand_is_charged_by_the_second(listener: Client) -> None:
    heard = {"turn_detection": None, "transcription": {"model": "whisper-1"}}
    listener.say("session.update", session={"type": "transcription", "audio": {"input": heard}})
    listener.speak(VOICE * 1200)
    listener.say("input_audio_buffer.commit")
    listener.wait(5000)
    assert listener.the(DONE)["usage"] == {"type": "duration", "seconds": 2}
    assert len(listener.all("conversation.item.input_audio_transcription.delta")) == 1


def test_an_eager_ear_waits_less(listener: Client) -> None:
    ends = []
    for eagerness in ("high", "low"):
        detection = {"type": "semantic_vad", "eagerness": eagerness}
        listener.say(
            "session.update", session={"type": "transcription", "audio": {"input": {"turn_detection": detection}}}
        )
        said = listener.speak(VOICE * 320 + bytes(48 * 9000))
        start, end = (event for event in said if "speech" in event["type"])
        ends.append(end["audio_end_ms"] - start["audio_start_ms"])
    assert ends[0] < ends[1]
