"""What the caller's loudspeaker has played: pure bookkeeping, told the time."""

from dataclasses import dataclass


@dataclass(slots=True)
class Player:
    """Plays one item's audio at the speed of speech, times the pace."""

    pace: float = 1.0
    item_id: str | None = None
    """The item that plays, or played last."""
    received_ms: float = 0.0
    _started_ns: int = 0
    _stopped: bool = False

    def receive(self, item_id: str, ms: float, now_ns: int) -> None:
        """Take in audio of an item; a new item begins to play at once."""
        if item_id != self.item_id:
            self.item_id, self.received_ms = item_id, 0.0
            self._started_ns, self._stopped = now_ns, False
        self.received_ms += ms

    def played_ms(self, now_ns: int) -> int:
        """Return how much of the item was heard."""
        if self.item_id is None:
            return 0
        return int(min(self.received_ms, (now_ns - self._started_ns) / 1e6 * self.pace))

    def is_playing(self, now_ns: int) -> bool:
        """Tell whether there is sound."""
        return not self._stopped and self.item_id is not None and self.played_ms(now_ns) < int(self.received_ms)

    def stop(self) -> None:
        """Fall silent, whatever is left of the item."""
        self._stopped = True
