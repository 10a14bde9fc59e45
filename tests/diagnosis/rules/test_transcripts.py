"""Transcripts of silence, and in another language than the call's."""

from typing import Any

import numpy as np
import pytest

from rtdebug.diagnosis.rules.transcripts import RULES, script_of
from rtdebug.diagnosis.subject import Samples, Subject
from rtdebug.session.audio import Stretch
from tests.diagnosis.telling import Talk


def saying(*texts: str) -> Talk:
    talk = Talk()
    for number, text in enumerate(texts, 1):
        talk.speech(number * 10_000, f"said_{number}", text=text)
    return talk


def test_one_transcript_in_another_script_is_found() -> None:
    (found,) = saying("Hello there", "When does it leave?", "Thank you", "谢谢观看").findings(*RULES)
    assert (found.code, found.severity, found.confidence, found.item_id) == ("RT181", "info", "low", "said_4")
    assert found.message == 'the transcript "谢谢观看" is in Chinese or Japanese, the others are in Latin'


def test_a_call_in_one_language_or_in_two_is_none() -> None:
    assert saying("Hello", "Hello", "Hello", "OK").findings(*RULES) == []
    assert saying("Hello", "Hello", "Привет", "Привет").findings(*RULES) == []
    assert saying("Hello", "Привет").findings(*RULES) == []


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("Guten Morgen", "Latin"),
        ("Доброе утро", "Cyrillic"),
        ("こんにちは", "Chinese or Japanese"),
        ("42", ""),
        ("안녕하세요", "Hangul"),
    ],
)
def test_a_script_has_a_name(text: str, script: str) -> None:
    assert script_of(text) == script


class Heard(Talk):
    """A call whose microphone gave a hum of one level all the time."""

    level = 0

    def subject(self, **more: Any) -> Subject:
        def read(stretch: Stretch) -> Samples:
            return np.resize(np.array([self.level, -self.level], np.int16), stretch.frames)

        subject = super().subject(**{"read": read, "there": lambda track: 10**9, **more})
        for stretch in subject.session.input.stretches:
            stretch.track = "client"
        return subject


def heard(level: int) -> Talk:
    talk = Heard()
    talk.level = level
    talk.client(9000, "input_audio_buffer.append", audio="AAAA" * 16_000 * 14)
    talk.speech(10_000, "said_1", text="Thanks for watching!")
    return talk


def test_words_for_near_silence_are_found() -> None:
    (found,) = heard(8).findings(*RULES)
    assert (found.code, found.severity, found.item_id) == ("RT181", "warning", "said_1")
    assert found.message == 'the transcript "Thanks for watching!" is of near silence (-72 dB of full scale at most)'


def test_samples_that_were_lost_are_not_silence() -> None:
    assert heard(0).findings(*RULES, there=lambda track: 1000) == []


def test_words_that_can_be_heard_are_none() -> None:
    assert heard(800).findings(*RULES) == []
