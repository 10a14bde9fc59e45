"""The order a server keeps, as findings: one rule for each of the conformance rules, under RT9 and its number.

What each rule checks stands in `diagnosis.conformance`; what its page says, in `conformance_pages`. Here it is
decided where a breach of order counts for nothing: in a recording that does not hold all, or for a service that is
known to do otherwise.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from rtdebug.diagnosis.conformance import RULES as ORDER
from rtdebug.diagnosis.conformance import Case, OrderRule
from rtdebug.diagnosis.finding import Check, Doc, Hit, Rule, Severity
from rtdebug.diagnosis.grouping import MOST
from rtdebug.diagnosis.rules.conformance_pages import PAGES
from rtdebug.diagnosis.subject import Subject
from rtdebug.protocol.event import Event
from rtdebug.units import count, quote

_OTHERWISE: Final[Mapping[str, frozenset[str]]] = {
    "xai": frozenset(["R06", "R08", "R12", "R16", "R17", "R21", "R23", "R26"]),
    "azure": frozenset(["R25", "R26"]),
    "azure voice live": frozenset(["R12", "R25", "R26"]),
}
"""Rules that a service was seen to break in good order."""
_CUT_SHORT: Final = frozenset(["R14", "R15", "R17", "R25", "R26"])
"""Rules that nothing is known of where an answer was cancelled or cut off."""
_FROM_THE_BEGINNING: Final = frozenset(["R19"])
"""Rules that need all that was said before."""
_RACE_NS = 1_000_000_000
_RACE_ENTRIES = 20


def _made(order: OrderRule) -> Rule:
    page = PAGES[order.code]
    sees = f"A breach of this order: {order.says}. All breaches of one call are one finding, with their number."
    doc = Doc(sees, page.matters, page.advice, page.seen_in)
    return Rule(f"RT9{order.code[1:]}", page.name, order.level, "high", (), doc, _check(order))


def _check(order: OrderRule) -> Check:
    def check(call: Subject) -> Iterator[Hit]:
        call.need(call.is_whole, "the recording has gaps: what is out of order may only be missing")
        call.need(len(call.traffic.sessions) < 2, "the recording holds more than one session")
        if order.code in _OTHERWISE.get(call.dialect.vendor, ()):
            return
        unknown = _unknown(call, order.code)
        breaches = [case for case in order.check(call.traffic) if case.breach and case.seq not in unknown]
        if breaches:
            first, *rest = breaches
            others = f"; {count(len(rest), 'more breach', 'more breaches')}" if rest else ""
            words = quote(first.breach, 200) + others
            more = tuple(case.seq for case in rest[: MOST - 1])
            yield Hit(first.seq, words, more, severity=_severity(call, order, breaches))

    check.__doc__ = f"Hold a call against {order.code}: {order.says}."
    return check


RULES = tuple(_made(order) for order in ORDER)


def _severity(call: Subject, order: OrderRule, breaches: list[Case]) -> Severity | None:
    """Weigh breaches: a server that mixes two shapes is of a third kind; an interruption overtakes much."""
    mixed = call.dialect.shape == "mixed"
    raced = order.code == "R03" and all(_raced(call, case) for case in breaches)
    return "warning" if order.level == "error" and (mixed or raced) else None


def _unknown(call: Subject, code: str) -> set[int]:
    """Return entries for which the order is not known: of answers that began before, or were cut short."""
    traffic, found = call.traffic, set[int]()
    for stream in traffic.streams.values():
        headless = traffic.is_sideband and stream.created is None
        short = code in _CUT_SHORT and stream.ended.get("status") in ("cancelled", "incomplete", "failed")
        if headless or short:
            found.update(event.seq for event in stream.events)
            behind = traffic.after(stream.done) if stream.done else None
            if behind is not None and code == "R25":
                found.add(behind.seq)
    if traffic.is_sideband:
        found.update(event.seq for event in _speech(call)[:1])
        if code in _FROM_THE_BEGINNING:
            found.update(event.seq for event in traffic.server)
    return found


def _speech(call: Subject) -> list[Event]:
    return call.traffic.of("input_audio_buffer.speech_started", "input_audio_buffer.speech_stopped")


def _raced(call: Subject, case: Case) -> bool:
    """Say whether the client cancelled just before, or the user had just begun to speak and goes on."""
    spoken = [event for event in _speech(call) if event.seq < case.seq][-1:]
    cuts = [event for event in spoken if event.type.endswith("started")]
    cuts += [event for event in call.traffic.said("response.cancel") if event.seq < case.seq]
    return any(_just_before(call, cut, case.seq) for cut in cuts)


def _just_before(call: Subject, event: Event, seq: int) -> bool:
    at_ns = call.times.get(seq)
    if at_ns is None or event.at_ns is None:
        return seq - event.seq <= _RACE_ENTRIES
    return at_ns - event.at_ns <= _RACE_NS
