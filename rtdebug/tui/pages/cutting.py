"""Which words of an answer nobody heard: reckoned by their share of the audio, for nothing tells it by the word."""

from rtdebug.reports.recorded import Recorded
from rtdebug.session.model import Item, Response
from rtdebug.tui.cells import Line, Piece, wrap

CUT = "✂"


def shares(recorded: Recorded, response: Response) -> dict[str, float]:
    """Say which part of each item's audio was heard; items of which nothing is known are not there."""
    told = recorded.heard(response)
    if told.heard_ns is None or not told.made_ns:
        return {}
    left, found = told.heard_ns, {}
    for id_ in response.item_ids:
        item = recorded.session.items.get(id_)
        made = recorded.made_ns(item) if item else None
        if made:
            found[id_] = max(0.0, min(1.0, left / made))
            left -= made
    return found


def share_of(recorded: Recorded, item: Item) -> float | None:
    """Say which part of an item's audio was heard, None where nothing tells."""
    response = recorded.session.responses.get(item.response_id)
    if response is None or (item.truncation is None and response.playback[1] is None):
        return None
    return shares(recorded, response).get(item.id)


def marked(text: str, share: float | None, width: int, style: str = "") -> list[Line]:
    """Wrap harmless words; where they were cut off stands ✂, and what nobody heard is pale after it."""
    if share is None or share >= 1 or not text:
        return wrap(text, width, style)
    at = round(len(text) * share)
    while 0 < at < len(text) and text[at - 1] != " ":
        at -= 1
    before, after = text[:at].rstrip(), text[at:].strip()
    if not after:
        return wrap(text, width, style)
    whole = f"{before} {CUT} {after}" if before else f"{CUT} {after}"
    edge = len(before) + 1 if before else 0
    found: list[Line] = []
    begun = 0
    for line in wrap(whole, width):
        words = line[0][0]
        begun = max(begun, whole.find(words, begun))
        found.append(_parted(words, edge - begun, style))
        begun += len(words)
    return found


def _parted(words: str, edge: int, style: str) -> Line:
    """Style a line whose unheard part begins with the sign at an index."""
    if edge >= len(words):
        return ((words, style),)
    pieces: list[Piece] = [(words[: max(0, edge)], style)] if edge > 0 else []
    rest = words[max(0, edge) :]
    if edge >= 0:
        pieces.append((rest[:1], "warn"))
        rest = rest[1:]
    return (*pieces, (rest, "quiet"))
