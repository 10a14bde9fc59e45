"""A conversation as lines, in its true order: what was said, written and called, where it was cut off, and failed."""

from collections.abc import Iterator
from dataclasses import dataclass

from rtdebug.reports.recorded import Recorded
from rtdebug.reports.words import broken_off, outcome
from rtdebug.session.model import Item, Mark, Response, Session
from rtdebug.session.playing import Span, heard_between, spoken_between
from rtdebug.units import length


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was said or done."""

    who: str
    """user, assistant, system, tool or what else the item's role is."""
    kind: str
    """speech, text, call, result, nothing (an answer came to nothing), refused (a handshake), or the item's type."""
    text: str
    """As it came from the wire: not harmless yet."""
    item_id: str
    """"" for an answer that came to nothing."""
    response_id: str = ""
    seq: int | None = None
    """The entry that added it."""
    span: Span | None = None
    """When it was heard, on the call's clock."""
    cut: str = ""
    """How it was cut off, in words."""
    notes: tuple[str, ...] = ()
    """What else is to know: deleted, out of band, no transcript …"""


def lines(recorded: Recorded) -> list[Line]:
    """Return every line, in the conversation's order; what is not in it stands where it was made.

    That are out-of-band answers, and answers that came to nothing.
    """
    session = recorded.session
    playing = heard_between(session)
    broken = {turn.barge_in.response_id for turn in session.turns if turn.barge_in}
    said = [line for item in _in_order(session) if (line := _line(recorded, item, playing, broken)) is not None]
    made = {line.response_id for line in said}
    aside = [line for one in session.responses.values() if one.id not in made and (line := _nothing(recorded, one))]
    return list(_put_in(said, aside))


def _put_in(said: list[Line], aside: list[Line]) -> Iterator[Line]:
    """Put lines among others, each before the first that came later."""
    waiting = sorted(aside, key=lambda line: line.seq or 0)
    for line in said:
        while waiting and (waiting[0].seq or 0) < (line.seq or 0):
            yield waiting.pop(0)
        yield line
    yield from waiting


def _nothing(recorded: Recorded, response: Response) -> Line | None:
    """Tell of an answer of which nothing came, None where nothing was to come: it was cancelled, or goes on."""
    mark = response.created or response.done
    is_short = response.status in ("failed", "incomplete")
    how = outcome(recorded.session, response) if is_short else _lost(recorded, response)
    if mark is None or not how:
        return None
    at_ns = response.done.at_ns if response.done else mark.at_ns
    span = Span(at_ns, None) if at_ns is not None else None
    notes = () if response.in_conversation else ("out of band",)
    return Line("assistant", "nothing", "", "", response.id, mark.seq, span, how, notes)


def _in_order(session: Session) -> Iterator[Item]:
    placed = [session.items[id_] for id_ in session.order if id_ in session.items]
    known = {item.id for item in placed}
    aside = [item for item in session.items.values() if item.id not in known and _begun(item) is not None]
    aside.sort(key=_seq)
    for item in placed:
        while aside and _seq(aside[0]) < _seq(item):
            yield aside.pop(0)
        yield item
    yield from aside


def _line(recorded: Recorded, item: Item, playing: dict[str, Span], broken: set[str]) -> Line | None:
    session = recorded.session
    response = session.responses.get(item.response_id)
    told = _told(item)
    if told is None:
        return None
    who, kind, text = told
    mark = _begun(item)
    spoken = playing.get(item.id) or spoken_between(session, item) or _instant(item)
    return Line(
        who,
        kind,
        text,
        item.id,
        item.response_id,
        mark.seq if mark else None,
        spoken,
        _cut(recorded, item, response, broken),
        tuple(_notes(item, response)),
    )


def _told(item: Item) -> tuple[str, str, str] | None:
    if item.type in ("function_call", "mcp_call"):
        return "assistant", "call", f"{item.name or 'a tool'}({item.arguments})"
    if item.type == "function_call_output":
        return "tool", "result", item.output or ""
    if item.type == "message" or (not item.type and item.parts):
        kinds = {part.type for part in item.parts.values()}
        is_speech = bool(kinds & {"input_audio", "output_audio"}) or item.committed is not None
        return item.role or "nobody", "speech" if is_speech else "text", item.text
    if item.type.startswith("mcp_approval"):
        return "tool", item.type, " ".join(part for part in (item.server_label, item.name, item.arguments) if part)
    return None


def _cut(recorded: Recorded, item: Item, response: Response | None, broken: set[str]) -> str:
    made = recorded.made_ns(item)
    cutter = _cutter(response, broken)
    if item.truncation is not None:
        claimed = max(0, min(item.truncation.audio_end_ms, 10**9)) * 1_000_000
        of = f" of {length(made)}" if made else ""
        return f"{cutter or 'cut off'}: {length(min(claimed, made) if made else claimed)}{of} heard"
    if response is None:
        return ""
    if response.status == "failed":
        return outcome(recorded.session, response) if _is_last(item, response) else ""
    if item.status == "incomplete" and response.status not in ("completed", "in_progress"):
        return cutter or (f"{response.status} ({response.reason})" if response.reason else response.status)
    return _lost(recorded, response) if item.status != "completed" and _is_last(item, response) else ""


def _is_last(item: Item, response: Response) -> bool:
    """Say whether an item is the one that a response was at when it ended."""
    return item.id == response.item_ids[-1] if response.item_ids else True


def _lost(recorded: Recorded, response: Response) -> str:
    """Say what ended the call while an answer was made, "" where it was made to its end or still is."""
    return broken_off(recorded.session) if response.done is None and not recorded.live else ""


def _cutter(response: Response | None, broken: set[str]) -> str:
    """Say what cut an answer off, "" where nothing shows."""
    if response is None:
        return ""
    if response.id in broken:
        return "interrupted by the user"
    by = response.cancellation.by if response.cancellation else ""
    return {"turn_detection": "interrupted by the user", "client": "cancelled by the client"}.get(by, "")


def _notes(item: Item, response: Response | None) -> Iterator[str]:
    if response is not None and not response.in_conversation:
        yield "out of band"
    if item.added is None and item.committed is None and not item.response_id:
        yield "not confirmed by the server"
    if item.deleted is not None:
        yield "deleted later"
    if item.transcription is not None and item.transcription.status == "failed":
        yield f"transcription failed: {item.transcription.error or 'no reason given'}"
    elif not item.text and item.type == "message":
        is_heard = item.transcription is not None and item.transcription.status == "completed"
        yield "said nothing" if is_heard else "no transcript"
    if item.type == "mcp_call" and item.output is not None:
        yield f"returns {item.output}"
    if item.error:
        yield f"failed: {item.error}"
    if item.approve is not None:
        yield "approved" if item.approve else "not approved"


def _instant(item: Item) -> Span | None:
    mark = item.arguments_done or _begun(item)
    return Span(mark.at_ns, None) if mark is not None and mark.at_ns is not None else None


def _begun(item: Item) -> Mark | None:
    return item.added or item.committed or item.asked or item.done


def _seq(item: Item) -> int:
    mark = _begun(item)
    return mark.seq if mark else 0
