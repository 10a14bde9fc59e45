"""What should not be in a recording at all."""

from collections.abc import Iterator

from rtdebug.diagnosis.finding import Hit
from rtdebug.diagnosis.grouping import grouped
from rtdebug.diagnosis.rule import rule
from rtdebug.diagnosis.subject import Subject
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
    hits: list[Hit] = []
    seen: set[tuple[str, str]] = set()
    for event in call.events:
        if event.type.endswith(".delta") or event.type == "input_audio_buffer.append":
            continue
        for path, what in leaks(event.data):
            if (path, event.type) not in seen:
                seen.add((path, event.type))
                where = f"{quote(event.type or event.kind, 60)} at {quote(path, 80)}"
                hits.append(Hit(event.seq, f"{what} stands in {where}: entry {event.seq}"))
    if len(hits) <= 5:
        yield from hits
    else:
        yield grouped(hits, f"keys stand in {count(len(hits), 'place')}; the first: {hits[0].message}")


RULES = (secret,)
