"""The page of usage, as text."""

from dataclasses import replace

from reports.calls import USED, call, recorded

from rtdebug.session.model import Mark, Response, Session
from rtdebug.tui.pages.usage import usage_page

from .written import lines, sample, seq_at, words


def test_bars_totals_and_notes() -> None:
    assert lines(usage_page(sample("barge-in"), 78)) == [
        "t━ text in  a━ audio in  T━ text out  A━ audio out",
        "1 ✕ t━━━━━a━━━━━━━━━━━T━━━━━━━A━━━━━━━━━━━━━━━━━━━━━━━━━━━━━    120  $0.00542",
        "2 ✔ t━━━━━a━━━━━━━━━━━━━━━━━━━━━━━━━━━━━T━━━A━━━━━━━━━━━━━━━    119  $0.00450",
        "",
        "all responses together ────────────────────────────────────────────── $0.00992",
        "tokens           total       text      audio",
        "in                 117         24         93",
        "  cached             0          0          0  0 % of in",
        "out                122         24         98",
        "answers       $0.00992  $0.00307 in + $0.00685 out",
        "transcribing  $0.00023",
        "total          $0.0102",
        "",
        "to know ──────────────────────────────────────────────────────────────────────",
        "· context grew from 39 to 78 input tokens (2.0 times)",
        "· 2.4 s of answers were never heard: about 48 tokens, $0.00307",
        "· transcription by gpt-4o-mini-transcribe: 67 tokens for 2 items, $0.00023",
    ]


def test_a_cached_part_has_its_letter_where_there_is_little_room() -> None:
    assert lines(usage_page(sample("tool-call"), 38))[:4] == [
        "c━ cached  t━ text in  T━ text out",
        "A━ audio out",
        "1 ✔ t━━━━━━━━           106  $0.00064",
        "2 ✔ c━━━━━t━━━━━A━━━    183  $0.00348",
    ]


def test_what_reported_no_usage_says_so() -> None:
    assert lines(usage_page(sample("transcription-only"), 110)) == [
        "no response reported its usage",
        "",
        "to know " + "─" * 102,
        "· transcription by gpt-4o-mini-transcribe: 56 tokens for 2 items, $0.00019",
    ]
    session = call()
    next(iter(session.responses.values())).usage = None
    assert "1 ✔ no usage reported" in lines(usage_page(recorded(session), 60))


def test_the_growth_of_the_context_is_drawn_where_it_is_more_than_two_numbers() -> None:
    session = Session(model="gpt-realtime")
    for number, tokens in enumerate((100, 400, 800), 1):
        one = session.responses[f"r{number}"] = Response(f"r{number}", Mark(number), status="completed")
        one.usage = replace(USED, input_tokens=tokens, input_text=tokens, input_audio=0)
    written = lines(usage_page(recorded(session), 60))
    assert written[:2] == ["context ▁▄█", "context grew from 100 to 800 input tokens (8.0 times)"]
    assert sum("context grew" in line for line in written) == 1


def test_what_is_not_priced_is_said() -> None:
    session = call()
    session.model = "somebody-elses"
    assert "no price is known for this model" in words(usage_page(recorded(session), 60))


def test_rows_rest_on_the_end_of_their_response() -> None:
    rows = usage_page(sample("barge-in"), 78)
    assert seq_at(rows, "1 ✕") == 271
    assert seq_at(rows, "2 ✔") == 453
