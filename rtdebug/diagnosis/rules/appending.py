"""What the client appends and commits: buffers with nothing in them, pieces that end in half a sample."""

import re
from collections.abc import Iterator
from typing import Final

from rtdebug.diagnosis.finding import Hit
from rtdebug.diagnosis.rule import rule
from rtdebug.diagnosis.subject import Subject
from rtdebug.session.model import Item
from rtdebug.units import count, delay

_MS = 1_000_000
_JUST_NS = 2_000 * _MS
_EMPTY: Final = "input_audio_buffer_commit_empty"
_HAS = re.compile(r"has (\d{1,9}(?:\.\d+)?) ?ms")


@rule("RT152", "empty-commit", "warning")
def empty_commit(call: Subject) -> Iterator[Hit]:
    """The client committed a buffer with too little in it.

    What it sees: an `error` with the code `input_audio_buffer_commit_empty`, and how much the client had appended
    since the buffer was last committed or cleared.

    Why it matters: no turn comes of it. A client that waits for the answer to it waits for ever.

    What to do: commit only what holds at least 100 ms. With server VAD on, leave commits to the server: what the user
    said has been committed by the time the client asks. Without VAD, see that appended audio is sent before the
    commit, not after it.

    Seen in: openai-agents-js#748, betalgo/openai#674.
    """
    for error in call.session.errors:
        if error.code != _EMPTY:
            continue
        asked = error.about if error.about is not None else _last(call, "input_audio_buffer.commit", error.mark.seq)
        seq = asked if asked is not None else error.mark.seq
        told = _HAS.search(error.message)
        ms = float(told[1]) if told else _waiting_ms(call, seq)
        begun = f"the client committed a buffer of {ms:.0f} ms; it was refused"
        more = [error.mark.seq] if asked is not None else []
        item = _committed_before(call, seq)
        if item is not None and item.committed is not None:
            more.append(item.committed.seq)
            since = call.times.get(seq), item.committed.at_ns
            ago = f"{delay(since[0] - since[1])} earlier" if since[0] is not None and since[1] is not None else "before"
            begun += f", server VAD had committed it {ago}"
        yield Hit(seq, begun, tuple(more), item_id=item.id if item else "")


def _waiting_ms(call: Subject, seq: int) -> float:
    """Reckon how much audio waited in the buffer at an entry."""
    session = call.session
    ends = [one.input_end_ms or 0 for one in session.items.values() if one.committed and one.committed.seq < seq]
    cleared = _last(call, "input_audio_buffer.clear", seq)
    ends.append(session.input.length_at(cleared) / _MS if cleared is not None else 0)
    return max(0.0, session.input.length_at(seq) / _MS - max(ends))


def _committed_before(call: Subject, seq: int) -> Item | None:
    """Find the turn that the server committed by itself just before an entry."""
    at_ns = call.times.get(seq)
    for item in reversed(call.session.items.values()):
        done = item.committed
        if done is None or done.seq > seq:
            continue
        recent = at_ns is None or done.at_ns is None or at_ns - done.at_ns <= _JUST_NS
        return item if item.speech is not None and item.asked is None and recent else None
    return None


def _last(call: Subject, type_: str, before: int) -> int | None:
    """Find the client's last event of a type before an entry."""
    found = (one.seq for one in reversed(call.events) if one.type == type_ and one.sender == "client")
    return next((seq for seq in found if seq < before), None)


@rule("RT157", "odd-byte-count", "warning")
def odd_bytes(call: Subject) -> Iterator[Hit]:
    """A piece of audio ends in half a sample.

    What it sees: audio of 16 bits whose pieces have an odd number of bytes.

    Why it matters: whoever puts the pieces together reads every later sample from the wrong byte, which is noise;
    whoever does not loses a sample at each, which clicks.

    What to do: send whole samples: keep the odd byte for the next piece. Where pieces are cut from base64 text, cut
    bytes and encode each piece by itself.

    Seen in: aisearch-openai-rag-audio#60.
    """
    call.need("audio" not in call.lacks, "the recording has not all audio")
    session = call.session
    client = session.input.ragged
    if client:
        yield Hit(
            client[0],
            f"the client sent {count(len(client), 'piece')} of audio with an odd number of bytes",
            tuple(client[1:6]),
        )
    server = sorted(
        seq
        for item in session.items.values()
        for part in item.parts.values()
        for seq in (part.audio.ragged if part.audio else ())
    )
    if server:
        yield Hit(
            server[0],
            f"the server sent {count(len(server), 'piece')} of audio with an odd number of bytes",
            tuple(server[1:6]),
        )


RULES = (empty_commit, odd_bytes)
