"""Transcripts that come out of order, late or not at all."""

from typing import Any

import pytest

from rtdebug.diagnosis.rules.order import RULES
from tests.diagnosis.telling import VAD, Talk

WHOLE = "conversation.item.input_audio_transcription.completed"
FAILED = "conversation.item.input_audio_transcription.failed"


def call(*transcripts_ms: float | None, transcribes: bool = True, until_ms: float = 60_000) -> Talk:
    """Turns that are committed at 2 s, 12 s, …, answered within 1 s, and transcribed so long after the commit."""
    talk = Talk()
    model: dict[str, Any] | None = {"model": "gpt-4o-mini-transcribe"} if transcribes else None
    told = {"input": {"turn_detection": VAD, "transcription": model}}
    talk.server(10, "session.updated", session={"id": "sess_1", "type": "realtime", "audio": told})
    for turn, after in enumerate(transcripts_ms, 1):
        at = turn * 10_000 - 9000
        talk.speech(at, f"said_{turn}", 1000)
        talk.answer(at + 1100, turn, 2000, by="server")
        if after is not None:
            talk.server(at + 1000 + after, WHOLE, item_id=f"said_{turn}", content_index=0, transcript="Hello")
    talk.hang_up(until_ms)
    return talk


def test_transcripts_that_come_at_once_are_none() -> None:
    assert call(300, 400, 300).findings(*RULES) == []


def test_transcripts_behind_the_answer_are_one_finding() -> None:
    (found,) = call(2000, 400, 2000).findings(*RULES)
    assert (found.code, found.severity) == ("RT180", "info")
    assert found.message == "2 of 3 transcripts of the user's came out of order"


def test_so_are_those_of_two_turns_that_change_places() -> None:
    talk = call(11_000, 500)
    first = next(one for one in talk.findings(*RULES) if one.code == "RT180")
    assert first.message == "the transcript of said_1 came after that of the next turn"


def test_a_transcript_long_after_the_answer_is_found() -> None:
    (found,) = call(300, 6000).findings(*RULES)
    assert (found.code, found.severity, found.item_id) == ("RT183", "warning", "said_2")
    assert found.message == "the transcript of said_2 came 5.20 s after the answer to it was done"


def test_a_transcript_that_never_comes_is_found() -> None:
    (found,) = call(300, None).findings(*RULES)
    assert (found.code, found.severity, found.item_id) == ("RT182", "warning", "said_2")
    assert found.message == "said_2 was committed and has no transcript 48.0 s later"


def test_many_are_one_finding() -> None:
    (found,) = call(300, None, None, None).findings(*RULES)
    assert found.message == "3 turns of the user's have no transcript; the first is said_2"


def test_a_transcript_that_may_still_come_and_one_that_nobody_wants_are_none() -> None:
    assert call(300, None, until_ms=18_000).findings(*RULES) == []
    assert call(None, None, transcribes=False).findings(*RULES) == []


def test_a_failed_transcription_is_found_with_its_reason() -> None:
    talk = call(300)
    talk.server(20_000, FAILED, item_id="said_1", content_index=0, error={"message": "No such deployment."})
    found = [one for one in talk.findings(*RULES) if one.code == "RT182"]
    assert [one.message for one in found] == ["said_1 was not transcribed: No such deployment."]


@pytest.mark.parametrize("status", ["cancelled", "failed"])
def test_an_answer_that_was_not_made_overtakes_no_transcript(status: str) -> None:
    talk = Talk()
    talk.speech(1000, "item_u", text="I would like")
    talk.begin(2520, "resp_1")
    talk.end(2600, "resp_1", status=status)
    talk.hang_up(9000)
    assert talk.findings(*RULES) == []


def test_a_call_of_a_tool_is_no_answer_to_be_overtaken() -> None:
    talk = Talk(tools=("book",))
    talk.speech(100, "item_u", text="Book it")
    talk.call(1650, 1, "book")
    talk.output(3000, "call_1_book")
    talk.answer(3100, 2, 2000)
    talk.hang_up(9000)
    assert talk.findings(*RULES) == []
