"""Microphones that give the wrong samples, or none (RT15x)."""

from random import Random

import numpy as np

from benchmarks.corpus.good import Good, audio
from benchmarks.corpus.planting import edited, held, played
from benchmarks.corpus.sound import Samples, each, heard, loud, noise, numbers, pcm, resampled, spread, whole
from benchmarks.corpus.take import Take
from recordings.call import Call
from rtdebug.simulator.audio import alaw_encode, ulaw_encode

_PCM = "vad-conversation spoken spoken-beta spoken-azure spoken-xai long"
_EITHER = "vad-conversation spoken telephone spoken-beta spoken-azure spoken-xai"


def _law(take: Take) -> None:
    """Send telephone samples where PCM was agreed: half as many bytes of another kind, as fast as the call."""
    encode = take.random.choice((ulaw_encode, alaw_encode))
    for line in take.microphone:
        line.audio = encode(numbers(line.audio).astype(np.int16))
    _even(take)


def _even(take: Take) -> None:
    for line in take.microphone:
        data = line.audio
        line.audio = data[: len(data) // 2 * 2]


def _other_rate(take: Take) -> None:
    """Send what another clock made."""
    rate = take.random.choice((8000, 16000, 48000))
    lines = take.microphone
    spread(lines, pcm(resampled(numbers(whole(lines)), 24000, rate)))


def _wav(take: Take) -> None:
    """Send a file, with its header, where samples were agreed."""
    first = take.microphone[0]
    form = b"WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\xc0\x5d\x00\x00\x80\xbb\x00\x00\x02\x00\x10\x00data"
    first.audio = b"RIFF\x24\x00\x10\x00" + form + b"\x00\x00\x10\x00" + first.audio


def _big_endian(take: Take) -> None:
    for line in take.microphone:
        line.audio = numbers(line.audio).astype(">i2").tobytes()


def _overdriven(take: Take) -> None:
    gain = take.random.uniform(25, 60)
    each(take, lambda samples: np.clip(samples * gain, -32768, 32767))


def _offset(take: Take) -> None:
    offset = take.random.choice((-1, 1)) * take.random.uniform(1200, 5000)
    each(take, lambda samples: samples + offset)


def _repeated(take: Take) -> None:
    """Send some pieces of speech twice."""
    pieces = loud(take)
    lines = take.microphone
    places = {id(line): index for index, line in enumerate(lines)}
    for line in take.random.sample(
        pieces[: len(pieces) // 2 * 2 : 2], min(len(pieces) // 2, take.random.randint(8, 20))
    ):
        place = places[id(line)]
        if place + 1 < len(lines) and len(lines[place + 1].audio) == len(line.audio):
            lines[place + 1].audio = line.audio


def _noisy(take: Take) -> None:
    spoken_ = [heard(take, line.audio) for line in loud(take)]
    level = float(np.sqrt(np.mean(np.concatenate(spoken_) ** 2))) * take.random.uniform(0.45, 0.8)

    def more(samples: Samples) -> Samples:
        return samples + noise(take.random, len(samples), level)

    each(take, more)


def _odd(take: Take) -> None:
    for line in take.random.sample(take.microphone, take.random.randint(3, 20)):
        line.audio = line.audio[:-1]


def _still(call: Call) -> None:
    call.configure(audio=audio())
    call.open_microphone()
    call.wait(15000)
    call.close_microphone()


def _zeros(take: Take) -> None:
    each(take, np.zeros_like)


def _commit_nothing(call: Call, random: Random) -> None:
    call.wait(random.uniform(100, 3000))
    call.send("input_audio_buffer.commit", event_id="event_commit")
    call.until("error")
    call.wait(300)


PLANTERS = (
    edited("RT150", _PCM, _law, "RT151 RT153 RT154 RT156 RT181"),
    edited("RT150", _PCM, _other_rate, "RT181 RT190 RT194"),
    edited("RT150", _PCM, _wav),
    edited("RT150", _PCM, _big_endian, "RT153 RT156 RT151 RT154"),
    held("RT151", Good("dead-microphone", _still), edit=_zeros),
    played("RT152", "text-turn written tool-call read", _commit_nothing),
    edited("RT153", _PCM, _overdriven, "RT156 RT154"),
    edited("RT154", _PCM, _offset),
    edited("RT155", _EITHER, _repeated),
    edited("RT156", "spoken long spoken-beta spoken-azure", _noisy),
    edited("RT157", _PCM, _odd),
)
