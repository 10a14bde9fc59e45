import csv
import io
import json

from rich.console import Console

from rtdebug.reports import usage
from rtdebug.reports.recorded import Recorded
from rtdebug.session.model import Session
from rtdebug.session.usage import Usage

from .calls import HOSTILE, USED, call, hostile, recorded


def drawn(*all_: Recorded, by_response: bool = False, width: int = 120) -> str:
    out = io.StringIO()
    Console(file=out, width=width, highlight=False, markup=False).print(usage.table(all_, by_response=by_response))
    return out.getvalue()


def named(name: str, session: Session | None = None, vendor: str = "openai") -> Recorded:
    return Recorded(session or call(), name, vendor=vendor)


def test_each_session_has_a_row_and_all_together_one() -> None:
    text = drawn(named("a"), named("b"))
    rows = {line.split()[0]: line.split() for line in text.splitlines()}
    assert rows["a"][1:] == ["gpt-realtime-2.1", "3", "368", "35", "%", "230", "1.0", "x", "4.4", "s", "$0.0182"]
    assert rows["all"][1:] == ["6", "736", "35", "%", "460", "$0.0363"]


def test_each_response_has_a_row_where_that_is_wanted() -> None:
    text = drawn(named("a"), named("b"), by_response=True)
    assert text.count("$0.00886") == 4
    assert text.count("audio in") == 2
    assert "2 recordings: 736 tokens in (35 % cached), 460 out, $0.0363" in text


def test_what_is_not_priced_is_said() -> None:
    text = drawn(named("a"), named("b", vendor="azure"))
    assert "no price: rates are known for OpenAI's own service only" in text
    assert "1 recording not priced, or not whole" in text
    assert "1 recording not priced, or not whole" not in drawn(named("a"))


def test_what_is_to_be_noted_of_several_stands_once_below_them() -> None:
    text = drawn(named("a"), named("b", vendor="azure"), named("c", vendor="xai"))
    assert text.count("no price") == 1
    assert text.splitlines()[-1].startswith("no price: rates are known for OpenAI's own service only (2 of 3 record")


def test_a_session_without_usage_is_no_zero_price() -> None:
    text = drawn(named("a", Session()), named("b"))
    [row] = [line for line in text.splitlines() if line.startswith("a ")]
    assert row.split()[-1] == "-"
    assert "no usage reported" in drawn(named("a", Session()), by_response=True)


def test_json_has_responses_sessions_and_the_total() -> None:
    value = json.loads(usage.json([named("a"), named("b")]))
    assert value["rtdebug_usage"] == 1
    assert [one["recording"] for one in value["sessions"]] == ["a", "b"]
    first = value["sessions"][0]
    assert first["responses"][0]["usage"] == USED.wire()
    assert first["responses"][0]["seq"] == 80
    assert first["responses"][2]["usage"] is None
    assert first["context"] == {"first": 184, "last": 184}
    assert first["transcription"]["model"] == "whisper-1"
    assert value["total"]["total_tokens"] == 4 * USED.total_tokens
    assert json.loads(usage.json([]))["total"]["price"] is None


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_csv_has_a_line_for_each_response_and_transcription() -> None:
    found = rows(usage.comma_separated([named("a")]))
    assert [row["kind"] for row in found] == ["response"] * 3 + ["transcription"] * 2
    assert (found[0]["input_tokens"], found[0]["cached_text"], found[0]["price_total"]) == ("184", "64", "0.0088576")
    assert found[2]["input_tokens"] == ""
    assert (found[3]["item_id"], found[3]["seconds"], found[3]["model"]) == ("item_1", "2.5", "whisper-1")


def test_no_cell_is_a_formula() -> None:
    session = hostile()
    session.id = "=HYPERLINK(1)"
    session.model = "@sum"
    for row in rows(usage.comma_separated([named("+a", session)])):
        assert (row["recording"], row["session_id"]) == ("'+a", "'=HYPERLINK(1)")
        assert not any(set(cell) & set("\x1b\u202e\n") for cell in row.values())


def test_hostile_names_do_not_reach_the_terminal() -> None:
    text = drawn(Recorded(hostile(), HOSTILE), Recorded(hostile(), HOSTILE), width=80)
    assert not set(text) & set("\x1b\u202e\x9b")
    assert json.loads(usage.json([Recorded(hostile(), HOSTILE)]))["sessions"]
    assert drawn(recorded(hostile()), by_response=True)


def test_cached_tokens_that_nobody_told_are_not_none_of_them() -> None:
    session = call()
    for one in session.responses.values():
        one.usage = one.usage and Usage(184, 115, 120, 64, output_text=20, output_audio=95)
        one.wire = {"usage": {"input_token_details": {"text_tokens": 120, "audio_tokens": 64}, "grok_tokens": 3}}
    value = json.loads(usage.json([recorded(session)]))
    [told] = value["sessions"]
    assert told["responses"][0]["usage"]["grok_tokens"] == 3
    for sums in (told["responses"][0]["usage"], told["total"], value["total"]):
        assert sums["input_token_details"]["cached_tokens"] is None
    assert told["responses"][0]["cache_hit_rate"] is told["cache_hit_rate"] is value["total"]["cache_hit_rate"] is None
    row = next(csv.DictReader(io.StringIO(usage.comma_separated([recorded(session)]))))
    assert (row["input_tokens"], row["cached_tokens"], row["cached_text"]) == ("184", "", "")
