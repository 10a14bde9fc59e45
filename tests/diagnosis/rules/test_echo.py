"""The assistant in the user's microphone, as leaky rooms and telephones have it; and users who merely speak too."""

from pathlib import Path

import numpy as np
import pytest

from rtdebug.diagnosis.linting import Diagnosis
from rtdebug.diagnosis.rules.echo import echo
from rtdebug.diagnosis.signal.encodings import wire_bytes
from tests.diagnosis.sounding import (
    ASSISTANTS,
    MS,
    PCM,
    PCMU,
    RATE,
    USERS,
    Sound,
    VoiceCall,
    at_rate,
    lay,
    noise,
    pcm,
    voice,
)

_FIRST_S = 1.5


def ulaw(sound: Sound) -> bytes:
    return wire_bytes(np.frombuffer(pcm(sound), "<i2"), "pcmu").tobytes()


def room(seed: int) -> Sound:
    """How a small loudspeaker, a room and a cheap microphone answer a click."""
    rng, ticks = np.random.default_rng(seed), np.arange(round(0.1 * RATE))
    tail = rng.normal(size=len(ticks)) * np.exp(-ticks / RATE / 0.03)
    tail[:48] = 0
    answer = np.zeros(len(ticks))
    answer[0] = 1
    answer += 0.6 * tail / np.sqrt((tail**2).sum())
    spectrum, pitch = np.fft.rfft(answer, 8192), np.fft.rfftfreq(8192, 1 / RATE)
    spectrum *= pitch / (pitch + 300) * (1 + 1.5 * np.exp(-(((pitch - 900) / 150) ** 2)))
    return np.fft.irfft(spectrum)[: len(ticks)]


def call(
    folder: Path,
    *,
    leak_db: float | None = None,
    delay_ms: float = 0,
    user_talks: bool = False,
    level: float = 20,
    telephone: tuple[bool, bool] = (False, False),
    seed: int = 1,
    chunk_ms: float = 20,
) -> VoiceCall:
    """Three answers. `telephone` says whether the microphone and the answers are µ-law at 8 kHz."""
    plan, at_s = [], _FIRST_S
    for number in range(3):
        say = voice(ASSISTANTS[(seed + number) % len(ASSISTANTS)])
        plan.append((at_s, say))
        at_s += len(say) / RATE + 2.2
    lane = noise(at_s, level, seed)
    for number, (begin_s, say) in enumerate(plan):
        if leak_db is not None:
            back = np.convolve(say, room(seed))[: len(say)]
            back *= np.sqrt((say**2).mean() / (back**2).mean()) * 10 ** (leak_db / 20)
            lay(lane, back, begin_s + delay_ms / 1000)
        if user_talks:
            lay(lane, voice(USERS[(seed + number) % len(USERS)]), begin_s + 0.3)
    heard, said = (PCMU if one else PCM for one in telephone)
    one = VoiceCall(folder, heard, said)
    lane = lane[round(0.1 * RATE) :]
    if telephone[0]:
        one.microphone(ulaw(at_rate(lane, 8000)), rate=8000, width=1)
    else:
        one.microphone(pcm(lane), rate=RATE, chunk_ms=chunk_ms)
    for number, (begin_s, say) in enumerate(plan):
        data, rate = (ulaw(at_rate(say, 8000)), 8000) if telephone[1] else (pcm(say), RATE)
        one.answer(str(number), begin_s * 1000, data, rate=rate)
    return one


def late_ms(message: str) -> float:
    return float(message.partition("up: ")[2].partition(" ms")[0])


@pytest.mark.parametrize("leak_db", [-12, -20, -30])
@pytest.mark.parametrize("delay_ms", [80, 215, 400])
@pytest.mark.parametrize("user_talks", [False, True], ids=["alone", "both"])
def test_a_leak_is_found_with_its_delay(tmp_path: Path, leak_db: float, delay_ms: float, user_talks: bool) -> None:
    one = call(tmp_path, leak_db=leak_db, delay_ms=delay_ms, user_talks=user_talks, seed=int(delay_ms))
    (found,) = one.findings(echo)
    assert abs(late_ms(found.message) - delay_ms) <= 20
    assert (found.severity, found.confidence) == ("warning", "high")
    assert "in 3 of 3 answers" in found.message
    assert found.response_id.startswith("resp_")
    assert {one.track for one in found.sound} == {"client.wav", "server.wav"}


@pytest.mark.parametrize("telephone", [(True, True), (True, False), (False, True)])
def test_a_leak_is_found_across_rates_and_telephones(tmp_path: Path, telephone: tuple[bool, bool]) -> None:
    (found,) = call(tmp_path, leak_db=-20, delay_ms=260, telephone=telephone, level=40).findings(echo)
    assert abs(late_ms(found.message) - 260) <= 20


@pytest.mark.parametrize("chunk_ms", [20, 100])
def test_a_network_that_delays_pieces_does_not_delay_the_echo(tmp_path: Path, chunk_ms: float) -> None:
    one = call(tmp_path, leak_db=-20, delay_ms=180, chunk_ms=chunk_ms)
    late = np.abs(np.random.default_rng(5).normal(size=len(one.lines))) * 25 * MS
    late[:5] = 60 * MS
    one.lines = [
        (at_ns + int(more) if sender == "client" else at_ns, sender, event)
        for (at_ns, sender, event), more in zip(one.lines, late, strict=True)
    ]
    (found,) = one.findings(echo)
    assert abs(late_ms(found.message) - 180) <= 20


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("user_talks", [False, True], ids=["alone", "both"])
def test_a_user_who_speaks_too_is_no_echo(tmp_path: Path, seed: int, user_talks: bool) -> None:
    assert call(tmp_path, user_talks=user_talks, level=60, seed=seed).diagnosis(echo) == Diagnosis([])


def test_an_answer_that_its_own_echo_cuts_off_is_graver(tmp_path: Path) -> None:
    one = call(tmp_path, leak_db=-12, delay_ms=150)
    one.speech("echo", 2500 - 100, 3200, at_ms=2700)
    (found,) = one.findings(echo)
    assert found.severity == "error"
    assert found.message.endswith("1 answer was cut off by nothing but its own echo")
    assert found.at_ns == 2_700_000_000


def test_a_user_who_cuts_a_leaking_answer_off_did_it_himself(tmp_path: Path) -> None:
    one = call(tmp_path, leak_db=-30, delay_ms=150, user_talks=True)
    one.speech("user", 1700, 3000, at_ms=2300)
    (found,) = one.findings(echo)
    assert found.severity == "warning"


def test_without_an_open_microphone_it_is_not_evaluated(tmp_path: Path) -> None:
    one = VoiceCall(tmp_path)
    one.microphone(pcm(voice("user-yes")), rate=RATE)
    one.answer("late", 3000, pcm(voice("assistant-that")))
    told = one.diagnosis(echo)
    assert [why for _, why in told.not_evaluated] == ["the microphone was not open while answers were heard"]


def test_without_sound_it_is_not_evaluated(tmp_path: Path) -> None:
    told = VoiceCall(tmp_path).diagnosis(echo)
    assert "no audio of the client's" in told.not_evaluated[0][1]
