"""Names that nobody knows: event types, beta's names on a GA connection, ids of what never was."""

from collections import Counter
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Final

from rtdebug.diagnosis.finding import Hit, Severity
from rtdebug.diagnosis.grouping import grouped, listed
from rtdebug.diagnosis.rule import rule
from rtdebug.diagnosis.subject import Subject
from rtdebug.diagnosis.traffic import item_of, response_of
from rtdebug.protocol.catalog import nearest, row
from rtdebug.protocol.event import Event
from rtdebug.units import count, quote

_ALIKE = 0.85
_MOST_TYPES = 50
_ABOUT_ITEMS: Final = ("conversation.item.truncate", "conversation.item.delete", "conversation.item.retrieve")
_ABOUT_RESPONSES: Final = ("response.cancel",)


@rule("RT220", "unknown-event", "info")
def unknown(call: Subject) -> Iterator[Hit]:
    """Events of a type that no dialect known here has.

    What it sees: each event type that is not in the catalogue and is not close to a name that is, with the number of
    its events.

    Why it matters: a client event that the server does not know is refused; a server event that the client does not
    know is usually dropped.

    What to do: see whether the service is another than you think, or newer than this program; `rtdebug events` lists
    the types that are known.

    Seen in: VoxInput#22.
    """
    for type_, seqs, sender in _unknown(call):
        if not _meant(type_):
            times = f"{len(seqs):,} or more times" if len(seqs) >= 10 else count(len(seqs), "time")
            words = f"the {sender} sent {quote(type_, 80)}, which no dialect knows, {times}"
            yield Hit(seqs[0], words, tuple(seqs[1:6]))


@rule("RT221", "misspelled-event", "warning")
def misspelled(call: Subject) -> Iterator[Hit]:
    """An event type that is nearly that of a known event.

    What it sees: a type that is not in the catalogue and differs from one that is by a letter or a word. Info where
    the server sent it.

    Why it matters: the server refuses the event with an `error` and does nothing; where errors are not shown, the
    client only seems to be ignored.

    What to do: correct the name; `rtdebug events` lists them all.

    Seen in: no public thread yet; the API's guide shows the error that it leads to.
    """
    for type_, seqs, sender in _unknown(call):
        if meant := _meant(type_):
            words = f"the {sender} sent {quote(type_, 80)}; {meant} was probably meant"
            yield Hit(seqs[0], words, tuple(seqs[1:6]), severity="info" if sender == "server" else None)


@rule("RT222", "beta-name-on-ga", "warning")
def beta_names(call: Subject) -> Iterator[Hit]:
    """Beta's names for events on a GA connection.

    What it sees: events under names that only beta has, though the server speaks GA. Info where it is the server that
    mixes the two, as some compatible servers do.

    Why it matters: GA refuses the client's; and clients wait in vain for the GA name of the server's.

    What to do: use GA's name; `rtdebug events NAME` tells it.

    Seen in: VoxInput#22, TanStack/ai#586.
    """
    if call.dialect.vendor == "xai" or call.dialect.shape not in ("ga", "mixed"):
        return
    for sender in ("client", "server"):
        found = [event for event in call.traffic.events if event.sender == sender and _is_beta(event)]
        if not found:
            continue
        names = [quote(name, 60) for name in Counter(event.wire_type for event in found)]
        words = f"the {sender} sent {listed(names)}, beta's name for {quote(found[0].type, 60)}"
        if len(names) > 1:
            words = f"the {sender} sent events under {count(len(names), 'name')} of beta's: {listed(names)}"
        yield Hit(found[0].seq, words, tuple(event.seq for event in found[1:6]), severity=_weight(sender))


@rule("RT223", "dangling-id", "warning", "medium")
def dangling(call: Subject) -> Iterator[Hit]:
    """An event is about an item or a response that never was.

    What it sees: the client truncates, deletes or asks for an item, or cancels a response, whose id no other event of
    the call names; info where an event of the server's is about such an item.

    Why it matters: the server refuses the request. Ids that are kept from a call before, or made up, are the usual
    reason; a truncation that is refused leaves the model believing that all was heard.

    What to do: take ids from the events of this connection, and forget them when it is opened anew.

    Seen in: openai-agents-python#2385, livekit/agents#6157.
    """
    traffic = call.traffic
    call.need(not traffic.is_sideband, "the recording begins in the middle of the call")
    call.need(call.is_whole, "the recording has a gap: the item may have been in it")
    known = _items(call)
    hits = [
        Hit(event.seq, f"the client sent {event.type} for {quote(item_of(event), 60)}, an item that never was")
        for event in traffic.said(*_ABOUT_ITEMS)
        if item_of(event) and item_of(event) not in known
    ]
    hits += [
        Hit(event.seq, f"the client sent {event.type} for {quote(response_of(event), 60)}, a response that never was")
        for event in traffic.said(*_ABOUT_RESPONSES)
        if response_of(event) and response_of(event) not in traffic.streams
    ]
    if hits:
        hits.sort(key=lambda hit: hit.seq)
        yield grouped(hits, f"the client named items or responses that never were, {len(hits):,} times")
    told = [
        Hit(event.seq, f"the server sent {event.type} for {quote(item_of(event), 60)}, an item that never was")
        for event in traffic.of("conversation.item.truncated", "conversation.item.deleted")
        if item_of(event) and item_of(event) not in known
    ]
    if told:
        words = f"the server sent events about items that never were, {len(told):,} times"
        yield grouped(told, words)._replace(severity="info")


RULES = (unknown, misspelled, beta_names, dangling)


def _unknown(call: Subject) -> Iterator[tuple[str, list[int], str]]:
    """Yield the types that nobody knows, with their first entries and who sent them."""
    first = {seqs[0]: type_ for type_, seqs in list(call.session.unknown.items())[:_MOST_TYPES] if seqs}
    for event in call.traffic.events:
        if event.seq in first and event.sender is not None:
            yield event.type, call.session.unknown[first[event.seq]], event.sender


def _meant(type_: str) -> str:
    """Name the event that a misspelled one was meant to be, "" where it is like none."""
    if len(type_) > 200:
        return ""
    near = nearest(type_)
    return near[0] if near and SequenceMatcher(None, type_, near[0]).ratio() >= _ALIKE else ""


def _is_beta(event: Event) -> bool:
    known = row(event.wire_type)
    return known is not None and known.shapes == ("beta",)


def _weight(sender: str) -> Severity | None:
    return "info" if sender == "server" else None


def _items(call: Subject) -> set[str]:
    """Return the ids of all items that the call knows from elsewhere than a request about them."""
    session = call.session
    there = {id_ for id_, item in session.items.items() if item.added or item.committed or item.asked or item.done}
    there |= {id_ for response in session.responses.values() for id_ in response.item_ids}
    there |= {speech.item_id for speech in session.speeches}
    return there | set(session.order)
