"""The input audio buffer: appended bytes on one sample clock, and the marks the VAD makes on it."""

from collections.abc import Callable, Iterator

from rtdebug.simulator.audio import TICKS_PER_MS, Format, level_db
from rtdebug.simulator.vad import WINDOW_MS, Mark, Paused, Vad, VadSettings

_SPARE_MS = 1000


class Ear:
    """Counts everything ever appended, and holds what is not committed yet."""

    def __init__(self, fmt: Format) -> None:
        self.format = fmt
        self.vad: Vad | None = None
        self._held = bytearray()
        self._window = bytearray()
        self._stray = b""
        self._end = 0
        """The clock, in ticks; it never goes back."""

    def configure(self, fmt: Format, settings: VadSettings | None) -> None:
        """Listen in another format or with other settings; what was said in another format is forgotten."""
        if fmt != self.format:
            self.format = fmt
            self.clear()
            self._window.clear()
        if settings is None:
            self.vad = None
        elif self.vad is None:
            self.vad = Vad(settings)
            self._window.clear()
        else:
            self.vad.settings = settings

    @property
    def now_ms(self) -> int:
        """How much audio was ever appended."""
        return self._end // TICKS_PER_MS

    @property
    def held_ms(self) -> float:
        """How much audio waits for a commit."""
        return self.format.ticks(len(self._held)) / TICKS_PER_MS

    def append(self, data: bytes, is_whole: Callable[[bytes], bool] = lambda _: False) -> Iterator[Mark]:
        """Take in audio; yield where speech started and stopped in it, in order, each before it is listened to on.

        `is_whole` says of what was said before a pause whether it is a whole sentence.
        """
        self._forget_silence()
        data = self._stray + data
        whole = len(data) - len(data) % self.format.bytes_per_sample
        data, self._stray = data[:whole], data[whole:]
        start = self._end
        self._held += data
        self._end += self.format.ticks(len(data))
        return iter(()) if self.vad is None else self._listen(self.vad, data, start, is_whole)

    def take(self, start_ms: int | None = None, end_ms: int | None = None) -> bytearray:
        """Cut audio out by offsets on the clock; it and all before it are held no longer."""
        if end_ms is None:
            self._stray = b""
        first = 0 if start_ms is None else self._place(start_ms)
        last = len(self._held) if end_ms is None else self._place(end_ms)
        taken = self._held[first:last]
        del self._held[:last]
        return taken

    def clear(self) -> None:
        """Hold nothing any longer; the clock stays."""
        self._held.clear()
        self._stray = b""

    def _listen(self, vad: Vad, data: bytes, start: int, is_whole: Callable[[bytes], bool]) -> Iterator[Mark]:
        size = self.format.size(WINDOW_MS)
        end = start - self.format.ticks(len(self._window))
        self._window += data
        windows = len(self._window) // size
        heard = bytes(self._window[: windows * size])
        del self._window[: windows * size]
        samples = self.format.read(heard)
        step = samples.size // windows if windows else 0
        for number in range(windows):
            end += WINDOW_MS * TICKS_PER_MS
            level, end_ms = level_db(samples[number * step : (number + 1) * step]), end // TICKS_PER_MS
            mark = vad.hear(level, end_ms)
            if isinstance(mark, Paused):
                said = self._held[self._place(mark.audio_start_ms) : self._place(end_ms)]
                mark = vad.stop(end_ms) if is_whole(bytes(said)) else None
            if mark is not None:
                yield mark

    def _place(self, ms: int) -> int:
        """Return where an offset on the clock lies among the held bytes."""
        start = self._end - self.format.ticks(len(self._held))
        samples = (ms * TICKS_PER_MS - start) // self.format.ticks_per_sample
        return min(max(0, samples * self.format.bytes_per_sample), len(self._held))

    def _forget_silence(self) -> None:
        # An open microphone in a quiet room must not fill the memory.
        if self.vad is not None and not self.vad.speaking:
            spare = self.format.size(self.vad.settings.prefix_padding_ms + 2 * WINDOW_MS + _SPARE_MS)
            del self._held[: max(0, len(self._held) - spare)]
