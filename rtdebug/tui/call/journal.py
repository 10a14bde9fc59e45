"""Every entry of a recording in columns: a few bytes each, the rest is read again when it is looked at."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from rtdebug.protocol.event import Event
from rtdebug.protocol.gist import about
from rtdebug.recording.format import Entry
from rtdebug.wire.messages import Sender

_SENDERS: tuple[Sender | None, ...] = (None, "client", "server")
_SENDER, _PROBLEM, _MESSAGE = 3, 4, 8
"""What the bits of a flag say."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What entries of one type have in common."""

    name: str
    """As on the wire; for what is no event, what it is: close, gap, ping … (as it came: not harmless)."""
    type: str
    """As GA names it, "" for what is no event."""
    is_delta: bool
    """One of many that are shown as one."""


class Names:
    """Texts by small numbers."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {"": 0}
        self._texts = [""]

    def number(self, text: str) -> int:
        """Return a text's number, given out if need be."""
        found = self._numbers.get(text)
        if found is None:
            found = self._numbers[text] = len(self._texts)
            self._texts.append(text)
        return found

    def find(self, text: str) -> int | None:
        """Return a text's number, None where it never came."""
        return self._numbers.get(text)

    def __getitem__(self, number: int) -> str:
        return self._texts[number]

    def __len__(self) -> int:
        return len(self._texts)

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)


class Journal:
    """The entries of one recording, in order; an index counts from 0."""

    def __init__(self) -> None:
        self.seqs = array("q")
        self.places = array("q")
        self.times = array("q")
        """Nanoseconds since the recording began; -1 where it has no times."""
        self.kinds = array("H")
        self.responses = array("I")
        self.items = array("I")
        self.frames = array("I")
        """Frames of audio."""
        self.sizes = array("I")
        """Bytes of the message as kept, audio not counted."""
        self.flags = bytearray()
        self.kind_table: list[Kind] = []
        self.response_names = Names()
        self.item_names = Names()
        self._kind_numbers: dict[tuple[str, str, str], int] = {}
        self._alike: object = None
        self._alike_numbers = (0, 0, 0)

    def __len__(self) -> int:
        return len(self.seqs)

    def add(self, place: int, entry: Entry, event: Event) -> None:
        """Take the next entry."""
        if event.data is self._alike:  # most entries are microphone chunks, which share what they say
            kind, response, item = self._alike_numbers
        else:
            named = about(event.data)
            kind = self._kind(event)
            response, item = self.response_names.number(named.response_id), self.item_names.number(named.item_id)
            if event.sound is not None and entry.sender == "client":
                self._alike, self._alike_numbers = event.data, (kind, response, item)
        self.seqs.append(event.seq)
        self.places.append(place)
        self.times.append(-1 if event.at_ns is None else event.at_ns)
        self.kinds.append(kind)
        self.responses.append(response)
        self.items.append(item)
        self.frames.append(0 if event.sound is None else min(event.sound.frames, 0xFFFFFFFF))
        self.sizes.append(min(event.size, 0xFFFFFFFF))
        is_message = event.kind == "message"
        self.flags.append(
            _SENDERS.index(entry.sender) | (_PROBLEM if event.problem else 0) | (_MESSAGE if is_message else 0)
        )

    @property
    def sent(self) -> tuple[int, int]:
        """Count the messages of the client and of the server."""
        client, server = _MESSAGE | 1, _MESSAGE | 2
        count = self.flags.count
        return count(client) + count(client | _PROBLEM), count(server) + count(server | _PROBLEM)

    def sender(self, index: int) -> Sender | None:
        """Say who sent an entry."""
        return _SENDERS[self.flags[index] & _SENDER]

    def has_problem(self, index: int) -> bool:
        """Say whether something is odd about an entry."""
        return bool(self.flags[index] & _PROBLEM)

    def kind(self, index: int) -> Kind:
        """Say what an entry is."""
        return self.kind_table[self.kinds[index]]

    def response_id(self, index: int) -> str:
        """Name the response an entry names, "" for none."""
        return self.response_names[self.responses[index]]

    def item_id(self, index: int) -> str:
        """Name the item an entry names, "" for none."""
        return self.item_names[self.items[index]]

    def at_ns(self, index: int) -> int | None:
        """Say when an entry came."""
        at = self.times[index]
        return None if at < 0 else at

    def index_of(self, seq: int) -> int:
        """Return where an entry is, or the one before where it could not be read."""
        found = bisect_left(self.seqs, seq)
        if found < len(self.seqs) and self.seqs[found] == seq:
            return found
        return max(0, found - 1)

    def index_at(self, at_ns: int) -> int:
        """Return the last entry that had come by a moment, the first where none had."""
        return max(0, bisect_right(self.times, at_ns) - 1)

    def _kind(self, event: Event) -> int:
        key = (event.kind, event.type, event.wire_type)
        number = self._kind_numbers.get(key)
        if number is None:
            number = self._kind_numbers[key] = min(len(self.kind_table), 0xFFFF)
            if number == len(self.kind_table):
                name = event.wire_type or (event.kind if event.kind != "message" else "not an event")
                self.kind_table.append(Kind(name, event.type, _is_one_of_many(event.type)))
        return number


def _is_one_of_many(type_: str) -> bool:
    return type_.endswith((".delta", "input_audio_buffer.append"))
