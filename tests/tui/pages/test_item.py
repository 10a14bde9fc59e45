"""The page of an item, and of where there is no response, as text."""

from reports.calls import mark, recorded, timeless

from rtdebug.reports.recorded import Recorded
from rtdebug.session.model import Item, Session, Truncation
from rtdebug.tui.pages.item import item_page, no_response_page
from rtdebug.tui.pages.rows import Row

from .written import lines, sample, seq_at, words


def rows_of(name: str, number: int, width: int = 78) -> list[Row]:
    told = sample(name)
    return item_page(told, list(told.session.items.values())[number], width)


def test_what_the_user_said() -> None:
    rows = rows_of("barge-in", 0)
    assert lines(rows) == [
        "◉ message  user                                                      completed",
        "item_N7KokwIVgsR9ul6UIXBex",
        "",
        "content ─────────────────────────────────────────────────────── 2.8 s of audio",
        "Hi, when is the next train to Leeds?",
        "",
        "what happened to it ──────────────────────────────────────────────────────────",
        "speech from       0.46  #30",
        "speech until      2.88  #152",
        "committed         2.88  #153",
        "added             2.88  #154",
        "done              2.88  #155",
        "first words       3.03  #164",
        "transcribed       3.33  #199",
        "",
        "audio        84 to 2,880 ms of the input",
        "end of turn  400 ms of silence",
        "transcribing 37 tokens",
        "",
        "answered by ──────────────────────────────────────────────────────────────────",
        "response 1     2.88  ✕ cancelled  The next one leaves at ten fifteen from pla…",
    ]
    assert seq_at(rows, "committed") == 153
    assert seq_at(rows, "response 1") == 156


def test_an_answer_that_was_cut() -> None:
    text = words(rows_of("barge-in", 1))
    assert "made by response 1 2.88 ✕ cancelled" in text
    assert "The next one ✂ leaves at ten fifteen" in text
    assert "✂ heard the first 780 ms" in text


def test_what_became_of_odd_items() -> None:
    session = Session()
    item = session.items["i"] = Item("i", "mcp_call", name="look", arguments="{}", output="none", error="no such place")
    item.truncation = Truncation(0, 10, mark(3, 1.0), None, mark(4, 1.1))
    text = words(item_page(recorded(session), item, 60))
    assert "not in the conversation" in text
    assert "▲ failed: no such place" in text
    assert "▲ cut refused" in text
    assert "refused" in text


def test_where_nothing_belongs_to_a_response() -> None:
    told = sample("barge-in")
    assert lines(no_response_page(told, 60, at_ns=3_000_000_000)) == [
        "nothing here belongs to a response",
        "◂ before response 1     2.88  ✕ cancelled  The next one lea…",
        "▸ next   response 2     6.12  ✔ completed  You are welcome.…",
    ]
    assert lines(no_response_page(told, 60)) == [
        "nothing here belongs to a response",
        "first    response 1     2.88  ✕ cancelled  The next one lea…",
        "last     response 2     6.12  ✔ completed  You are welcome.…",
    ]


def test_where_the_user_speaks_it_is_what_they_say() -> None:
    told = sample("barge-in")
    assert "Lovely, thanks. Bye!" in lines(no_response_page(told, 60, at_ns=5_000_000_000))
    item = next(iter(told.session.items.values()))
    assert no_response_page(told, 60, item=item) == item_page(told, item, 60)


def test_without_responses() -> None:
    assert lines(no_response_page(Recorded(Session()), 60)) == ["no response in this recording"]
    assert lines(no_response_page(Recorded(Session(), live=True), 60)) == ["no response in this recording yet"]
    timeless_ = recorded(timeless())
    assert len(no_response_page(timeless_, 60, at_ns=0)) == 3
