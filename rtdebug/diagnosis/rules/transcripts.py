"""Transcripts of the user that do not go with what was said."""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from rtdebug.diagnosis.finding import Hit
from rtdebug.diagnosis.rule import rule
from rtdebug.diagnosis.signal.levels import decibels, levels
from rtdebug.diagnosis.spoken import spoken
from rtdebug.diagnosis.subject import Subject
from rtdebug.session.model import Item
from rtdebug.session.placing import item_stretches
from rtdebug.units import quote

_FAINT_DB = -55.0
"""Nobody speaks as softly into a microphone: no 20 ms of it are louder."""
_FEWEST: Final = 3
_AGREE = 0.75
_ASIAN: Final = frozenset(["CJK", "HIRAGANA", "KATAKANA"])


@rule("RT181", "transcript-doubtful", "info", "low")
def doubtful(call: Subject) -> Iterator[Hit]:
    """A transcript of the user that does not go with what was said.

    What it sees: words for audio in which no 20 ms are louder than -55 dB of full scale (a warning); or a transcript
    in another script than that of at least three others, which agree.

    Why it matters: transcription models invent words for silence and noise, often in another language. The app shows
    them, and stores them, as what the user said; the answer was made from the audio, not from them.

    What to do: set `audio.input.transcription.language`, and a prompt; raise the `threshold` of server VAD; turn
    noise reduction on. Do not decide anything by the transcript alone.

    Seen in: ElatoAI#25, google-gemini/cookbook#1345.
    """
    said = [(item, item.transcription.done) for item in spoken(call) if item.transcription and item.text.strip()]
    scripts = {item.id: script_of(item.text) for item, _ in said}
    usual = _usual(scripts.values())
    for item, done in said:
        mark = done or item.committed
        if mark is None:
            continue
        loud, script = _loudest_db(call, item), scripts[item.id]
        if loud is not None and loud < _FAINT_DB:
            words = f'the transcript "{quote(item.text, 60)}" is of near silence ({loud:.0f} dB of full scale at most)'
            yield Hit(mark.seq, words, item_id=item.id, severity="warning", confidence="medium")
        elif script and usual and script != usual:
            words = f'the transcript "{quote(item.text, 60)}" is in {script}, the others are in {usual}'
            yield Hit(mark.seq, words, item_id=item.id)


RULES = (doubtful,)


def script_of(text: str) -> str:
    """Name the script that most letters of a text are in, "" where too few tell."""
    scripts = Counter(_script(char) for char in text[:2000] if char.isalpha())
    if sum(scripts.values()) < 2:
        return ""
    name, number = scripts.most_common(1)[0]
    return name if number >= 0.6 * sum(scripts.values()) else ""


def _usual(scripts: Iterable[str]) -> str:
    """Name the script that a call's transcripts are in, "" where they are few or do not agree."""
    told = [script for script in scripts if script]
    name, number = Counter(told).most_common(1)[0] if told else ("", 0)
    return name if number >= max(_FEWEST, _AGREE * len(told)) else ""


@lru_cache(maxsize=4096)
def _script(char: str) -> str:
    name = unicodedata.name(char, "").partition(" ")[0].partition("-")[0]
    return "Chinese or Japanese" if name in _ASIAN else name.capitalize() or "another script"


def _loudest_db(call: Subject, item: Item) -> float | None:
    """Say how loud the loudest 20 ms of an item are; None where its samples are not there."""
    stretches = item_stretches(call.session, item)
    if not stretches or "audio" in call.lacks or not call.is_there(stretches):
        return None
    found = [levels(call.read(one), one.rate).rms for one in stretches]
    peaks = [float(one.max()) for one in found if len(one)]
    return decibels(max(peaks)) if peaks else None
