"""The order of a server as findings: each disorder is one, and what a service is known to do is none."""

from collections.abc import Callable

import orjson
import pytest

from rtdebug.diagnosis.conformance import RULES as ORDER
from rtdebug.diagnosis.finding import Finding
from rtdebug.diagnosis.linting import diagnose
from rtdebug.diagnosis.rules.conformance import RULES
from rtdebug.diagnosis.rules.conformance_pages import PAGES
from rtdebug.diagnosis.subject import Subject
from rtdebug.protocol.event import EventReader
from rtdebug.recording.format import Entry
from rtdebug.session.fold import Fold
from tests.diagnosis.orderly import FIRST, Lines, orderly
from tests.diagnosis.test_conformance import DISORDERS, place, saying, without

NAMES = {
    "RT901": "session-created-not-first",
    "RT902": "event-id-missing-or-reused",
    "RT903": "response-begins-without-created",
    "RT904": "response-not-ended-once",
    "RT905": "conversation-changed",
    "RT906": "details-of-completed",
    "RT907": "item-left-open",
    "RT908": "output-index-out-of-order",
    "RT909": "output-not-as-added",
    "RT911": "item-not-mirrored",
    "RT912": "item-done-late",
    "RT913": "delta-outside-its-part",
    "RT914": "stream-not-closed",
    "RT915": "deltas-do-not-add-up",
    "RT916": "transcript-done-first",
    "RT917": "two-transcripts",
    "RT918": "two-responses-at-once",
    "RT919": "item-misplaced",
    "RT921": "item-before-commit",
    "RT922": "speech-events-unpaired",
    "RT923": "transcript-before-commit",
    "RT925": "rate-limits-not-next",
    "RT926": "rate-limits-absent",
    "RT927": "usage-does-not-add-up",
}
TEXT = "response.output_text"


def findings(lines: Lines, upstream: str = "", *, gap: bool = False) -> list[Finding]:
    reader, fold, events = EventReader(upstream=upstream), Fold(), []
    entries = [
        Entry(n, n * 10_000_000, sender, "message", {}, orjson.dumps(event))  # type: ignore[arg-type]
        for n, (sender, event) in enumerate(lines, FIRST)
    ]
    entries += [Entry(len(entries) + FIRST, 0, "server", "gap", {"reason": "no room"})] if gap else []
    for entry in entries:
        events.append(reader.read(entry))
        fold.take(events[-1])
    told = diagnose(Subject(fold.session, events, reader.dialect), RULES)
    assert told.failed == []
    return told.findings


def codes(lines: Lines, upstream: str = "") -> set[str]:
    return {one.code for one in findings(lines, upstream)}


def test_every_rule_of_order_has_a_code_a_name_and_a_page() -> None:
    assert {rule.code: rule.name for rule in RULES} == NAMES
    assert set(PAGES) == {order.code for order in ORDER}


def test_an_orderly_call_has_no_findings() -> None:
    assert findings(orderly().lines) == []


@pytest.mark.parametrize(("disorder", "expected"), [one[1:] for one in DISORDERS], ids=[one[0] for one in DISORDERS])
def test_each_disorder_is_one_finding(disorder: Callable[[Lines], object], expected: dict[str, int]) -> None:
    lines = orderly().lines
    disorder(lines)
    found = findings(lines)
    assert sorted(one.code for one in found) == sorted(f"RT9{code[1:]}" for code in expected)
    assert {one.code: one.severity for one in found} == {
        f"RT9{order.code[1:]}": order.level for order in ORDER if order.code in expected
    }


def test_breaches_of_one_rule_are_one_finding() -> None:
    lines = orderly().lines
    for _, event in lines:
        event.pop("event_id", None)
    (found,) = findings(lines)
    assert (found.code, found.severity, found.seqs[0], len(found.seqs)) == ("RT902", "error", FIRST, 10)
    assert found.message == f"session.created has no event_id; {len(lines) - 1} more breaches"


def test_a_recording_with_gaps_is_not_judged() -> None:
    lines = orderly().lines
    without(f"{TEXT}.done")(lines)
    assert findings(lines, gap=True) == []


def test_what_xai_and_azure_are_known_to_do_is_none() -> None:
    lines = orderly().lines
    saying("response.output_item.added", "resp_2", output_index=1)(lines)
    without("rate_limits.updated")(lines)
    assert {"RT908", "RT926"} <= codes(lines)
    assert codes(lines, "wss://api.x.ai") & {"RT908", "RT926"} == set()
    assert codes(lines, "wss://me.openai.azure.com") & {"RT925", "RT926"} == set()


def test_an_answer_that_was_cut_short_need_not_add_up() -> None:
    lines = orderly().lines
    without(f"{TEXT}.delta", "resp_2")(lines)
    saying("response.done", "resp_2", response={"status": "cancelled", "status_details": None})(lines)
    assert codes(lines) & {"RT914", "RT915"} == set()


def test_an_answer_that_an_interruption_overtook_is_a_warning() -> None:
    lines = orderly().lines
    without("response.created", "resp_2")(lines)
    begun = place(lines, "response.output_item.added", "resp_2")
    lines.insert(begun, ("client", {"type": "response.cancel"}))
    assert {one.code: one.severity for one in findings(lines)}["RT903"] == "warning"


def test_who_listens_in_need_not_have_heard_how_an_answer_began() -> None:
    lines = orderly().lines
    at = place(lines, "response.output_audio.delta", "resp_1")
    assert findings(lines[at:]) == []


def test_a_server_that_mixes_two_shapes_is_judged_mildly() -> None:
    lines = orderly().lines
    without(f"{TEXT}.done")(lines)
    lines.append(("server", {"type": "conversation.item.created", "event_id": "event_old", "item": {"id": "item_x"}}))
    assert {one.code: one.severity for one in findings(lines)}["RT914"] == "warning"
