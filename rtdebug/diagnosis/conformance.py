"""The order a server keeps: one rule of order, one function, one code. They judge servers (`conform`) and calls.

Each is one of `lint`'s rules too, by `rules.conformance`, which knows when a breach counts for nothing.
How firm each rule is comes from how often it held on recorded traffic of the real services.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal, NamedTuple

from rtdebug.diagnosis.traffic import PartKey, Stream, Traffic, item_of, part_of, previous_of
from rtdebug.protocol.event import Event
from rtdebug.protocol.reading import list_in, object_in, text_in, whole_in
from rtdebug.session.usage import read_usage

Level = Literal["error", "warning", "info"]


class Case(NamedTuple):
    """One place where a rule applies."""

    seq: int
    """The entry it rests on."""
    breach: str = ""
    """What is not as it should be, "" where it holds."""


OrderCheck = Callable[[Traffic], Iterator[Case]]


@dataclass(frozen=True, slots=True)
class OrderRule:
    """Something that holds in an orderly session."""

    code: str
    level: Level
    says: str
    check: OrderCheck


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a session keeps one rule."""

    rule: OrderRule
    cases: int
    breaches: tuple[Case, ...]


RULES: Final[list[OrderRule]] = []


def judge(traffic: Traffic) -> list[Verdict]:
    """Hold traffic against every rule, in the order of their codes."""
    verdicts = []
    for rule in RULES:
        cases = list(rule.check(traffic))
        verdicts.append(Verdict(rule, len(cases), tuple(case for case in cases if case.breach)))
    return verdicts


def _order(code: str, level: Level, says: str) -> Callable[[OrderCheck], OrderCheck]:
    def register(check: OrderCheck) -> OrderCheck:
        RULES.append(OrderRule(code, level, says, check))
        return check

    return register


def _case(event: Event, holds: bool, breach: str) -> Case:
    return Case(event.seq, "" if holds else breach)


def _under_way(traffic: Traffic) -> list[Stream]:
    """Responses that were seen from their beginning to their end."""
    return [stream for stream in traffic.streams.values() if stream.created and stream.done]


@_order("R01", "error", "the first event is session.created")
def _first(traffic: Traffic) -> Iterator[Case]:
    if traffic.server and not traffic.is_sideband:
        first = traffic.server[0]
        yield _case(first, first.type == "session.created", f"{first.type} came first")


@_order("R02", "error", "every event has an event_id of its own")
def _event_ids(traffic: Traffic) -> Iterator[Case]:
    seen: set[str] = set()
    for event in traffic.server:
        if event.type == "input_audio_buffer.dtmf_event_received":
            continue
        event_id = text_in(event.data, "event_id")
        yield _case(event, bool(event_id), f"{event.type} has no event_id")
        if event_id:
            yield _case(event, event_id not in seen, f"{event_id} was used before")
        seen.add(event_id)


@_order("R03", "error", "the first event of a response is response.created")
def _created_first(traffic: Traffic) -> Iterator[Case]:
    for stream in traffic.streams.values():
        first = stream.events[0]
        yield _case(first, first.type == "response.created", f"{stream.id} begins with {first.type}")


@_order("R04", "error", "a response has one response.created and one response.done, and that comes last")
def _one_done(traffic: Traffic) -> Iterator[Case]:
    for stream in traffic.streams.values():
        told = [event for event in stream.events if not event.type.startswith("output_audio_buffer.")]
        if stream.done is None or not told:
            continue  # a recording may end before the response does
        last = told[-1]
        begun, ended = len(stream.of("response.created")), len(stream.of("response.done"))
        yield _case(stream.done, (begun, ended) == (1, 1), f"{stream.id}: {begun} x created, {ended} x done")
        yield _case(last, last is stream.done, f"{last.type} of {stream.id} came after its response.done")


@_order("R05", "error", "created and done name the same conversation")
def _same_conversation(traffic: Traffic) -> Iterator[Case]:
    for stream in _under_way(traffic):
        assert stream.created is not None
        assert stream.done is not None
        begun = object_in(stream.created.data, "response").get("conversation_id")
        ended = stream.ended.get("conversation_id")
        yield _case(stream.done, begun == ended, f"{stream.id}: {begun} became {ended}")


@_order("R06", "info", "a completed response has no status_details")
def _no_details(traffic: Traffic) -> Iterator[Case]:
    for done in traffic.of("response.done"):
        shown = object_in(done.data, "response")
        if shown.get("status") == "completed":
            yield _case(done, not shown.get("status_details"), f"{text_in(shown, 'id')} is completed with details")


@_order("R07", "error", "every output item that was added is done before response.done")
def _items_closed(traffic: Traffic) -> Iterator[Case]:
    for stream in traffic.streams.values():
        if stream.done is None or stream.ended.get("status") in ("cancelled", "failed"):
            continue
        closed = {item_of(one) for one in stream.of("response.output_item.done") if one.seq < stream.done.seq}
        for added in stream.of("response.output_item.added"):
            yield _case(added, item_of(added) in closed, f"{item_of(added)} was not done before {stream.id} was")


@_order("R08", "warning", "output_index counts from 0 in the order of adding")
def _indexes(traffic: Traffic) -> Iterator[Case]:
    for stream in traffic.streams.values():
        for place, added in enumerate(stream.of("response.output_item.added")):
            index = whole_in(added.data, "output_index")
            yield _case(added, index == place, f"item {place} of {stream.id} has output_index {index}")


@_order("R09", "error", "response.done lists the items that were added, in their order")
def _output_listed(traffic: Traffic) -> Iterator[Case]:
    for stream in traffic.streams.values():
        if stream.done is None or "output" not in stream.ended:
            continue
        added = sorted(stream.of("response.output_item.added"), key=lambda one: whole_in(one.data, "output_index") or 0)
        listed = [text_in(item, "id") for item in list_in(stream.ended, "output")]
        wanted = [item_of(event) for event in added]
        yield _case(stream.done, listed == wanted, f"{stream.id} lists {listed}, added were {wanted}")


@_order("R11", "error", "an output item appears in the conversation too, after it was added to the response")
def _mirrored(traffic: Traffic) -> Iterator[Case]:
    in_conversation = {item_of(event): event for event in traffic.of("conversation.item.added")}
    for stream in traffic.streams.values():
        if stream.done is None:
            continue
        for added in stream.of("response.output_item.added"):
            mirror = in_conversation.get(item_of(added))
            if stream.in_conversation:
                late = mirror is not None and mirror.seq > added.seq
                yield _case(added, late, f"{item_of(added)} was not added to the conversation after it")
            else:
                yield _case(added, mirror is None, f"{item_of(added)} is out of band and was added to the conversation")


@_order("R12", "warning", "conversation.item.done comes before response.output_item.done")
def _item_done(traffic: Traffic) -> Iterator[Case]:
    if traffic.dialect.shape != "ga" or traffic.dialect.vendor not in ("openai", "azure", "other"):
        return
    finished = {item_of(event): event for event in traffic.of("conversation.item.done")}
    for stream in traffic.streams.values():
        for done in stream.of("response.output_item.done") if stream.in_conversation else ():
            mirror = finished.get(item_of(done))
            before = mirror is not None and mirror.seq < done.seq
            yield _case(done, before, f"{item_of(done)}: no conversation.item.done before it")


_DELTAS: Final = {
    "response.output_text.delta": ("response.output_text.done", "text"),
    "response.output_audio.delta": ("response.output_audio.done", ""),
    "response.output_audio_transcript.delta": ("response.output_audio_transcript.done", "transcript"),
    "response.function_call_arguments.delta": ("response.function_call_arguments.done", "arguments"),
}


@_order("R13", "error", "a content part is added before its first delta and done after its last")
def _parts_enclose(traffic: Traffic) -> Iterator[Case]:
    for stream in traffic.streams.values():
        added = {part_of(event): event for event in reversed(stream.of("response.content_part.added"))}
        done = {part_of(event): event for event in stream.of("response.content_part.done")}
        for event in stream.events:
            if event.type not in _DELTAS or "function_call" in event.type:
                continue
            key = part_of(event)
            opened = key in added and added[key].seq < event.seq
            yield _case(event, opened, f"{event.type} of {key[0]} before its content part was added")
            if key in done:
                before = event.seq < done[key].seq
                yield _case(event, before, f"{event.type} of {key[0]} after its content part was done")
        if stream.ended.get("status") == "completed":
            for key, event in added.items():
                yield _case(event, key in done, f"content part {key[1]} of {key[0]} was added and not done")


@_order("R14", "error", "a stream of deltas is closed by its own done")
def _streams_close(traffic: Traffic) -> Iterator[Case]:
    for stream in traffic.streams.values():
        if stream.ended.get("status") != "completed":
            continue
        for type_, (kind, _) in _DELTAS.items():
            closed = {part_of(event): event.seq for event in stream.of(kind)}
            last = {part_of(event): event for event in stream.of(type_)}
            for part, delta in last.items():
                late = closed.get(part, 0) > delta.seq
                yield _case(delta, late, f"{delta.type} of {part[0]} has no {kind} behind it")


@_order("R15", "error", "the deltas of a stream add up to what its done says")
def _deltas_add_up(traffic: Traffic) -> Iterator[Case]:
    for stream in traffic.streams.values():
        for type_, (kind, key) in _DELTAS.items():
            said: dict[PartKey, str] = {}
            for delta in stream.of(type_) if key else ():
                said[part_of(delta)] = said.get(part_of(delta), "") + text_in(delta.data, "delta")
            for closing in stream.of(kind) if key else ():
                same = said.get(part_of(closing), "") == text_in(closing.data, key)
                yield _case(closing, same, f"{kind} of {part_of(closing)[0]} is not what its deltas said")


@_order("R16", "info", "output_audio.done comes before output_audio_transcript.done")
def _audio_done_first(traffic: Traffic) -> Iterator[Case]:
    for stream in traffic.streams.values():
        told = {part_of(event): event for event in stream.of("response.output_audio_transcript.done")}
        for done in stream.of("response.output_audio.done"):
            other = told.get(part_of(done))
            if other is not None:
                yield _case(done, done.seq < other.seq, f"the transcript of {part_of(done)[0]} was done first")


@_order("R17", "warning", "a content part is done with the transcript that its stream ended with")
def _transcripts_agree(traffic: Traffic) -> Iterator[Case]:
    for stream in traffic.streams.values():
        told = {part_of(event): event for event in stream.of("response.output_audio_transcript.done")}
        for done in stream.of("response.content_part.done"):
            other, part = told.get(part_of(done)), object_in(done.data, "part")
            if other is not None and "transcript" in part:
                same = part["transcript"] == other.data.get("transcript")
                yield _case(done, same, f"two transcripts of {part_of(done)[0]}")


@_order("R18", "error", "one response at a time in the default conversation")
def _one_at_a_time(traffic: Traffic) -> Iterator[Case]:
    active = ""
    for event in traffic.of("response.created", "response.done"):
        stream = traffic.streams.get(text_in(event.data, "response", "id"))
        if stream is None or not stream.in_conversation:
            continue
        if event.type == "response.created":
            if event is not stream.created:
                continue  # told twice, not begun twice
            yield _case(event, not active, f"{stream.id} began while {active} was in progress")
            active = stream.id
        elif stream.id == active:
            active = ""


@_order("R19", "error", "an item is added once, behind one that is there")
def _added_once(traffic: Traffic) -> Iterator[Case]:
    there: set[str] = set()
    for event in traffic.of("conversation.item.added", "conversation.item.deleted"):
        item, previous = item_of(event), previous_of(event)
        if event.type == "conversation.item.deleted":
            there.discard(item)
            continue
        yield _case(event, item not in there, f"{item} was added twice")
        if isinstance(previous, str) and previous != "root" and not traffic.is_sideband:
            yield _case(event, previous in there, f"{item} stands behind {previous}, which is not there")
        there.add(item)


@_order("R21", "error", "a user's spoken item is added after it was committed")
def _committed_first(traffic: Traffic) -> Iterator[Case]:
    if traffic.dialect.vendor == "xai":
        return
    added = {item_of(event): event for event in traffic.of("conversation.item.added")}
    for committed in traffic.of("input_audio_buffer.committed"):
        event = added.get(item_of(committed))
        if event is not None:
            yield _case(event, event.seq > committed.seq, f"{item_of(event)} was added before it was committed")


_MEDDLING: Final = ("input_audio_buffer.commit", "input_audio_buffer.clear", "session.update")
"""What a client says in the middle of speech ends it in another way."""


@_order("R22", "error", "speech_started and speech_stopped come in pairs, of one item, the end behind the start")
def _speech_pairs(traffic: Traffic) -> Iterator[Case]:
    events = traffic.of("input_audio_buffer.speech_started", "input_audio_buffer.speech_stopped")
    for event in events[:1]:
        yield _case(event, event.type.endswith("started"), "speech stopped that had not started")
    for first, second in pairwise(events):
        alternate = first.type != second.type
        if traffic.client_says(_MEDDLING, first, second):
            continue
        yield _case(second, alternate, f"two {second.type.rpartition('.')[2]} in a row")
        if alternate and second.type.endswith("stopped"):
            same = item_of(first) == item_of(second)
            yield _case(second, same, f"{item_of(first)} started, {item_of(second)} stopped")
            start, end = whole_in(first.data, "audio_start_ms"), whole_in(second.data, "audio_end_ms")
            if start is not None and end is not None:
                yield _case(second, end > start, f"speech from {start} ms to {end} ms")


@_order("R23", "warning", "a transcript is whole only after its audio was committed")
def _transcribed_after(traffic: Traffic) -> Iterator[Case]:
    committed = {item_of(event): event.seq for event in traffic.of("input_audio_buffer.committed")}
    begin = "conversation.item.input_audio_transcription."
    for event in traffic.of(f"{begin}completed", f"{begin}failed"):
        if item_of(event) in committed:
            yield _case(event, committed[item_of(event)] < event.seq, f"{item_of(event)} was not committed yet")


@_order("R25", "info", "rate_limits.updated is the event right after response.done")
def _limits_follow(traffic: Traffic) -> Iterator[Case]:
    if traffic.dialect.shape == "ga" and traffic.of("rate_limits.updated"):
        for done in traffic.of("response.done"):
            behind = traffic.after(done)
            if behind is not None:
                yield _case(behind, behind.type == "rate_limits.updated", f"{behind.type} came behind response.done")


@_order("R26", "info", "every response but the last is followed by rate_limits.updated")
def _limits_come(traffic: Traffic) -> Iterator[Case]:
    limits = [event.seq for event in traffic.of("rate_limits.updated")]
    if traffic.dialect.shape == "ga" and limits:
        for done, behind in pairwise(traffic.of("response.done")):
            told = any(done.seq < seq < behind.seq for seq in limits)
            yield _case(done, told, "no rate limits before the next response was done")


@_order("R27", "warning", "the numbers of usage add up")
def _usage_adds_up(traffic: Traffic) -> Iterator[Case]:
    for done in traffic.of("response.done"):
        usage = read_usage(object_in(done.data, "response").get("usage"))
        if usage is not None:
            wrong = usage.identities()
            yield _case(done, not wrong, "; ".join(wrong))
