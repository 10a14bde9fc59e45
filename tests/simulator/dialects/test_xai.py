from uuid import UUID

import pytest

from rtdebug.simulator.options import Manner

from ..client import TOOL, Client, kinds

VOICE = b"\x00\x40\x00\xc0" * 12


@pytest.fixture
def xai() -> Client:
    return Client(manner=Manner("xai"), model="grok-voice-latest")


def test_a_session_begins_with_three_events(xai: Client) -> None:
    assert kinds(xai.events) == ["session.created", "conversation.created", "ping"]
    session = xai.events[0]["session"]
    assert (session["voice"], session["turn_detection"], session["modalities"]) == ("ara", {"type": None}, ["audio"])
    assert all("previous_item_id" in event for event in xai.events)
    UUID(session["id"])


def test_an_update_may_be_flat_and_needs_no_type(xai: Client) -> None:
    xai.say(
        "session.update",
        session={
            "voice": "rex",
            "turn_detection": {"type": "server_vad"},
            "tools": [TOOL],
            "temperature": 0.1,
            "audio": {"output": {"format": {"type": "audio/pcm", "rate": 16000}, "transport": "json"}},
        },
    )
    session = xai.the("session.updated")["session"]
    assert (session["voice"], session["turn_detection"]["type"]) == ("rex", "server_vad")
    assert session["tools"] == [{"type": "function", "function": {"name": "look", "parameters": TOOL["parameters"]}}]
    assert session["audio"]["output"] == {"format": {"type": "audio/pcm", "rate": 16000}, "transport": "json"}


@pytest.mark.parametrize("rate", [8000, 22050, 44100, 48000])
def test_sound_comes_at_the_rate_asked_for(xai: Client, rate: int) -> None:
    xai.say("session.update", session={"audio": {"output": {"format": {"type": "audio/pcm", "rate": rate}}}})
    xai.say("response.create")
    chunks = xai.all("response.output_audio.delta")
    assert sum(chunk["audio_duration_ms"] for chunk in chunks) == pytest.approx(len("Hello there!") * 50, abs=5)
    assert {"rid", "latency", "ts"} <= set(chunks[0])
    words = xai.all("response.output_audio_transcript.delta")
    assert words[0]["start_time"] == 0 and "obfuscation" not in words[0]


def test_another_rate_is_refused(xai: Client) -> None:
    xai.say("session.update", session={"audio": {"input": {"format": {"type": "audio/pcm", "rate": 11025}}}})
    assert xai.error()["param"] == "session.audio.input.format.rate"


def test_a_written_turn_has_no_done_events_for_items(xai: Client) -> None:
    assert kinds(xai.write("Two.")) == ["conversation.item.added"]
    xai.say("response.create")
    assert kinds(xai.events)[4:] == [
        "response.created",
        "response.output_item.added",
        "conversation.item.added",
        "response.content_part.added",
        "response.output_audio_transcript.delta",
        "response.output_audio_transcript.done",
        "response.content_part.done",
        "response.output_audio.done",
        "response.output_item.done",
        "response.done",
    ]
    assert "part" not in xai.the("response.content_part.done")
    assert "content" not in xai.the("response.output_item.done")["item"]


def test_usage_stands_beside_the_response(xai: Client) -> None:
    xai.say("response.create")
    done = xai.the("response.done")
    assert (done["response"]["status_details"], done["response"]["usage"]) == ("unimplemented", {})
    assert done["usage"]["total_tokens"] == done["usage"]["input_tokens"] + done["usage"]["output_tokens"]
    assert done["usage"]["output_audio_seconds"] == pytest.approx(0.6)
    assert done["response"]["output"][0]["content"] == [{"type": "audio", "transcript": "Hello there!"}]


def test_what_is_heard_is_announced_early_and_written_down_from_the_start_each_time(xai: Client) -> None:
    heard = {"transcription": {"model": "grok-transcribe"}}
    xai.say("session.update", session={"turn_detection": {"type": "server_vad"}, "audio": {"input": heard}})
    said = xai.speak(VOICE * 300 + bytes(48 * 1000)) + xai.wait(3000)
    assert [kind for kind in kinds(said) if not kind.startswith("response.")][:4] == [
        "input_audio_buffer.speech_started",
        "conversation.item.added",
        "input_audio_buffer.speech_stopped",
        "input_audio_buffer.committed",
    ]
    item_id = xai.the("input_audio_buffer.committed")["item_id"]
    assert sum(event["item"]["id"] == item_id for event in xai.all("conversation.item.added")) == 1
    updates = [event["transcript"] for event in xai.all("conversation.item.input_audio_transcription.updated")]
    completed = xai.the("conversation.item.input_audio_transcription.completed")
    assert updates[-1] == completed["transcript"] and all(updates[-1].startswith(update) for update in updates)
    assert completed["status"] == "completed" and "usage" not in completed


def test_metadata_and_out_of_band_are_told(xai: Client) -> None:
    xai.say("response.create", response={"conversation": "none", "metadata": {"topic": "x"}})
    response = xai.the("response.done")["response"]
    assert (response["metadata"], response["conversation_id"]) == ({"topic": "x"}, None)
    call = {"type": "function_call", "name": "look", "arguments": "{}"}
    xai.say("conversation.item.create", item=call)
    assert xai.the("conversation.item.added")["item"]["call_id"].startswith("call-")
