"""Users whose words are the assistant's, and users who only take some of them up."""

from pathlib import Path

import pytest

from rtdebug.diagnosis.rules.repeating import transcript_echo
from tests.diagnosis.sounding import VoiceCall, pcm, voice

ANSWER = "The next one leaves at ten fifteen from platform four, and the one after that at eleven."


def call(folder: Path, heard: str, *, at_ms: float = 3000) -> VoiceCall:
    """An answer of nine seconds from 1 s on, and what the transcript says was heard at a moment."""
    one = VoiceCall(folder)
    one.answer("train", 1000, pcm(voice("assistant-the-next")), text=ANSWER)
    one.speech("user", at_ms, at_ms + 2000, at_ms=at_ms)
    said = {"item_id": "item_user", "content_index": 0, "transcript": heard}
    one.server(at_ms + 2500, "conversation.item.input_audio_transcription.completed", **said)
    return one


@pytest.mark.parametrize("at_ms", [1500, 3000, 9000])
def test_the_assistants_own_words_are_named(tmp_path: Path, at_ms: float) -> None:
    (found,) = call(tmp_path, "the next one leaves at ten fifteen from platform", at_ms=at_ms).findings(transcript_echo)
    assert (found.code, found.severity, found.confidence) == ("RT116", "warning", "medium")
    assert found.message.startswith("100 % of the user's words “the next one leaves at ten fifteen from platform” are")
    assert (found.item_id, found.response_id) == ("item_user", "resp_train")
    assert len(found.seqs) == 3


@pytest.mark.parametrize(
    ("heard", "at_ms"),
    [
        ("the next one leaves at ten fifteen from platform", 13_000),
        ("Platform four?", 3000),
        ("So I should be at platform four before ten fifteen, is that right?", 3000),
        ("Stop, I want to go to Paris and not to Leeds.", 3000),
        ("", 3000),
    ],
)
def test_a_user_who_takes_words_up_is_no_echo(tmp_path: Path, heard: str, at_ms: float) -> None:
    assert call(tmp_path, heard, at_ms=at_ms).findings(transcript_echo) == []
