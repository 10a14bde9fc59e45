"""The page of the conversation, as text."""

from reports.calls import call, mark, recorded

from rtdebug.reports.recorded import Recorded
from rtdebug.session.model import Session
from rtdebug.tui.pages.conversation import conversation_page

from .written import lines, sample, seq_at


def test_an_interruption_stands_where_it_happened() -> None:
    assert lines(conversation_page(sample("barge-in"), 60)) == [
        "   0.10 ◉ user       Hi, when is the next train to Leeds?",
        "   3.30 ◈ assistant  The next one ✂ leaves at ten fifteen",
        "                     from platform four, and gets in at half",
        "                     past",
        "                     ✂ interrupted by the user: 0.8 s of 3.2",
        "                     s heard",
        "",
        "   3.70 ◉ user       Lovely, thanks. Bye!",
        "                     » breaks in while response 1 was being",
        "                     made",
        "   6.54 ◈ assistant  You are welcome. Good bye!",
    ]


def test_calls_and_results_stand_in_place() -> None:
    assert lines(conversation_page(sample("tool-call"), 78)) == [
        "   0.61 ◉ user       The first one, please.",
        '   1.13 ƒ assistant  book_seat({"train": "10:15"})',
        '   1.55 → tool       {"seat": "14A", "train": "10:15"}',
        "   1.97 ◈ assistant  Done. You have a seat on the ten fifteen.",
    ]


def test_where_there_is_little_room_words_stand_under_the_speaker() -> None:
    assert lines(conversation_page(sample("out-of-band"), 38)) == [
        "0.60  ◉ user",
        "  Yes, please.",
        "1.02  ◈ assistant",
        "  That is booked. Anything else?",
        "0.91  ◈ assistant",
        "  Tickets.",
        "  · out of band",
    ]


def test_other_ends_and_other_sessions() -> None:
    assert "✂ incomplete (content_filter)" in " ".join(lines(conversation_page(sample("content-filter"), 110)))
    assert lines(conversation_page(sample("transcription-only"), 110)) == [
        "   0.06 ◉ user       The first one, please.",
        "   2.52 ◉ user       Lovely, thanks. Bye!",
    ]
    assert lines(conversation_page(recorded(Session()), 40)) == ["nothing was said"]
    assert lines(conversation_page(Recorded(Session(), live=True), 40)) == ["nothing was said yet"]


def test_rows_rest_on_their_entries() -> None:
    rows = conversation_page(sample("barge-in"), 78)
    assert seq_at(rows, "Leeds") == 154
    assert seq_at(rows, "breaks in") == 265
    assert seq_at(rows, "✂ interrupted") == 177


def test_what_was_deleted_says_when() -> None:
    session = call()
    item = session.items["item_1"]
    item.deleted = mark(77, 9.0)
    assert seq_at(conversation_page(recorded(session), 78), "✕ deleted later") == 77


def test_an_item_is_written_once_until_it_changes() -> None:
    first = conversation_page(sample("barge-in"), 70)
    again = conversation_page(sample("barge-in"), 70)
    assert first[0] is again[0]


def test_an_answer_that_failed_stands_in_its_place() -> None:
    shown = lines(conversation_page(sample("failed"), 100))
    assert shown[0].endswith("Hi, when is the next train to Leeds?")
    assert shown[1].split() == ["0.91", "◈", "assistant"]
    assert shown[2].strip().startswith("✂ failed: rate_limit_exceeded — Rate limit reached")
    assert "✂ the recording is cut off here" in "\n".join(lines(conversation_page(sample("killed"), 100)))
