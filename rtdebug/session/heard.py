"""How much of an answer was heard: made is what arrived, heard is what the client or the server says was played."""

from dataclasses import dataclass

from rtdebug.session.model import Item, Response, Session, Truncation

_LONGEST_MS = 10**9
"""A claim may hold any number; nobody listens for twelve days."""


@dataclass(frozen=True, slots=True)
class Heard:
    """The audio of one answer."""

    made_ns: int = 0
    """How much arrived; none where it went another way (WebRTC, SIP)."""
    heard_ns: int | None = None
    """How much was played; None where nothing tells."""
    claimed_ns: int | None = None
    """What the client said was played, where that is more than was made."""
    seq: int | None = None
    """The entry that tells what was heard."""

    @property
    def unheard_ns(self) -> int | None:
        """How much of what was made nobody heard; None where nothing tells."""
        return self.made_ns - self.heard_ns if self.made_ns and self.heard_ns is not None else None


def heard(session: Session, response: Response, *, has_audio: bool = True) -> Heard:
    """Reckon what was made and heard of an answer: a truncation tells, and so does the playback of a WebRTC call.

    `has_audio` is false where the recording has only bits of it: then nobody knows how much was made.
    """
    items = [session.items[id_] for id_ in response.item_ids if id_ in session.items]
    lengths = [_length(item) if has_audio else 0 for item in items]
    made, before = sum(lengths), 0
    for item, length in zip(items, lengths, strict=True):
        if item.truncation is not None and holds(item.truncation, length):
            return _cut(item.truncation, made, before, length)
        before += length
    started, ended = response.playback
    if started and ended and started.at_ns is not None and ended.at_ns is not None:
        played = ended.at_ns - started.at_ns
        return Heard(made, min(made, played) if made else played, None, ended.seq)
    return Heard(made)


def holds(truncation: Truncation, made_ns: int) -> bool:
    """Say whether a truncation tells what was heard: not one that was refused, or claims more than there was."""
    beyond = truncation.done is None and truncation.audio_end_ms * 1_000_000 > made_ns > 0
    return truncation.refused is None and not beyond


def _cut(truncation: Truncation, made: int, before: int, length: int) -> Heard:
    """Reckon from what was heard of one item; those before it were heard whole, those after it not at all."""
    told = truncation.done or truncation.asked
    seq = told.seq if told else None
    claimed = min(max(0, truncation.audio_end_ms), _LONGEST_MS) * 1_000_000
    if not made:
        return Heard(0, claimed, None, seq)
    return Heard(made, before + min(claimed, length), claimed if claimed > length else None, seq)


def _length(item: Item) -> int:
    return sum(part.audio.length_ns for part in item.parts.values() if part.audio)
