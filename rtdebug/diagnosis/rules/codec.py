"""Audio that is not what the session says it is: another rate, another encoding, two channels, a file's header."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from rtdebug.diagnosis.ear import Block, Header
from rtdebug.diagnosis.finding import Confidence, Hit
from rtdebug.diagnosis.rule import rule
from rtdebug.diagnosis.signal.channels import is_doubled, is_two_channels
from rtdebug.diagnosis.signal.encodings import SPEECH_DB, WIDTHS, gain_db
from rtdebug.diagnosis.signal.pace import RIGHT, Pace, nearest_rate, pace
from rtdebug.diagnosis.signal.wav import read_wav
from rtdebug.diagnosis.subject import Subject
from rtdebug.protocol.audio import AudioFormat, Encoding
from rtdebug.protocol.event import Sound
from rtdebug.units import length

_NAMES: Final[dict[Encoding, str]] = {"pcm16": "PCM", "pcmu": "µ-law", "pcma": "A-law"}
_TELEPHONE: Final = 8000
_COMMON: Final = (24000, 16000, 48000, 8000, 44100)
"""Rates that programs mix up, those of this API first."""


@dataclass(frozen=True, slots=True)
class _Track:
    """A track of the microphone's, and what its loudest blocks hold."""

    name: str
    format: AudioFormat
    blocks: list[Block]
    pace: Pace | None

    @property
    def stated(self) -> str:
        """What the session says it is."""
        return f"{_NAMES[self.format.encoding]} at {_hertz(self.format.rate)}"


@rule("RT150", "wrong-rate-or-codec", "error", needs=("client audio",))
def wrong_format(call: Subject) -> Iterator[Hit]:
    """The microphone's audio is not in the format the session was told.

    What it sees: the payload begins with the header of an audio file; or its bytes make no speech as stated and do
    when read otherwise (µ-law, A-law, PCM, big-endian or shifted PCM, floats, 8, 24 or 32 bits); or its samples
    belong to two channels; or audio comes at another pace than the clock for more than 6 s, by a factor that another
    usual rate explains, or a resampler that took one for another. Audio that comes in bursts, as from a file, has no
    pace; but a file that is sent steadily, twice as fast as it is to be heard, looks like one at twice the rate.

    Why it matters: the model hears noise, or a voice that is too high or too low by the factor named. Transcripts go
    wrong, voice activity detection never or always hears speech, and offsets in milliseconds mean something else.

    What to do: send what `session.audio.input.format` says, or say what is sent: `audio/pcm` is 16 bits, little
    endian, one channel, 24,000 Hz; `audio/pcmu` and `audio/pcma` are 8,000 Hz. Browsers record at the sound card's
    rate (44,100 or 48,000 Hz): resample. Telephone media streams are µ-law. Leave out the header when sending a file.

    Seen in: ElatoAI#25, deepgram-ai-agent-demo#73, stdapi.ai#76, pipecat#1535, openai-realtime-api-beta#94.
    """
    audio = call.session.input
    came = pace(audio.times, audio.ends)
    headers = call.ear.headers
    if headers:
        yield _header(call, headers)
        return
    for name, blocks in call.ear.blocks.items():
        format_ = call.session.tracks.get(name, AudioFormat("pcm16", blocks[0].stretch.rate))
        track = _Track(name, format_, blocks, came if len(call.ear.blocks) == 1 else None)
        told = _encoding(call, track) or _channels(call, track) or _rate(call, track)
        if told is not None:
            words, confidence = told
            yield _hit(track, words, confidence)


def _hit(track: _Track, words: str, confidence: Confidence) -> Hit:
    loudest = max(track.blocks, key=lambda one: one.power)
    first = min(track.blocks, key=lambda one: one.seq)
    stretch = loudest.stretch
    more = (loudest.seq,) if loudest.seq != first.seq else ()
    sound = (Sound(stretch.track, stretch.start, stretch.frames),)
    return Hit(first.seq, words, more, sound, confidence=confidence)


def _header(call: Subject, headers: list[Header]) -> Hit:
    """Say which file the client sends, and whether what follows is what the session expects."""
    first = headers[0]
    stated = _NAMES[next(iter(call.session.tracks.values())).encoding] if call.session.tracks else "samples"
    wav = read_wav(first.data) if first.kind == "WAV" else None
    if wav is None:
        words = f"the client sends {first.kind} files where {stated} is expected; they are heard as noise"
        return Hit(first.seq, words, tuple(one.seq for one in headers[1:6]))
    tracks = [one for one in call.session.tracks.values() if one.rate]
    right = any(wav.fits(one) for one in tracks)
    words = f"the client sends a WAV file, header and all: {wav.words}"
    if right:
        return Hit(first.seq, f"{words}; the header is heard as a click", severity="warning")
    return Hit(first.seq, f"{words}, where the session expects {_expected(tracks)}")


def _expected(tracks: list[AudioFormat]) -> str:
    return f"{_NAMES[tracks[0].encoding]} at {_hertz(tracks[0].rate)}, one channel" if tracks else "one channel of PCM"


def _encoding(call: Subject, track: _Track) -> tuple[str, Confidence] | None:
    """Say what the bytes are, where they make no speech as stated."""
    found = call.ear.strange.get(track.name)
    if found is None:
        return None
    rate = None
    if track.pace is not None:
        rate = nearest_rate(track.pace.ratio * track.format.rate * track.format.frame_bytes / WIDTHS[found.name])
    named = f"{found.name} at {_hertz(rate)}" if rate else found.name
    return f"the client's audio is {named}, sent as {track.stated}; it is heard as noise", "high"


def _channels(call: Subject, track: _Track) -> tuple[str, Confidence] | None:
    loudest = max(track.blocks, key=lambda one: one.power)
    samples = call.read(loudest.stretch)
    if track.format.encoding != "pcm16" or not is_two_channels(samples):
        return None
    paced = track.pace.ratio if track.pace else None
    if paced is not None and abs(paced - 1) < RIGHT and is_doubled(samples):
        return None  # each sample stands twice, but the pace is right: a hasty change of the rate
    rate = nearest_rate(paced * track.format.rate / 2) if paced else None
    named = f"two channels at {_hertz(rate)}" if rate else "two channels"
    words = f"the client's audio has {named}, sent as one: {track.stated}; it is heard at half the speed"
    if rate and rate != track.format.rate:
        words = f"the client's audio has {named}, sent as one: {track.stated}"
    return words, "high" if paced else "medium"


def _rate(call: Subject, track: _Track) -> tuple[str, Confidence] | None:
    """Hold the pace against the clock."""
    came = track.pace
    if came is None or abs(came.ratio - 1) < RIGHT:
        return None
    cause = _cause(call, track, came.ratio)
    if cause is None:
        return None
    factor = 1 / came.ratio
    heard = f"{factor:.2g} times too fast" if factor > 1 else f"at {factor:.2g} of its speed"
    words = (
        f"the client's audio was {cause} and sent as {track.stated}: every second brought {came.ratio:.2f} s of it, "
        f"for {length(round(came.seconds * 1e9))}; it is heard {heard}"
    )
    return words, "high" if came.seconds >= 10 else "medium"


def _cause(call: Subject, track: _Track, ratio: float) -> str | None:
    """Say how audio comes to be so much faster or slower than the clock; None where nothing usual explains it."""
    stated, width = track.format.rate, track.format.frame_bytes
    rate = nearest_rate(ratio * stated, stated)
    telephone = nearest_rate(ratio * stated * width) == _TELEPHONE
    if width == 1 and not _is_speech(call, track):  # more than 8,000 bytes a second are hardly µ-law or A-law
        wide = nearest_rate(ratio * stated / 2)
        return None if wide is None else f"taken as PCM at {_hertz(wide)}"
    if width > 1 and telephone and rate is None:
        return f"taken as µ-law or A-law at {_hertz(_TELEPHONE)}"
    if rate in _COMMON:
        return f"taken at {_hertz(rate)}"
    pairs = [(one, other) for one in _COMMON for other in _COMMON if abs(one / other / ratio - 1) < RIGHT / 2]
    pairs.sort(key=lambda pair: stated not in pair)
    if not pairs:
        return None if rate is None else f"taken at {_hertz(rate)}"
    both = [f"taken at {_hertz(one)}, resampled as if it were at {_hertz(other)}" for one, other in pairs[:2]]
    return " (or ".join(both) + (")" if len(both) > 1 else "")


def _is_speech(call: Subject, track: _Track) -> bool:
    """Say whether a track makes speech as it is stated."""
    gain = gain_db(call.samples([one.stretch for one in track.blocks]).astype(np.float32) / np.float32(32768))
    return gain is not None and gain >= SPEECH_DB


def _hertz(rate: int) -> str:
    return f"{rate:,} Hz"


RULES = (wrong_format,)
