"""Answers whose audio comes too slowly, or stops in the middle; and such as come in time."""

from rtdebug.diagnosis.rules.supply import RULES
from tests.diagnosis.telling import Talk


def answered(every_ms: float, *, pause_ms: float = 0) -> Talk:
    """An answer of 4 s in pieces of 200 ms, one every so often, with a pause in the middle."""
    talk = Talk()
    talk.client(900, "response.create")
    talk.begin(1000, "resp_1")
    over = talk.say(1200, "resp_1", "item_1", 4000, every_ms)
    if pause_ms:
        deltas = [n for n, line in enumerate(talk.lines) if line[3].get("type") == "response.output_audio.delta"]
        for n in deltas[len(deltas) // 2 :]:
            talk.lines[n] = (talk.lines[n][0] + pause_ms, *talk.lines[n][1:])
    talk.end(over + pause_ms, "resp_1")
    return talk


def test_audio_that_comes_faster_than_it_is_heard_is_none() -> None:
    assert answered(40).findings(*RULES) == []
    assert answered(200).findings(*RULES) == []


def test_a_pause_while_there_is_enough_to_play_is_none() -> None:
    assert answered(40, pause_ms=1000).findings(*RULES) == []


def test_audio_that_comes_too_slowly_is_found() -> None:
    (found,) = answered(260).findings(*RULES)
    assert (found.code, found.severity, found.response_id) == ("RT191", "warning", "resp_1")
    assert found.message == "resp_1 came too slowly to be played: 18 gaps, 1.04 s in all"


def test_many_choppy_answers_are_one_finding() -> None:
    talk = Talk()
    for number in range(8):
        talk.begin(number * 20_000, f"resp_{number}")
        talk.end(talk.say(number * 20_000 + 100, f"resp_{number}", f"item_{number}", 4000, 260), f"resp_{number}")
    (found,) = talk.findings(*RULES)
    assert found.message == "8 answers came too slowly to be played; the first is resp_0"


def test_a_stall_is_found() -> None:
    (found,) = answered(200, pause_ms=2000).findings(*RULES)
    assert (found.code, found.severity, found.response_id) == ("RT193", "warning", "resp_1")
    assert found.message == "resp_1 fell silent for 1.90 s in the middle: its audio came late"


def test_what_nobody_waited_for_is_none() -> None:
    talk = answered(200, pause_ms=2000)
    talk.server(2500, "input_audio_buffer.speech_started", item_id="item_user", audio_start_ms=2000)
    assert talk.findings(*RULES) == []


def test_written_answers_stall_too() -> None:
    talk = Talk()
    talk.begin(1000, "resp_1")
    at = {"response_id": "resp_1", "item_id": "item_1", "output_index": 0, "content_index": 0}
    talk.server(1100, "response.output_text.delta", **at, delta="The ferry")
    talk.server(5600, "response.output_text.delta", **at, delta=" leaves.")
    talk.end(5700, "resp_1")
    (found,) = talk.findings(*RULES)
    assert (found.code, found.seqs) == ("RT193", (4, 5))
    assert found.message == "resp_1 stopped for 4.50 s between two deltas"
