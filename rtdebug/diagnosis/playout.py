"""How long answers would have been heard, had nobody cut them off: what a barge-in is judged by."""

from collections.abc import Mapping
from dataclasses import dataclass

from rtdebug.diagnosis.subject import Subject
from rtdebug.session.model import Item, Response
from rtdebug.session.playing import heard_between


@dataclass(frozen=True, slots=True)
class Playout:
    """An answer's audio as a player plays it when it may play on."""

    item: Item
    response: Response
    start_ns: int
    length_ns: int

    @property
    def end_ns(self) -> int:
        """When the last of it would have been heard."""
        return self.start_ns + self.length_ns

    def played_ns(self, at_ns: int) -> int:
        """Say how much can have been heard by a moment; a player cannot be faster."""
        return max(0, min(self.length_ns, at_ns - self.start_ns))

    def unheard_ns(self, at_ns: int) -> int:
        """Say how much was left to be heard at a moment."""
        return self.length_ns - self.played_ns(at_ns)


def playouts(call: Subject) -> Mapping[str, Playout]:
    """Place every answer that was made, by its item; those of a WebRTC call are not here: their server knows."""
    session, found = call.session, {}
    for item_id, span in heard_between(session).items():
        item = session.items[item_id]
        response = session.responses.get(item.response_id)
        length_ns = sum(part.audio.length_ns for part in item.parts.values() if part.audio)
        if response is not None and response.playback == (None, None) and length_ns:
            found[item_id] = Playout(item, response, span.start_ns, length_ns)
    return found
