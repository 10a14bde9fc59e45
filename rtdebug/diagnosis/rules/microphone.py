"""What the microphone gives: nothing, too much, over and over, or noise."""

from collections.abc import Iterator

import numpy as np

from rtdebug.diagnosis.finding import Hit
from rtdebug.diagnosis.rule import rule
from rtdebug.diagnosis.signal.levels import FULL, STEPS_A_SECOND, Levels, decibels
from rtdebug.diagnosis.subject import Subject
from rtdebug.protocol.event import Sound
from rtdebug.session.model import Item
from rtdebug.units import count, length, share

_MS = 1_000_000
_STEP_NS = 1_000_000_000 // STEPS_A_SECOND
_SILENT = 33.0
"""A level of -60 dB: what is below it, nobody says."""
_LEAST_NS, _LONG_NS = 3_000 * _MS, 10_000 * _MS
_SILENT_TURN_NS, _LONGEST_TURN_NS = 500 * _MS, 600_000 * _MS
_CLIPPED_STEPS, _CLIPPED_SHARE = 10, 0.02
_OFFSET = 0.02 * FULL
_LOUD_ZERO = 0.95 * FULL
"""What a byte of zero means in µ-law: the loudest there is."""
_REPEATS, _REPEATED_SHARE = 5, 0.005
_NOISY_DB = 10.0


@rule("RT151", "silent-microphone", "error", needs=("client audio",))
def silent(call: Subject) -> Iterator[Hit]:
    """The microphone gives nothing but silence.

    What it sees: at least 3 s of nothing but zeros, or 10 s of audio whose loudest second is below -60 dB of full
    scale, and no speech that the server heard. It is graver where zeros go on for 10 s: elsewhere a user may have
    said nothing. It is information only where the user wrote instead. Where there is sound in other turns: one that
    the client committed by hand and that is silent.

    Why it matters: the model is sent silence, at the price of speech, and answers with a guess or not at all.

    What to do: look at which device was opened, whether it is muted, and whether access was granted: browsers and
    systems give zeros where it was not. For push to talk, commit after the microphone has really begun.

    Seen in: ElatoAI#25.
    """
    audio, levels = call.session.input, call.ear.levels
    total_ns = round(levels.seconds * 1e9)
    heard = any(not one.is_silence for one in call.session.speeches)
    is_zero = not levels.rms.any()
    if total_ns >= (_LEAST_NS if is_zero else _LONG_NS) and levels.loudest_second < _SILENT and not heard:
        what = _what(levels, is_zero=is_zero)
        words = f"the client sent {length(total_ns)} of audio and all of it is {what}"
        for_sure = is_zero and total_ns >= _LONG_NS
        more, sound = (audio.seqs[-1],), _first_sound(call)
        if _wrote(call):
            words += "; the user wrote instead"
            yield Hit(audio.seqs[0], words, more, sound, severity="info", confidence="medium")
        elif for_sure:
            yield Hit(audio.seqs[0], words, more, sound)
        else:
            yield Hit(audio.seqs[0], words, more, sound, severity="warning", confidence="medium")
        return
    for item in call.session.items.values():
        if (hit := _silent_turn(call, item)) is not None:
            yield hit


def _what(levels: Levels, *, is_zero: bool) -> str:
    """Name a silence."""
    value = float(levels.mean.mean())
    if is_zero and abs(value) >= _OFFSET:
        named = f"one and the same value, {share(value / FULL)} of full scale"
        return f"{named}: bytes of zero, where silence is 0xFF" if value < -_LOUD_ZERO else named
    return "digital silence" if is_zero else f"below {decibels(_SILENT):.0f} dB"


def _wrote(call: Subject) -> bool:
    """Say whether the client put messages of the user's into the conversation."""
    return any(one.asked and one.added and one.role == "user" for one in call.session.items.values())


def _silent_turn(call: Subject, item: Item) -> Hit | None:
    """Look at a turn that the client ended by hand."""
    by_hand = item.committed is not None and item.asked is not None and item.speech is None
    if not by_hand or item.input_start_ms is None or item.input_end_ms is None or item.committed is None:
        return None
    stretches = call.session.input.cut(item.input_start_ms, item.input_end_ms)
    length_ns = sum(one.length_ns for one in stretches)
    if not _SILENT_TURN_NS <= length_ns <= _LONGEST_TURN_NS or not call.is_there(stretches):
        return None
    samples = call.samples(stretches).astype(np.float32)
    rate = stretches[0].rate
    rows = samples[: len(samples) // rate * rate].reshape(-1, rate) if len(samples) >= rate else samples[None]
    if float(np.sqrt((rows**2).mean(axis=1)).max()) >= _SILENT:
        return None
    words = f"the client committed {length(length_ns)} of silence as a turn of the user's"
    sound = tuple(Sound(one.track, one.start, one.frames) for one in stretches[:1])
    at = item.asked.seq if item.asked else item.committed.seq
    return Hit(at, words, (item.committed.seq,), sound, item_id=item.id, severity="warning")


@rule("RT153", "clipped-microphone", "warning", needs=("client audio",))
def clipped(call: Subject) -> Iterator[Hit]:
    """The microphone is overdriven.

    What it sees: waves cut off flat at full scale, in at least 0.2 s and 2 % of the time in which somebody speaks.

    Why it matters: clipped speech is harder to transcribe, and a clipped echo cannot be cancelled.

    What to do: lower the gain of the microphone, or the factor that samples are multiplied with. Where floats are
    turned to 16 bits, multiply by 32767 and limit.

    Seen in: ElatoAI#25.
    """
    ear = call.ear
    spoken = max(1, int(ear.levels.speech.sum()))
    steps = int(ear.levels.clipped.sum())
    if ear.is_strange or ear.clipped_seq is None or steps < _CLIPPED_STEPS or steps < _CLIPPED_SHARE * spoken:
        return
    words = f"the microphone is clipped in {length(steps * _STEP_NS)}, {share(min(1.0, steps / spoken))} of the speech"
    yield Hit(ear.clipped_seq, words, sound=tuple(ear.clips[:5]))


@rule("RT154", "dc-offset", "info", needs=("client audio",))
def offset(call: Subject) -> Iterator[Hit]:
    """The microphone's samples are not centred on zero.

    What it sees: an average of more than 2 % of full scale over the whole call.

    Why it matters: levels read too high, so that voice activity detection may take silence for speech, and pieces
    that begin or end click.

    What to do: filter out what is below 50 Hz, or look whether unsigned samples are read as signed ones.

    Seen in: ElatoAI#25.
    """
    levels = call.ear.levels
    mean = float(levels.mean.mean()) if len(levels.mean) else 0.0
    if call.ear.is_strange or levels.seconds < 1 or abs(mean) < _OFFSET or levels.loudest_second < _SILENT:
        return
    seq = call.session.input.seqs[0]
    words = f"the microphone's samples stand {share(mean / FULL)} of full scale off zero"
    yield Hit(seq, words, sound=_first_sound(call))


@rule("RT155", "repeated-chunks", "warning", needs=("client audio",))
def repeated(call: Subject) -> Iterator[Hit]:
    """The client sends the same audio again.

    What it sees: at least 5 pieces, not silent and no steady tone, each the same to the sample as the one before.

    Why it matters: the model hears stutter, and every repeated piece is paid for.

    What to do: look for a buffer that is read again before it has been filled, or a callback that is registered
    twice.

    Seen in: ElatoAI#25.
    """
    ear = call.ear
    if len(ear.repeats) < max(_REPEATS, _REPEATED_SHARE * len(call.session.input.seqs)):
        return
    words = (
        f"the client sent {count(len(ear.repeats), 'piece')} of audio twice in a row, {length(ear.repeated_ns)} of it"
    )
    yield Hit(ear.repeats[0], words, tuple(ear.repeats[1:6]))


@rule("RT156", "noisy-microphone", "info", "medium", needs=("client audio",))
def noisy(call: Subject) -> Iterator[Hit]:
    """The user is hard to tell from the noise.

    What it sees: speech that stands less than 10 dB above what is heard between words, over at least 5 s in which the
    server heard speech.

    Why it matters: turns begin and end at the wrong moment, and transcripts have words that nobody said.

    What to do: set `noise_reduction` (`near_field` for headsets, `far_field` for rooms), raise the `threshold` of
    server VAD, or use `semantic_vad`.

    Seen in: livekit/agents#2072.
    """
    levels = call.ear.levels
    snr = levels.snr_db
    if (
        call.ear.is_strange
        or snr is None
        or snr >= _NOISY_DB
        or levels.seconds < 5
        or levels.loudest_second < 2 * _SILENT
    ):
        return
    if not any(not one.is_silence for one in call.session.speeches):
        return
    words = f"the user's speech stands {snr:.0f} dB above the noise, which is at {decibels(levels.noise):.0f} dB"
    yield Hit(call.session.input.seqs[0], words, sound=_first_sound(call))


def _first_sound(call: Subject) -> tuple[Sound, ...]:
    stretch = next((one for one in call.session.input.stretches if one.track), None)
    return (Sound(stretch.track, stretch.start, stretch.frames),) if stretch else ()


RULES = (silent, clipped, offset, repeated, noisy)
