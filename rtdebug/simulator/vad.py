"""Server VAD by loudness: a window's level in, speech marks out. Knows no bytes and no events."""

from dataclasses import dataclass

WINDOW_MS = 32
"""The service's own step: every offset it sends is a multiple of it, prefix padding aside."""
_ONSET_WINDOWS = 2
_QUIETEST_DB = -65.0
_RANGE_DB = 50.0
_RELEASE = 0.1


@dataclass(frozen=True, slots=True)
class VadSettings:
    """The `turn_detection` of a session, as far as it concerns listening."""

    threshold: float = 0.5
    prefix_padding_ms: int = 300
    silence_duration_ms: int = 500
    pause_ms: int | None = None
    """Silence after which somebody who knows the words is asked whether the turn is over."""


@dataclass(frozen=True, slots=True)
class Started:
    """Speech was noticed; the turn begins at that offset, padding included."""

    audio_start_ms: int


@dataclass(frozen=True, slots=True)
class Stopped:
    """Enough silence was heard; the turn ends at that offset, silence included."""

    audio_end_ms: int


@dataclass(frozen=True, slots=True)
class Paused:
    """So much silence was heard that the turn may be over."""

    audio_start_ms: int


Mark = Started | Stopped


class Vad:
    """Follows one stream of windows."""

    def __init__(self, settings: VadSettings) -> None:
        self.settings = settings
        self.speaking = False
        self._loud = 0
        self._silent_ms = 0
        self._start_ms = 0

    def hear(self, level_db: float, end_ms: int) -> Mark | Paused | None:
        """Take in the window that ends at `end_ms`."""
        return self._await_end(level_db, end_ms) if self.speaking else self._await_start(level_db, end_ms)

    def stop(self, end_ms: int) -> Stopped:
        """End the turn here."""
        self.speaking = False
        return Stopped(end_ms)

    def _await_start(self, level_db: float, end_ms: int) -> Started | None:
        # One loud window is a click; two are a voice.
        self._loud = self._loud + 1 if likelihood(level_db) >= self.settings.threshold else 0
        if self._loud < _ONSET_WINDOWS:
            return None
        self.speaking, self._loud, self._silent_ms = True, 0, 0
        first_ms = end_ms - _ONSET_WINDOWS * WINDOW_MS
        self._start_ms = max(0, first_ms - self.settings.prefix_padding_ms)
        return Started(self._start_ms)

    def _await_end(self, level_db: float, end_ms: int) -> Stopped | Paused | None:
        # A little below the threshold still counts as voice, so that soft syllables do not end a turn.
        silent = likelihood(level_db) < self.settings.threshold - _RELEASE
        self._silent_ms = self._silent_ms + WINDOW_MS if silent else 0
        if silent and self._silent_ms >= self.settings.silence_duration_ms:
            return self.stop(end_ms)
        pause_ms = self.settings.pause_ms
        # Once in each silence: what was said does not change while nothing is said.
        asks = silent and pause_ms is not None and 0 <= self._silent_ms - pause_ms < WINDOW_MS
        return Paused(self._start_ms) if asks else None


def likelihood(level_db: float) -> float:
    """Return how much like speech a level is, 0 to 1; 0.5 lies at -40 dB below full scale."""
    return min(1.0, max(0.0, (level_db - _QUIETEST_DB) / _RANGE_DB))
