"""Answers that come late, later with every turn, or after a late end of turn; and quick ones."""

from collections.abc import Sequence
from typing import Any

from rtdebug.diagnosis.rules.latency import RULES
from tests.diagnosis.telling import VAD, Talk

MICROPHONE = "AAAA" * 16_000


def call(waits_ms: Sequence[float], *, tokens: Sequence[int] = (), late_ms: float = 0, silence_ms: int = 200) -> Talk:
    """Spoken turns, 20 s apart, whose answers begin so long after `speech_stopped`; the end of it is seen late."""
    talk = Talk({**VAD, "silence_duration_ms": silence_ms})
    for second in range(20 * len(waits_ms) + 5):
        talk.client(second * 1000 + 999, "input_audio_buffer.append", audio=MICROPHONE)
    for turn, wait in enumerate(waits_ms):
        at = 2000 + turn * 20_000
        ended = at + 2000
        heard = ended + silence_ms + late_ms
        talk.server(at, "input_audio_buffer.speech_started", item_id=f"said_{turn}", audio_start_ms=at)
        talk.server(heard, "input_audio_buffer.speech_stopped", item_id=f"said_{turn}", audio_end_ms=ended + silence_ms)
        talk.server(heard, "input_audio_buffer.committed", item_id=f"said_{turn}")
        shown = {"id": f"said_{turn}", "type": "message", "role": "user", "content": [{"type": "input_audio"}]}
        talk.server(heard, "conversation.item.added", item=shown)
        talk.begin(heard + wait - 50, f"resp_{turn}")
        over = talk.say(heard + wait, f"resp_{turn}", f"item_{turn}", 1000)
        more: dict[str, Any] = {"usage": {"input_tokens": tokens[turn], "output_tokens": 20}} if tokens else {}
        talk.end(over, f"resp_{turn}", **more)
    return talk


def test_quick_answers_are_none() -> None:
    assert call([500, 600, 700, 650, 500]).findings(*RULES) == []


def test_an_answer_after_more_than_three_seconds_is_found() -> None:
    (found,) = call([500, 4000]).findings(*RULES)
    assert (found.code, found.severity, found.response_id) == ("RT190", "warning", "resp_1")
    assert found.message.startswith("resp_1 began 4.") and "the model 4." in found.message
    assert found.until_ns == 28_200_000_000


def test_so_is_one_that_is_slow_for_this_call() -> None:
    (found,) = call([300, 300, 300, 300, 300, 2500]).findings(*RULES)
    assert (found.code, found.response_id) == ("RT190", "resp_5")
    assert "the call's median is" in found.message


def test_a_call_that_is_slow_throughout_is_one_finding() -> None:
    (found,) = call([4000] * 8).findings(*RULES)
    assert found.code == "RT190"
    assert found.message.startswith("8 of 8 answers came late; the median is 4.")
    assert len(found.seqs) > 4


def test_a_written_turn_is_waited_for_since_it_was_asked() -> None:
    talk = Talk()
    talk.write(500, "item_asked")
    talk.client(600, "response.create")
    talk.begin(620, "resp_1")
    talk.say(5000, "resp_1", "item_1", 1000)
    talk.end(5300, "resp_1")
    (found,) = talk.findings(*RULES)
    assert found.message == "resp_1 began 4.40 s after the client asked for it: the model 4.40 s"


def test_a_client_that_asks_late_is_named() -> None:
    talk = Talk({**VAD, "create_response": False})
    for second in range(10):
        talk.client(second * 1000 + 999, "input_audio_buffer.append", audio=MICROPHONE)
    talk.speech(1000, "item_user", 1500)
    talk.answer(6000, 1, 1000)
    (found,) = talk.findings(*RULES)
    assert found.code == "RT190"
    assert "until the client asked for it 3.50 s" in found.message


def spoken_with_a_tool() -> Talk:
    talk = Talk()
    for second in range(10):
        talk.client(second * 1000 + 999, "input_audio_buffer.append", audio=MICROPHONE)
    talk.speech(1000, "item_user", 1500)
    talk.begin(2600, "resp_1")
    ids = {"response_id": "resp_1", "item_id": "item_call", "output_index": 0, "call_id": "call_1"}
    called = {"id": "item_call", "type": "function_call", "call_id": "call_1", "name": "look"}
    talk.server(2650, "response.output_item.added", response_id="resp_1", output_index=0, item=called)
    talk.server(2700, "response.function_call_arguments.done", **ids, arguments="{}")
    talk.end(2750, "resp_1", called)
    talk.output(6700, "call_1")
    talk.answer(6750, 2, 1000)
    return talk


def test_a_slow_tool_is_named() -> None:
    (found,) = spoken_with_a_tool().findings(*RULES)
    assert (found.code, found.response_id) == ("RT190", "resp_2")
    assert "the client's tools 4.00 s" in found.message


GROWING = [1000 + 1000 * turn for turn in range(10)]


def test_answers_that_grow_slower_with_the_context_are_found() -> None:
    (found,) = call([300 + 150 * turn for turn in range(10)], tokens=GROWING).findings(*RULES)
    assert (found.code, found.severity) == ("RT192", "warning")
    assert "150 ms for each 1,000 input tokens" in found.message


def test_a_growing_context_alone_is_none() -> None:
    assert call([500, 480, 520, 500, 490, 510, 500, 505, 495, 500], tokens=GROWING).findings(*RULES) == []


def test_a_late_end_of_turn_is_found() -> None:
    (found,) = call([500, 500, 500], late_ms=1300).findings(*RULES)
    assert (found.code, found.severity) == ("RT194", "warning")
    assert "is the configured silence" in found.message
    (found,) = call([500, 500, 500], silence_ms=1500).findings(*RULES)
    assert (found.code, found.seqs[0]) == ("RT194", found.seqs[0])


def test_without_times_nothing_is_judged() -> None:
    assert call([9000]).findings(*RULES, lacks=("times",)) == []
