"""The page of a response, as text."""

from dataclasses import replace

import pytest
from reports.calls import call, recorded
from session.telling import Call

from rtdebug.session.model import Session
from rtdebug.tui.cells import text_of
from rtdebug.tui.pages.brief import brief, neighbours, seq_of
from rtdebug.tui.pages.response import response_page

from .written import lines, page, sample, seq_at, styles, words

CUT = """\
response 1  ✕ cancelled                                                  1/2 ▸
resp_6BVexjJdu0K3DqNzXhEma · turn 1
asked for by end of speech  at 2.88  #153

cancelled after 1.20 s because the user began to speak (turn_detected); 3.2 s
of audio made, 0.8 s heard

lifecycle ────────────────────────────────────────────────────────────────────
                           at  ├─ 0 ────────── 600 ms ───── 1.20 s ─┤     took
asked: end of speech     0 ms  ◇                                    │
created                  0 ms  ◇                                    │
1st delta              300 ms  ──────────                           │
1st audio              420 ms  ─────────────                        │
◈ message              300 ms  │        ━━━━━━━━━━━━━━━━━━━━━━━━━━━━│   900 ms
  audio                300 ms  │        ━━━━━━━━━━━━━━━━━━━━━━━━━━━━│   900 ms
  heard                420 ms  │           ═════════════════════════│   780 ms
◉ user speaks          1.20 s  │                                   ◉│
✕ done                 1.20 s  │                                    ✕

what it said ────────────────────────────────────── from ✂ on not heard, about
The next one ✂ leaves at ten fifteen from platform four, and gets in at half
past

waits ────────────────────────────────────────────────────────────────────────
voice→voice     820 ms  the user falls silent until the first audio of the
                        answer
end of turn     400 ms  until speech_stopped
created           0 ms  asked for until response.created
1st delta       300 ms  asked for until the first delta
1st audio       420 ms  asked for until the first audio
barge-in          0 ms  the user speaks until the answer ends
transcript      450 ms  the user's turn is committed until its transcript is
                        whole
stall             0 ms  longest silence in an answer because its audio came
                        late
speed           4.3 x   length of the audio by the time it took to come

usage ─────────────────────────────────────────────────────────────── $0.00542
t━━━━━━━a━━━━━━━━━━━━━━━━T━━━━━━━━━━A━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
t━ text in  a━ audio in  T━ text out  A━ audio out
tokens           total       text      audio
in                  39         12         27
  cached             0          0          0  0 % of in
out                 81         17         64
price         $0.00542  $0.00091 in + $0.00450 out

config in force ──────────────────────────────────────────────────────────────
type                      realtime
model                     gpt-realtime-2.1
"""

TOOL_NARROW = """\
response 1  ✔ completed          1/2 ▸
resp_oC86ClOt6i5ndhznVGIoi · turn 1
asked for by the client  at 0.61  #9

lifecycle ────────────────────────────
                        at   942 ms ─┤
asked: the client     0 ms  ◇        │
created               0 ms  ◇        │
1st delta           300 ms  ───      │
ƒ book_seat         300 ms  │ ━━━    │
  until output      520 ms  │   ┄┄┄┄┄┄
✔ done              520 ms  │   ✔    │

tool calls ───────────────────────────
ƒ book_seat({"train": "10:15"})
  → {"seat": "14A", "train": "10:15"}
  after 422 ms

waits ────────────────────────────────
created           0 ms
1st delta       300 ms
"""


def test_an_answer_that_the_user_cut() -> None:
    assert page("barge-in").startswith(CUT)


def test_a_tool_call_where_there_is_little_room() -> None:
    assert page("tool-call", 38).startswith(TOOL_NARROW)


@pytest.mark.parametrize("width", [38, 78, 110])
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("failed", "failed: rate_limit_exceeded — Rate limit reached for gpt-realtime on tokens per min."),
        ("failed", "no token was used"),
        ("content-filter", "incomplete: stopped by the content filter (content_filter)"),
        ("max-output-tokens", "incomplete: max_output_tokens reached; 3.2 s of audio made"),
        ("killed", "under way where the recording ends; 2.8 s of audio made"),
        ("beta", "resp_ExMM1qu7yu0PDuIfg3uXY · turn 1 asked for by end of speech"),
    ],
)
def test_why_it_ended_is_said_at_any_width(name: str, said: str, width: int) -> None:
    assert said in " ".join(page(name, width).split())


def test_what_has_not_ended_is_open() -> None:
    assert "━▸" in page("killed")
    assert "…\n" in page("killed")


def test_what_was_asked_for_this_response_only_is_marked() -> None:
    text = page("max-output-tokens")
    assert "◆ max_output_tokens       80  instead of inf\n" in text
    assert "≠ max_output_tokens       inf  not for this response: see above\n" in text
    assert "◆ conversation            none\n" in page("out-of-band", response=2)
    assert "· out of band\n" in page("out-of-band", response=2)


def test_what_changed_later_is_marked() -> None:
    told = Call()
    told.server("session.created", session={"id": "s", "type": "realtime", "instructions": "be brief"})
    told.answer("r1", "i1", "Yes.")
    told.client("session.update", session={"type": "realtime", "instructions": "be long"})
    told.server("session.updated", session={"id": "s", "type": "realtime", "instructions": "be long"})
    session = told.session()
    rows = response_page(recorded(session), session.responses["r1"], 78)
    assert "≠ instructions            be brief  later be long" in lines(rows)


def test_what_the_response_shows_otherwise_is_marked() -> None:
    told = Call()
    told.server("session.created", session={"id": "s", "max_output_tokens": "inf"})
    told.server("response.created", response={"id": "r1", "status": "in_progress", "max_output_tokens": 7})
    session = told.session()
    rows = response_page(recorded(session), session.responses["r1"], 78)
    assert "≠ max_output_tokens       inf  the response says 7" in lines(rows)


def test_rows_rest_on_their_entries() -> None:
    recorded_ = sample("barge-in")
    rows = response_page(recorded_, next(iter(recorded_.session.responses.values())), 78)
    found = {
        name: seq_at(rows, name) for name in ("✕ cancelled", "turn 1", "asked:", "created", "user speaks", "✕ done")
    }
    assert found == {
        "✕ cancelled": 271,
        "turn 1": 156,
        "asked:": 153,
        "created": 156,
        "user speaks": 265,
        "✕ done": 271,
    }
    assert seq_at(rows, "leaves at ten") == 177
    assert seq_at(rows, "▸ next") == 381


def test_a_call_rests_on_its_arguments_and_its_output() -> None:
    recorded_ = sample("tool-call")
    rows = response_page(recorded_, next(iter(recorded_.session.responses.values())), 78)
    assert seq_at(rows, "ƒ book_seat({") == 24
    assert seq_at(rows, "→ {") == 29


def test_a_call_without_an_output_says_so() -> None:
    session = call()
    session.items = {id_: one for id_, one in session.items.items() if one.type != "function_call_output"}
    assert "→ no output is given where the recording ends" in words(
        response_page(recorded(session), session.responses["resp_1"], 78)
    )


def test_neighbours_and_the_way_to_them() -> None:
    session = sample("barge-in").session
    first, second = session.responses.values()
    assert neighbours(session, first) == (None, second)
    assert neighbours(session, second) == (first, None)
    assert seq_of(second) == 381
    assert page("barge-in", response=2).endswith(
        "◂ before response 1     2.88  ✕ cancelled  The next one leaves at ten fifteen…"
    )
    assert text_of(brief(session, second, 40)) == "response 2     6.12  ✔ completed  You a…"


def test_a_response_of_another_session_has_no_neighbours() -> None:
    assert neighbours(Session(), next(iter(call().responses.values()))) == (None, None)


def test_the_colours_are_those_of_the_status_and_the_unheard_is_pale() -> None:
    recorded_ = sample("barge-in")
    rows = response_page(recorded_, next(iter(recorded_.session.responses.values())), 78)
    assert "leaves at" in "".join(text for row in rows for text, style in row.line if style == "quiet")
    assert {"warn", "assistant", "usage.audio_out"} <= styles([row.line for row in rows])


def test_of_a_call_that_goes_on_nobody_knows_where_it_ends() -> None:
    told = sample("killed")
    response = next(one for one in told.session.responses.values() if one.done is None)
    ended, live = (
        "\n".join(lines(response_page(replace(told, live=is_live), response, 78))) for is_live in (False, True)
    )
    assert "under way where the recording ends" in ended
    assert "under way; " in live and "recording ends" not in live
