"""What should not be in a recording at all."""

from collections.abc import Iterator

from rtdebug.diagnosis.finding import Hit
from rtdebug.diagnosis.grouping import MOST, grouped
from rtdebug.diagnosis.rule import rule
from rtdebug.diagnosis.subject import Subject
from rtdebug.protocol.event import Event
from rtdebug.protocol.leaks import leaks
from rtdebug.units import count, quote


@rule("RT240", "secret-in-payload", "warning", "medium")
def secret(call: Subject) -> Iterator[Hit]:
    """Something that looks like a key stands in a recorded message.

    What it sees: a string with the form of an API key, an ephemeral key or a bearer token, in an event or in the
    handshake. The place is named; the key is never printed.

    Why it matters: recordings are passed around, and the model reads what is in its instructions and tools: a user
    can make it say them.

    What to do: revoke the key. Keep keys out of instructions, tools and tool outputs; give MCP servers theirs in
    `authorization`, which the recorder strikes out. Do not pass this recording on.

    Seen in: recordings of browser clients, which are handed an ephemeral key in the session.
    """
    places: dict[tuple[str, str], list[Event]] = {}
    for event in call.events:
        if event.type.endswith(".delta") or event.type == "input_audio_buffer.append":
            continue
        for path, what in leaks(event.data):
            places.setdefault((path, what), []).append(event)
    hits = [_hit(path, what, events) for (path, what), events in places.items()]
    if len(hits) <= 5:
        yield from hits
    else:
        yield grouped(hits, f"keys stand in {count(len(hits), 'place')}; the first: {hits[0].message}")


def _hit(path: str, what: str, events: list[Event]) -> Hit:
    """Tell of a place once: what a client sends, the server says after it."""
    first, *others = events
    where = f"{quote(first.type or first.kind, 60)} at {quote(path, 80)}: entry {first.seq}"
    where += f", and {count(len(others), 'later entry', 'later entries')}" if others else ""
    return Hit(first.seq, f"{what} stands in {where}", tuple(one.seq for one in others[:MOST]))


RULES = (secret,)
