"""The page of what is odd, as text."""

from dataclasses import replace

from reports.calls import mark, recorded

from rtdebug.session.model import ApiError, Note, Session
from rtdebug.tui.pages.odd import odd_page

from .written import lines, sample, seq_at, words


def test_where_nothing_is_odd_it_says_so() -> None:
    assert lines(odd_page(sample("barge-in"), 78)) == ["✔ nothing odd"]


def test_errors_say_what_they_answer() -> None:
    rows = odd_page(sample("refused-update"), 78)
    assert lines(rows) == [
        "errors ───────────────────────────────────────────────────────────────────── 2",
        "▲ 0.00  missing_required_parameter                                          #5",
        "  Missing required parameter: 'session.type'. (param session.type)",
        "  it answers #4",
        "▲ 3.18  cannot_update_voice                                                #42",
        "  Cannot update a conversation's voice if assistant audio is present (param",
        "  session.audio.output.voice)",
        "  it answers #41",
    ]
    assert seq_at(rows, "cannot_update") == 42
    assert seq_at(rows, "it answers #41") == 41


def test_a_failed_response_is_among_the_errors() -> None:
    assert lines(odd_page(sample("failed"), 38)) == [
        "errors ───────────────────────────── 1",
        "▲ 0.91  response 1 failed          #11",
        "  rate_limit_exceeded — Rate limit",
        "  reached for gpt-realtime on tokens",
        "  per min. Please try again in 1.5 s.",
    ]


def test_a_recording_without_an_end() -> None:
    assert lines(odd_page(sample("killed"), 110)) == [
        "the recording " + "─" * 96,
        "· line 253 is cut off",
        "· how it ended: cut off: the recording has no end",
    ]


def test_gaps_notes_unknown_types_and_what_is_lacking() -> None:
    session = Session(complete=True)
    session.gaps = [Note(12, "3 entries were not written: the disk was full")]
    session.notes = [Note(20, "an output item without an id")]
    session.unknown = {"response.audio.delt": [7, 8, 9, 10, 11, 12]}
    session.errors = [ApiError(mark(5, 1.0), "", "", "", "", "")]
    told = replace(recorded(session), lacks=("times", "audio", "frames"), source="old.log")
    rows = odd_page(told, 60)
    text = words(rows)
    assert lines(rows)[1] == "▲ 1.00  error                                             #5"
    assert "· unknown type response.audio.delt          #7 #8 #9 #10 #11" in lines(rows)
    assert "nearest known: response.audio.delta" in text
    assert "▲ 3 entries were not written: the disk was full #12" in text
    assert "· it has no times: nothing can be measured · its audio is not in it, or only bits · it lacks frames" in text
    assert "· imported from old.log" in text
    assert seq_at(rows, "an output item") == 20
