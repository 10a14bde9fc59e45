"""When something was heard, on the call's clock: the user as it was said, answers as a player would play them.

Answers arrive faster than they can be heard. A player begins with the first piece and plays one answer after
the other, until the answer ends, is cut by a truncation, or the user speaks; where the server tells what it
played (WebRTC, SIP), that counts.
"""

from dataclasses import dataclass

from rtdebug.session.heard import holds
from rtdebug.session.model import Item, Response, Session

_LONGEST_MS = 10**9


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when, ns of the call; an end of None is not known."""

    start_ns: int
    end_ns: int | None


def heard_between(session: Session) -> dict[str, Span]:
    """Reckon when each item with audio of the assistant's was heard, by item; without times it is empty."""
    spans: dict[str, Span] = {}
    spoken_over = {one.id: one.barge_in.speech.at_ns for one in session.responses.values() if one.barge_in}
    free_ns = 0
    for response in session.responses.values():
        items = [session.items[id_] for id_ in response.item_ids if id_ in session.items]
        for item in items:
            span = _played(item, response, free_ns, spoken_over.get(response.id))
            if span is not None and span.end_ns is not None:
                spans[item.id] = span
                free_ns = max(free_ns, span.end_ns)
    return spans


def spoken_between(session: Session, item: Item) -> Span | None:
    """Say when the user said an item; None where it was not said, or the recording has no times."""
    if item.input_start_ms is None or item.input_end_ms is None:
        return None
    start = session.input.came_ns(item.input_start_ms)
    end = session.input.came_ns(item.input_end_ms)
    if start is None and item.committed is not None and item.committed.at_ns is not None:
        length_ns = int((item.input_end_ms - item.input_start_ms) * 1e6)
        start = max(0, item.committed.at_ns - length_ns)
    if start is None:
        return None
    if end is None:
        end = item.committed.at_ns if item.committed else None
    return Span(start, end)


def _played(item: Item, response: Response, free_ns: int, spoken_over_ns: int | None) -> Span | None:
    began, ended = response.playback
    length_ns = sum(part.audio.length_ns for part in item.parts.values() if part.audio)
    if began is not None and began.at_ns is not None:
        end = ended.at_ns if ended is not None and ended.at_ns is not None else began.at_ns + length_ns
        return Span(began.at_ns, end)
    audio = item.audio
    came_ns = audio.came_ns(0) if audio is not None else None
    if came_ns is None:
        return None
    start = max(came_ns, free_ns)
    if item.truncation is not None and holds(item.truncation, length_ns):
        cut_ns = max(0, min(item.truncation.audio_end_ms, _LONGEST_MS)) * 1_000_000
        length_ns = min(length_ns, cut_ns)
    elif spoken_over_ns is not None:
        length_ns = min(length_ns, max(0, spoken_over_ns - start))
    return Span(start, start + length_ns)
