import pytest

from .client import Client, kinds

QUIET = bytes(48 * 100)


def quiet(client: Client, seconds: float) -> list[dict[str, object]]:
    return client.speak(QUIET * int(seconds * 10), chunk=len(QUIET))


@pytest.fixture
def waiting(client: Client) -> Client:
    detection = {"type": "server_vad", "idle_timeout_ms": 5000}
    client.configure(audio={"input": {"turn_detection": detection, "transcription": {"model": "whisper-1"}}})
    return client


def test_silence_after_an_answer_becomes_a_turn(waiting: Client) -> None:
    quiet(waiting, 1)
    waiting.say("response.create")
    assert not quiet(waiting, 5.6)
    told = quiet(waiting, 0.2) + waiting.wait(2000)
    assert [kind for kind in kinds(told) if "response.o" not in kind and "response.c" not in kind][:6] == [
        "input_audio_buffer.timeout_triggered",
        "conversation.item.added",
        "conversation.item.done",
        "input_audio_buffer.committed",
        "conversation.item.added",
        "conversation.item.done",
    ]
    triggered, note = told[0], told[1]["item"]
    # The greeting of 600 ms was to be heard first.
    assert (triggered["audio_start_ms"], triggered["audio_end_ms"]) == (1600, 1600 + 5120)
    assert isinstance(note, dict) and note["role"] == "system"
    assert waiting.the("input_audio_buffer.committed")["item_id"] == triggered["item_id"]
    assert waiting.all("response.created")[-1]["response"]["metadata"] is None
    transcribed = waiting.the("conversation.item.input_audio_transcription.completed")
    assert (transcribed["transcript"], transcribed["usage"]) == ("", {"type": "duration", "seconds": 0})
    assert not waiting.all("conversation.item.input_audio_transcription.delta")


def test_nobody_is_waited_for_before_the_first_answer_or_without_a_timeout(waiting: Client) -> None:
    assert not quiet(waiting, 20)
    waiting.configure(audio={"input": {"turn_detection": {"type": "server_vad", "idle_timeout_ms": None}}})
    waiting.say("response.create")
    assert not quiet(waiting, 20)


def test_speech_ends_the_wait(waiting: Client) -> None:
    waiting.say("response.create")
    quiet(waiting, 4)
    waiting.speak(b"\x00\x40\x00\xc0" * 12 * 3000)
    assert not waiting.all("input_audio_buffer.timeout_triggered")
