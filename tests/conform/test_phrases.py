from pybase64 import b64decode

from rtdebug.conform.phrases import ANSWERED, begin_in_audio, message, speak, spoken_turn
from rtdebug.conform.steps import Check, Pause, Play, Say

from .stagehand import alone, breaches, play


def test_speech_goes_out_whole_in_pieces_with_silence_behind_it() -> None:
    steps = list(speak(b"\x01\x00" * 24 * 250, silence_ms=100))
    said = [step.event for step in steps if isinstance(step, Say)]
    assert [type(step) for step in steps] == [Say, Pause] * len(said)
    sent = b"".join(b64decode(event["audio"]) for event in said if not isinstance(event, str))
    assert sent == b"\x01\x00" * 24 * 250 + bytes(48 * 100)


def test_words_are_put_into_an_item() -> None:
    assert message("Hi.", id="item_1") == {
        "type": "message",
        "role": "user",
        "id": "item_1",
        "content": [{"type": "input_text", "text": "Hi."}],
    }


def test_a_spoken_turn_tells_how_long_it_is() -> None:
    lengths: list[int] = []

    def scene() -> Play[None]:
        yield from begin_in_audio()
        item_id, length_ms = yield from spoken_turn("Hi, when is the next train to Leeds?")
        lengths.append(length_ms)
        yield Check("P99", "" if item_id.startswith("item_") else "no item")

    stage = play(alone(scene))
    audio = [event.data["delta"] for event in stage.server if event.type == "response.output_audio.delta"]
    assert breaches(stage) == []
    assert lengths == [sum(len(b64decode(piece)) for piece in audio) // 48]
    assert {finding.code for finding in stage.findings} == {ANSWERED, "P99"}
