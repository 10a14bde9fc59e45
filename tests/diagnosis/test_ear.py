"""The microphone gone through: what is there is measured, what was lost is not taken for silence, odd figures hold."""

import re
from pathlib import Path

import numpy as np
import pytest

from rtdebug.diagnosis.linting import diagnose
from rtdebug.diagnosis.rules import appending, arriving, codec, delivery, echo, microphone
from rtdebug.diagnosis.subject import Samples, Subject
from rtdebug.opening import examined
from rtdebug.protocol.audio import AudioFormat
from rtdebug.protocol.dialects import Dialect
from rtdebug.session.audio import OutputAudio, Stretch
from rtdebug.session.model import ContentPart, Item, Mark, Response, Session, Speech
from tests.diagnosis.sounding import RATE, VoiceCall, pcm, spoken, voice

RULES = (*appending.RULES, *arriving.RULES, *codec.RULES, *delivery.RULES, *echo.RULES, *microphone.RULES)


def good(folder: Path) -> Path:
    one = VoiceCall(folder)
    one.microphone(pcm(spoken(14)), rate=RATE)
    one.answer("a", 3000, pcm(voice("assistant-hello")))
    one.answer("b", 8000, pcm(voice("assistant-done")))
    return one.record()


def test_levels_and_blocks_are_those_of_the_recording(tmp_path: Path) -> None:
    with examined(good(tmp_path)) as (_, subject):
        ear = subject.ear
        assert ear.levels.seconds == pytest.approx(14, abs=0.1)
        assert ear.blocks["client.wav"][0].stretch.start == 0
        assert (ear.headers, ear.strange, ear.repeats, ear.is_strange) == ([], {}, [], False)
        assert subject.ear is ear


def test_a_good_call_is_silent(tmp_path: Path) -> None:
    with examined(good(tmp_path)) as (_, subject):
        told = diagnose(subject, RULES)
    assert (told.findings, told.failed) == ([], [])


@pytest.mark.parametrize("name", ["client.wav", "server.wav"])
@pytest.mark.parametrize("left", [None, 60, 100_001])
def test_lost_samples_are_not_silence(tmp_path: Path, name: str, left: int | None) -> None:
    folder = good(tmp_path)
    if left is None:
        (folder / name).unlink()
    else:
        (folder / name).write_bytes((folder / name).read_bytes()[:left])
    with examined(folder) as (_, subject):
        told = diagnose(subject, RULES)
    assert (told.findings, told.failed) == ([], [])


@pytest.mark.parametrize("share", [0.1, 0.37, 0.5, 0.73, 0.9])
def test_every_beginning_of_a_call_is_good_too(tmp_path: Path, share: float) -> None:
    folder = good(tmp_path)
    events = (folder / "events.jsonl").read_bytes()
    (folder / "events.jsonl").write_bytes(events[: int(len(events) * share)])
    with examined(folder) as (_, subject):
        told = diagnose(subject, RULES)
    assert (told.findings, told.failed) == ([], [])


@pytest.mark.parametrize("rate", [8, 24000, 10**12])
@pytest.mark.parametrize("frames", [0, 1, 10**8])
@pytest.mark.parametrize("at_ns", [0, 10**18, None])
def test_absurd_figures_hold(rate: int, frames: int, at_ns: int | None) -> None:
    session, audio = Session(), OutputAudio()
    for seq in range(2, 40, 2):
        session.input.add(seq, at_ns, "client.wav", rate, (seq * 7) % 11, frames)
        audio.add(seq + 1, at_ns, "server.wav", rate, (seq * 5) % 13, frames)
    session.tracks = {"client.wav": AudioFormat("pcmu", rate), "server.wav": AudioFormat("pcm16", rate)}
    session.items["i"] = Item("i", parts={0: ContentPart("output_audio", "words", audio)}, response_id="r")
    session.items["u"] = Item("u", committed=Mark(30), asked=Mark(29), input_start_ms=-5.0, input_end_ms=1e300)
    session.responses["r"] = Response("r", Mark(2, at_ns), status="completed", item_ids=["i", "gone"], done=Mark(41))
    session.responses["r"].first_audio = session.responses["r"].last_audio = Mark(3, at_ns)
    session.speeches.append(Speech("u", Mark(9, at_ns)))

    def read(stretch: Stretch) -> Samples:
        return np.full(stretch.frames, 9, np.int16)

    subject = Subject(session, [], Dialect("ga"), read=read, there=lambda track: 1000)
    told = diagnose(subject, RULES)
    assert told.failed == []


def test_the_rules_words_name_no_payload() -> None:
    codes = [one.code for one in RULES]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"RT1[015]\d|RT111", code) for code in codes)
