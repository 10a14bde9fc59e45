"""The assistant that hears itself: what was played comes back in the microphone."""

import statistics
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from rtdebug.diagnosis.finding import Hit
from rtdebug.diagnosis.rule import rule
from rtdebug.diagnosis.signal.echo import RATE, Numbers, Peak, find, resampled
from rtdebug.diagnosis.subject import Samples, Subject
from rtdebug.protocol.event import Sound
from rtdebug.session.audio import Stretch
from rtdebug.session.model import Response
from rtdebug.session.placing import Placed, as_heard
from rtdebug.units import count, delay

_NS = 1_000_000_000
_MS = 1_000_000
_LONGEST_NS = 1500 * _MS
_EARLY_NS = 200 * _MS
"""An echo may seem to come before its sound: when a player began is reckoned, not known."""
_MOST_EARLY_NS = 150 * _MS
_PIECE_NS, _LEAST_NS = 4 * _NS, 800 * _MS
_MOST_CUT = 20_000
_MOST_PIECES = 48
"""Stretches of answers that are looked at; an echo is there all the time or of no weight."""
_RATES = range(4000, 200_000)
_SURE, _LIKELY = 9.0, 6.5
"""Heights of a peak that tells by itself, and of one that tells together with another at the same delay."""
_EVEN, _RATHER_EVEN = 2.5, 2.0
"""Evenness of the two: two voices may share a hiss, which is high but over in a moment."""
_SAME_MS = 20.0
_OWN = 0.5
"""Where the echo makes this much of what the microphone heard, nobody else spoke."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of an answer, as it was heard."""

    placed: Placed
    response: Response
    before_speech: bool
    """It is the last that was heard before the user began to speak."""


@dataclass(frozen=True, slots=True)
class _Echo:
    """A stretch that came back."""

    piece: _Piece
    peak: Peak
    late_ms: float
    heard: Stretch
    """The microphone's samples at the time."""


@rule("RT111", "echo", "warning", needs=("times", "client audio", "server audio"))
def echo(call: Subject) -> Iterator[Hit]:
    """The microphone picks the assistant up.

    What it sees: the audio of answers, placed on the clock as a player plays it, comes back in the microphone's audio
    at a steady delay of up to 1.5 s. The two are whitened and correlated; a peak counts where it stands out of all
    other delays by 9 standard deviations all along the stretch, or where two stretches agree on the delay within
    20 ms. A user who speaks at the same time makes no such peak.

    Why it matters: voice activity detection takes the echo for the user. The assistant cuts itself off, answers
    itself, or transcribes its own words as the user's. An echo 30 dB below what was played is enough where nobody
    speaks.

    What to do: turn on echo cancellation where the microphone is opened (`echoCancellation: true` in browsers, the
    voice-communication mode on phones), and let the canceller hear what is really played. Without one: a headset,
    half duplex, a higher `threshold` of server VAD, or `noise_reduction` set to `far_field`.

    Seen in: AIProxySwift#240, openai-realtime-api-beta#48, openai-realtime-agents#92.
    """
    pieces = _chosen(list(islice(_pieces(call), _MOST_CUT)))
    call.need(pieces, "no answer was heard for long enough while the microphone was open")
    looked = [one for piece in pieces if (one := _look(call, piece)) is not None]
    call.need(looked, "the microphone was not open while answers were heard")
    found = _agreeing(looked)
    if found:
        yield _hit(found, len({one.piece.response.id for one in looked}))


def _hit(found: Sequence[_Echo], answers: int) -> Hit:
    """Say what was found, with the worst that came of it in front."""
    cut = [one for one in found if one.piece.before_speech and one.peak.share >= _OWN]
    first = cut[0] if cut else found[0]
    response = first.piece.response
    came = len({one.piece.response.id for one in found})
    late_ms = statistics.median(one.late_ms for one in found)
    level = statistics.median(one.peak.level_db for one in found)
    words = (
        f"the microphone picks the assistant up: {delay(round(late_ms * _MS))} after it is played, "
        f"{-level:.0f} dB below it, in {came} of {count(answers, 'answer')}"
    )
    if cut:
        whose = "its" if len(cut) == 1 else "their"
        words += f"; {count(len(cut), 'answer was', 'answers were')} cut off by nothing but {whose} own echo"
    at = response.barge_in.speech.seq if cut and response.barge_in else _first_seq(response)
    more = tuple(dict.fromkeys(_first_seq(one.piece.response) for one in found))
    played = first.piece.placed.stretch
    sure = len(found) > 1 or found[0].peak.height >= 2 * _SURE
    return Hit(
        at,
        words,
        tuple(seq for seq in more if seq != at)[:5],
        (_sound(first.heard), _sound(played)),
        response.id,
        response.item_ids[0] if response.item_ids else "",
        severity="error" if cut else None,
        confidence="high" if sure else "medium",
    )


def _pieces(call: Subject) -> Iterator[_Piece]:
    """Cut what was heard of each answer into stretches of a few seconds."""
    by_track: dict[str, list[tuple[int, Response]]] = {}
    for response in call.session.responses.values():
        for item_id in response.item_ids:
            item = call.session.items.get(item_id)
            for part in item.parts.values() if item else ():
                for stretch in part.audio.stretches if part.audio else ():
                    by_track.setdefault(stretch.track, []).append((stretch.start, response))
    for owners in by_track.values():
        owners.sort(key=lambda one: one[0])
    for placed in as_heard(call.session):
        owners = by_track.get(placed.stretch.track, [])
        place = bisect_left(owners, placed.stretch.start + 1, key=lambda one: one[0]) - 1
        if place >= 0:
            yield from _cut(placed, owners[place][1])


def _cut(placed: Placed, response: Response) -> Iterator[_Piece]:
    rate, spoken = placed.stretch.rate, response.barge_in.speech.at_ns if response.barge_in else None
    most, least = _PIECE_NS * rate // _NS, _LEAST_NS * rate // _NS
    last = placed.stretch.frames if rate in _RATES else 0
    while last >= least:  # from the end: what was heard just before the user spoke is whole
        first = max(0, last - most)
        at_ns = placed.at_ns + first * _NS // rate
        stretch = Stretch(placed.stretch.track, rate, placed.stretch.start + first, last - first)
        end_ns = at_ns + stretch.length_ns
        before = spoken is not None and at_ns < spoken <= end_ns + _LONGEST_NS and last == placed.stretch.frames
        yield _Piece(Placed(at_ns, stretch), response, before)
        last = first


def _chosen(pieces: list[_Piece]) -> list[_Piece]:
    """Keep those at which the user began to speak, and of the rest so many, spread over the call."""
    spoken = [one for one in pieces if one.before_speech][: _MOST_PIECES // 2]
    rest = [one for one in pieces if not one.before_speech]
    room = _MOST_PIECES - len(spoken)
    step = max(1, -(-len(rest) // room))
    return sorted([*spoken, *rest[step // 2 :: step]], key=lambda one: one.placed.at_ns)


def _look(call: Subject, piece: _Piece) -> _Echo | None:
    """Look for a stretch in what the microphone heard from a little before it until 1.5 s after."""
    start_ns = piece.placed.at_ns - _EARLY_NS
    span = _heard(call, start_ns, piece.placed.end_ns + _LONGEST_NS)
    if span is None:
        return None
    played = resampled(call.read(piece.placed.stretch), piece.placed.stretch.rate)
    numbers, stretch, early_ns = span
    peak = find(played, numbers, (_LONGEST_NS + _EARLY_NS) * RATE // _NS)
    if peak is None:
        return None
    late_ms = peak.delay * 1000 / RATE - (_EARLY_NS + early_ns) / _MS
    return _Echo(piece, peak, late_ms, stretch)


def _heard(call: Subject, start_ns: int, end_ns: int) -> tuple[Numbers, Stretch, int] | None:
    """Read what the microphone gave between two moments, and how much earlier it was than its place says.

    None where it was shut for most of the time.
    """
    lane = call.placed_input
    first = max(0, bisect_left(lane, start_ns, key=lambda one: one.at_ns) - 1)
    rate, covered, stretch, early_ns = 0, 0, Stretch("", RATE, 0, 0), 0
    samples: Samples = np.zeros(0, np.int16)
    for one in lane[first:]:
        if one.at_ns >= end_ns:
            break
        low, high = max(start_ns, one.at_ns), min(end_ns, one.end_ns)
        if low >= high or rate not in (0, one.stretch.rate) or one.stretch.rate not in _RATES:
            continue
        if not rate:
            rate = one.stretch.rate
            samples = np.zeros((end_ns - start_ns) * rate // _NS + 1, np.int16)
        skip, place = (low - one.at_ns) * rate // _NS, (low - start_ns) * rate // _NS
        frames = min((high - low) * rate // _NS, one.stretch.frames - skip, len(samples) - place)
        if frames <= 0:
            continue
        part = Stretch(one.stretch.track, rate, one.stretch.start + skip, frames)
        samples[place : place + frames] = call.read(part)
        covered += high - low
        if part.frames > stretch.frames:
            stretch, early_ns = part, _early_ns(call, one, low, high)
    if covered < (end_ns - start_ns) // 2:
        return None
    return resampled(samples, rate), stretch, early_ns


def _early_ns(call: Subject, placed: Placed, low: int, high: int) -> int:
    """Say how much too late audio stands on the clock: its first piece decided, and may have been late itself."""
    audio = call.session.input
    first = bisect_left(audio.times, placed.at_ns)
    begin, end = bisect_left(audio.times, low), bisect_left(audio.times, high)
    if not first <= begin < end:
        return 0
    swiftest = min(came - length for came, length in zip(audio.times[begin:end], audio.ends[begin:end], strict=True))
    early_ns = audio.times[first] - audio.ends[first] - swiftest
    return early_ns if abs(early_ns) <= _MOST_EARLY_NS else 0


def _agreeing(looked: Sequence[_Echo]) -> list[_Echo]:
    """Keep stretches whose peak tells by itself, or at the same delay as another's."""
    peaks = [one for one in looked if one.peak.height >= _LIKELY and one.peak.evenness >= _RATHER_EVEN]
    return [
        one
        for one in peaks
        if (one.peak.height >= _SURE and one.peak.evenness >= _EVEN)
        or any(other is not one and abs(other.late_ms - one.late_ms) <= _SAME_MS for other in peaks)
    ]


def _first_seq(response: Response) -> int:
    mark = response.first_audio or response.created or response.done
    return mark.seq if mark else 0


def _sound(stretch: Stretch) -> Sound:
    return Sound(stretch.track, stretch.start, stretch.frames)


RULES = (echo,)
