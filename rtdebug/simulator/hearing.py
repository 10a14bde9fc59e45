"""Speech to words without a speech model: the shipped prompts are known by how their loudness rises and falls."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from rtdebug.simulator.audio import FORMATS, TICKS_PER_MS, Format
from rtdebug.simulator.script import DEFAULT
from rtdebug.simulator.voice import shipped_path, speech

_WINDOW_MS = 20
_LIKE_ENOUGH = 0.9
"""The prompts themselves come to 0.97 and more after a telephone line, other sentences to 0.8 at most."""
_LONGEST_MS = 15_000

Shape = NDArray[np.float64]


def recognise(audio: bytes, fmt: Format) -> str | None:
    """Return the words of the shipped prompt that is heard, if one is."""
    heard = _shape(audio[: fmt.size(_LONGEST_MS)], fmt)
    likeness, words = max((_likeness(heard, shape), words) for words, shape in _prompts())
    return words if likeness >= _LIKE_ENOUGH else None


@cache
def _prompts() -> tuple[tuple[str, Shape], ...]:
    """Return the user's sentences that are shipped, and their shapes."""
    texts = (turn.user for turn in (*DEFAULT.turns, *DEFAULT.afterwards))
    shipped = (text for text in texts if shipped_path(text, "user").is_file())
    return tuple((text, _shape(speech(text, "user"), FORMATS["audio/pcm"])) for text in shipped)


def _shape(audio: bytes, fmt: Format) -> Shape:
    """Return the loudness in each 20 ms."""
    size = _WINDOW_MS * TICKS_PER_MS // fmt.ticks_per_sample
    samples = fmt.read(audio).astype(np.float64)
    windows = samples[: samples.size // size * size].reshape(-1, size)
    return np.asarray(np.sqrt(np.mean(np.square(windows), axis=1)), dtype=np.float64)


def _likeness(heard: Shape, known: Shape) -> float:
    """Return how alike two shapes are where they lie upon each other best: 1 is the same but for loudness."""
    size = float(np.linalg.norm(heard) * np.linalg.norm(known))
    return float(np.correlate(heard, known, "full").max()) / size if size else 0.0
