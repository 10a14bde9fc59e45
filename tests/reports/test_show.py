import io
import re
from dataclasses import replace

import pytest
from rich.console import Console

from rtdebug.reports.recorded import Recorded
from rtdebug.reports.show import SECTIONS, show
from rtdebug.session.model import (
    Cancellation,
    ContentPart,
    Ending,
    Item,
    Note,
    Response,
    Session,
    Transcription,
    Truncation,
)
from rtdebug.session.usage import Usage

from .calls import S, audio, call, hostile, mark, recorded, timeless

SESSIONS = {"call": call(), "timeless": timeless(), "hostile": hostile(), "empty": Session()}


def drawn(what: Recorded | Session, *names: str, width: int = 80, colour: bool = False) -> str:
    out = io.StringIO()
    system = "standard" if colour else None
    console = Console(
        file=out, width=width, highlight=False, markup=False, emoji=False, force_terminal=colour, color_system=system
    )
    told = what if isinstance(what, Recorded) else recorded(what)
    for part in show(told, names or list(SECTIONS), named=bool(names)):
        console.print(part)
    return out.getvalue()


def words(text: str) -> str:
    """The text without the line breaks that the width makes."""
    return " ".join(text.split())


@pytest.mark.parametrize("session", SESSIONS.values(), ids=SESSIONS)
@pytest.mark.parametrize("width", [40, 80, 120, 200])
def test_no_width_is_overrun_and_no_line_ends_in_blanks(session: Session, width: int) -> None:
    lines = drawn(session, width=width).splitlines()
    assert max(map(len, lines)) <= width
    assert not [line for line in lines if line != line.rstrip()]


def test_the_heading_sums_the_call_up() -> None:
    text = drawn(call(), "errors")
    for said in (
        "session   sess_C9G5\n",
        "model     gpt-realtime-2.1 · realtime · GA (OpenAI)\n",
        "recorded  2026-11-20 09:15:02 UTC, 48.0 s, 648 events\n",
        "ended     closed by the client with code 1000  #648\n",
        "answers   2 turns, 3 responses: 1 ✕ cancelled, 1 ✔ completed, 1 ▲ failed\n",
        "audio     48.0 s of microphone, 3.4 s of answers, 2.3 s of it never heard\n",
        "tokens    368 in (35 % cached), 230 out · $0.0182 ($0.0177 for answers,",
        "trouble   1 error\n",
    ):
        assert said in text


def test_every_response_says_how_it_ended_and_why() -> None:
    text = drawn(call(), "responses")
    told = words(text)
    assert "✔ completed" in told
    assert "resp_1 ƒ find_trains(" in told
    assert (
        "cancelled after 1.20 s because the user began to speak (turn_detected); 3.4 s of audio made, 1.1 s heard"
    ) in told
    assert "failed: rate_limit_exceeded — Rate limit reached." in told
    assert "#90-130" in told


def respond(status: str, by: str | None = None, **details: object) -> str:
    session = Session()
    one = session.responses["resp_1"] = Response("resp_1", mark(1, 1.0), status=status, done=mark(9, 2.2))
    one.status_details = details or None
    if by is not None:
        one.cancellation = Cancellation(by, mark(5, 2.0) if by else None)
    return words(drawn(session, "responses"))


@pytest.mark.parametrize(
    ("status", "by", "details", "said"),
    [
        (
            "cancelled",
            "client",
            {"reason": "client_cancelled"},
            "after 1.20 s by the client (response.cancel)",
        ),
        ("cancelled", "", {}, "cancelled after 1.20 s by whom, nothing shows"),
        ("cancelled", None, {"reason": "odd"}, "cancelled after 1.20 s by whom, nothing shows (odd)"),
        ("incomplete", None, {"reason": "max_output_tokens"}, "incomplete: max_output_tokens reached"),
        (
            "incomplete",
            None,
            {"reason": "content_filter"},
            "incomplete: stopped by the content filter",
        ),
        ("incomplete", None, {}, "incomplete: the server does not say why"),
        ("failed", None, {"error": {"type": "server_error"}}, "failed: server_error"),
        ("failed", None, {"error": None}, "failed: the server does not say why"),
        ("in_progress", None, {}, "under way where the recording ends"),
        ("paused", None, {"reason": "lunch"}, "paused after 1.20 s (lunch)"),
    ],
)
def test_reasons_are_spelled_out(status: str, by: str | None, details: dict[str, object], said: str) -> None:
    assert said in respond(status, by, **details)


@pytest.mark.parametrize("status", ["completed", "cancelled", "failed", "incomplete"])
def test_a_status_is_told_by_sign_and_word_and_colour(status: str) -> None:
    session = Session()
    session.responses["resp_1"] = Response("resp_1", status=status)
    coloured = drawn(session, "responses", colour=True)
    assert re.search(rf"\x1b\[[0-9;]+m[✔✕▲◐] {status}", coloured)
    assert re.search(rf"[✔✕▲◐] {status}", drawn(session, "responses"))


def test_the_heard_part_of_a_response_that_completed_is_told_too() -> None:
    session = call()
    session.responses["resp_2"].status = "completed"
    session.responses["resp_2"].cancellation = None
    assert "3.4 s of audio made, 1.1 s heard" in words(drawn(session, "responses"))


def test_a_claim_to_have_heard_more_than_there_was_is_told() -> None:
    session = call()
    session.items["item_4"].truncation = Truncation(0, 9000, mark(131, 5.4), mark(132, 5.4))
    told = words(drawn(session, "responses"))
    assert "3.4 s of audio made, 3.4 s heard (the client says 9.0 s, more than there was)" in told


def test_what_is_not_known_is_a_dash_and_never_a_zero() -> None:
    text = drawn(timeless(), "responses", "latency", "turns")
    assert "no times" in text
    assert "0 ms" not in text
    assert not re.search(r"^\d+ +\d+\.\d\d", text, re.MULTILINE)
    assert "nothing" in text.split("latency")[1]
    [row] = [line for line in drawn(call(), "responses").splitlines() if line.startswith("3 ")]
    assert row.split()[3:] == ["failed", "-", "-", "-", "-", "-", "-", "#140-180"]


def test_usage_counts_by_kind_and_sums_up() -> None:
    text = drawn(call(), "usage", width=120)
    [first] = [line for line in text.splitlines() if line.strip().startswith("1 ")]
    assert first.split()[:9] == ["1", "120", "64", "64", "35", "%", "20", "95", "$0.00886"]
    [total] = [line for line in text.splitlines() if line.startswith("all")]
    assert total.split() == ["all", "240", "128", "128", "35", "%", "40", "190", "$0.0177"]
    assert "2.3 s of answers were never heard: about 64 tokens, $0.00410" in text
    assert "transcription by whisper-1: 4.4 s for 2 items" in text
    assert {"░", "▒", "█"} <= set(first)


def test_sums_that_do_not_hold_are_told_with_their_response() -> None:
    session = call()
    broken = session.responses["resp_1"].usage
    assert broken is not None
    session.responses["resp_1"].usage = broken + type(broken)(input_tokens=1)
    assert "response 1: input_tokens 185 is not text 120 + audio 64 + image 0" in drawn(session, "usage")


def test_a_vendor_without_known_rates_gets_tokens_and_a_reason() -> None:
    session = call()
    text = words(drawn(Recorded(session, vendor="azure"), "usage", "responses"))
    assert "no price: rates are known for OpenAI's own service only" in text
    assert "$" not in text
    session.model = "my-own"
    assert "no price is known for this model" in words(drawn(session, "usage"))


def test_turns_tell_the_wait_and_who_broke_in() -> None:
    text = drawn(call(), "turns")
    rows = [line.split() for line in text.splitlines() if re.match(r" +[12] ", line)]
    assert rows[0] == ["1", "0.40", "2.5", "s", "2.00", "s", "✔", "✕", "3.4", "s", "1.1", "s", "#30-130"]
    assert "breaks in while response 2 was being made  #128" in text
    assert "▲ When is the next train?" in text
    assert "▼ The next one leaves at ten fifteen." in text


def test_latency_has_a_middle_and_a_worst() -> None:
    text = drawn(call(), "latency", width=120)
    assert re.search(r"^middle +", text, re.MULTILINE)
    [worst] = [line for line in text.splitlines() if line.strip().startswith("worst")]
    assert "1.10 s" in worst
    assert "4.1 x" in worst


def test_the_transcript_stands_in_true_order_with_cuts_in_place() -> None:
    text = drawn(call(), "transcript")
    order = ["When is the next train?", "ƒ find_trains", '→ ["10:15"]', "The next one leaves", "The first one, please."]
    places = [text.index(said) for said in order]
    assert places == sorted(places)
    assert "✂ interrupted by the user: 1.1 s of 3.4 s heard" in words(text)


def test_config_shows_what_changed_what_was_ignored_and_what_was_refused() -> None:
    text = words(drawn(call(), "config"))
    assert "session.update ✔ updated #4, #5" in text
    assert 'voice "alloy" → "marin"' in text
    assert "temperature asked for 0.7, not in force" in text
    assert 'session.update ▲ refused #300, #301 Too late. voice "ash"' in text


def test_items_tell_their_fate() -> None:
    session = call()
    session.items["item_1"].deleted = mark(500, 30.0)
    session.items["item_5"].transcription = Transcription("failed", error="DeploymentNotFound")
    session.items["item_9"] = Item("item_9", "message", "assistant")
    text = drawn(session, "items")
    for said in (
        "deleted #500",
        "truncated at 1100 ms (#132)",
        "transcription failed: DeploymentNotFound",
        "not in the conversation",
    ):
        assert said in text


def test_errors_point_at_what_they_are_about() -> None:
    session = call()
    session.gaps.append(Note(77, "a message over 64 MiB"))
    session.unknown["response.sung"] = [8, 9]
    session.notes.append(Note(10, "it is not JSON"))
    text = drawn(session, "errors", width=120)
    assert "invalid_value — Too much. (param x)  about #199  #200" in text
    assert "response 3 failed: rate_limit_exceeded — Rate limit reached.  #180" in text
    assert re.search(r"▲ gap +a message over 64 MiB  #77", text)
    assert re.search(r"· unknown type +response.sung  #8 #9", text)
    assert re.search(r"· odd +it is not JSON  #10", text)


def test_an_empty_section_says_so_only_where_it_was_asked_for() -> None:
    assert "nothing" in drawn(Session(), "errors")
    parts = list(show(recorded(Session()), ["errors", "turns"], named=False))
    assert len(parts) == 1


@pytest.mark.parametrize("name", SECTIONS)
def test_nothing_from_the_wire_is_markup_or_moves_the_terminal(name: str) -> None:
    text = drawn(hostile(), name)
    assert not set(text) & set("\x1b\u202e\x9b\ud800")
    assert "[bold red]" in words(text)


@pytest.mark.parametrize(
    ("ending", "complete", "said"),
    [
        (
            Ending("server", 4000, "expired", mark(9, 1.0)),
            True,
            "closed by the server with code 4000: expired",
        ),
        (Ending("client", None, "left without a close frame", mark(9, 1.0)), True, "client left without a close frame"),
        (Ending("proxy", None, "the proxy was stopped", mark(9, 1.0)), True, "the proxy was stopped"),
        (Ending(), False, "cut off: the recording has no end"),
        (Ending(), True, "not known: no close is recorded"),
    ],
)
def test_how_it_ended_is_told(ending: Ending, complete: bool, said: str) -> None:
    session = Session(ending=ending, complete=complete)
    assert f"ended     {said}" in drawn(session, "errors")


def test_a_call_that_goes_on_says_so() -> None:
    assert "ended     still going on" in drawn(Recorded(Session(), live=True), "errors")


def test_what_an_import_lacks_is_not_shown_as_nothing() -> None:
    told = Recorded(timeless(), lacks=("times", "audio"), source="a.jsonl (JSON records)")
    text = drawn(told, "responses", "turns", "items")
    assert "cut short in the log that was imported" in text
    assert "imported from a.jsonl" in words(text)
    assert "3.4 s" not in text
    assert "1.1 s of audio heard" in words(text)


def test_cached_tokens_that_nobody_told_are_a_dash() -> None:
    session = call()
    for one in session.responses.values():
        one.usage = one.usage and Usage(184, 115, 120, 64, output_text=20, output_audio=95)
        one.wire = {"usage": {"input_token_details": {"text_tokens": 120, "audio_tokens": 64}}}
    text = drawn(session, "usage", "responses", width=120)
    [row] = [line.split() for line in text.splitlines() if re.match(r"all ", line)]
    assert row[:4] == ["all", "240", "128", "-"]
    assert "368 in (- cached), 230 out" in text
    assert "cached" not in next(line for line in text.splitlines() if "1st audio" in line)


def test_the_legend_explains_what_is_drawn() -> None:
    wide, narrow = (drawn(call(), "latency", width=width) for width in (160, 50))
    for heading in ("created", "1st delta", "stall", "speed", "barge-in"):
        assert (f"{heading}: " in words(wide)) == (heading in wide.split("voice→voice: ")[0])
        assert (f"{heading}: " in words(narrow)) == (heading in narrow.split("voice→voice: ")[0])
    assert "speed: " not in words(narrow)


def test_where_no_response_used_anything_there_is_no_empty_table() -> None:
    session = call()
    for one in session.responses.values():
        one.usage = None
    text = drawn(session, "usage")
    assert "transcription by whisper-1: 4.4 s for 2 items" in text
    assert "text in" not in text
    assert "░" not in text


def translation() -> Session:
    session = Session("sess_1", kind="translation", duration_ns=9 * S)
    heard = session.items["translation-input"] = Item("translation-input", "message", "user", added=mark(5, 1.0))
    heard.parts[0] = ContentPart("input_audio", "Guten Tag.")
    made = session.items["translation-output"] = Item("translation-output", "message", "assistant", added=mark(6, 1.5))
    made.parts[0] = ContentPart("output_audio", "Good day.", audio(7, 1.5, 2.0))
    session.order = list(session.items)
    session.input.add(4, 0, "client.wav", 24000, 0, 72000)
    return session


def test_a_translation_tells_its_audio_and_what_was_said() -> None:
    told = recorded(translation())
    out = io.StringIO()
    console = Console(file=out, width=100, highlight=False, markup=False, emoji=False)
    for part in show(told, ["responses", "usage", "turns", "latency", "errors"], named=False):
        console.print(part)
    assert "audio     3.0 s of microphone, 2.0 s of translation" in out.getvalue()
    assert "no responses" not in out.getvalue()
    assert [line.split()[0] for line in out.getvalue().splitlines() if "──" in line] == ["transcript"]
    assert "Guten Tag." in out.getvalue()
    assert "Good day." in out.getvalue()


def test_what_the_total_is_made_of_stands_where_it_meets_the_answers() -> None:
    text = words(drawn(call(), "usage"))
    assert "· $0.0182 ($0.0177 for answers, $0.00044 for transcription)" in text
    assert "$0.0182 in all: $0.0177 for answers, $0.00044 for transcription" in text


def test_a_log_without_times_says_so_in_the_place_of_waits() -> None:
    told = replace(recorded(timeless()), lacks=("times",))
    out = io.StringIO()
    console = Console(file=out, width=100)
    for part in show(told, ["latency"], named=False):
        console.print(part)
    assert "this log has no times: how long anybody waited cannot be told" in out.getvalue()
