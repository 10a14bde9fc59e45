"""Recordings as lanes: what is on them, and that nothing from the wire breaks them."""

from pathlib import Path

import pytest

from rtdebug.protocol.reading import inside
from rtdebug.session.model import Session
from rtdebug.tui.cells import cells, text_of
from rtdebug.tui.palette import INKS
from rtdebug.tui.timeline.draw import draw, draw_head, lines_of_use, under_head
from rtdebug.tui.timeline.view import View, whole
from tests.protocol.shared import REAL, needs_real
from tests.session.telling import Call, events_of, folded, recorded
from tests.tui.timeline.scenes import SAMPLES, S, drawn, row, scene_of, scene_of_session

HOSTILE = "\x1b[31m[red]x[/red]\u202e\u200b\udc80\n" + "界" * 2000 + "z" * 100_000


def test_a_barge_in() -> None:
    lines = drawn(*scene_of(SAMPLES / "barge-in"), 90, 14)
    assert lines[0] == "  time      ┬0 s───────────────┬2 s───────────────┬4 s───────────────┬6 s───────────────┬─"
    assert row(lines, "vad").split() == ["╰─────────────────────────╯", "╰─────────────────────╯"]
    assert row(lines, "generated").split() == ["━━━━━━━", "4.3×", "━━━", "4.2×"]  # noqa: RUF001 (times)
    assert row(lines, "responses").split() == ["✕", "1", "✔", "2"]
    assert row(lines, "1st audio").split() == ["420", "ms", "420", "ms"]
    assert row(lines, "marks").split() == ["»✂", "0.8", "s", "heard", "closed", "1000", "■"]
    assert "░" in row(lines, "assistant")
    cut = row(lines, "marks").index("✂")
    assert row(lines, "assistant")[:cut].count("░") == 0


def test_calls_of_one_response_have_a_row_each_or_are_counted() -> None:
    scene = scene_of(SAMPLES / "parallel-calls")
    lines = drawn(*scene, 90, 14)
    assert row(lines, "tools").split() == ["ƒ", "book_seat", "442", "ms"]
    assert any("send_ticket 363 ms" in line for line in lines)
    assert row(drawn(*scene, 90, 7), "tools").split() == ["ƒ2", "book_seat,", "send_ticket"]


def test_a_response_out_of_band_has_its_own_row() -> None:
    lines = drawn(*scene_of(SAMPLES / "out-of-band"), 120, 14)
    above = next(number for number, line in enumerate(lines) if "▣" in line)
    assert "✔ 1" in lines[above]
    assert "✔" in lines[above + 1]


def test_what_is_typed_stands_on_the_users_lane() -> None:
    assert "▸ The first one, please." in row(drawn(*scene_of(SAMPLES / "tool-call")), "user")


def test_errors_and_refusals_are_marked() -> None:
    assert row(drawn(*scene_of(SAMPLES / "error"), 140), "marks").count("▲") == 4
    marks = row(drawn(*scene_of(SAMPLES / "refused-update"), 100), "marks")
    assert marks.lstrip().startswith("✕▲")
    assert marks.endswith("✕▲■")


def test_findings_are_marked_when_there_are_some() -> None:
    scene, end_ns = scene_of(SAMPLES / "tool-call", (S, "error", "RT101"), (2 * S, "note", "RT2"))
    assert "⚑ RT101" in row(drawn(scene, end_ns), "marks")
    assert "⚑ RT2" in row(drawn(scene, end_ns), "marks")


def test_a_recording_that_was_cut_off_says_so() -> None:
    assert row(drawn(*scene_of(SAMPLES / "killed")), "marks").strip() == "░ cut off"


def test_a_window_shows_its_part_only() -> None:
    scene, _ = scene_of(SAMPLES / "barge-in")
    lines = drawn(scene, View(5 * S, 3 * S))
    assert "✕" not in row(lines, "responses")
    assert "✔ 2" in row(lines, "responses")


@pytest.mark.parametrize("name", sorted(path.parent.name for path in SAMPLES.glob("*/events.jsonl")))
def test_every_sample_fits_every_size(name: str) -> None:
    scene, end_ns = scene_of(SAMPLES / name)
    for width in (0, 1, 2, 3, 11, 40, 80, 140):
        for height in (0, 1, 3, 6, 15, 40):
            for view in (whole(end_ns), View(end_ns // 3, max(1, end_ns // 50))):
                lines = draw(scene, view, width, height).lines()
                assert [cells(line) for line in lines] == [width] * height
                assert all(style in INKS for line in lines for _, style in line)
    assert 1 <= lines_of_use(scene) <= 22


@needs_real
@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
def test_real_sessions_without_audio(path: Path) -> None:
    scene = scene_of_session(folded(events_of(recorded(path))))
    assert drawn(scene, 1, 80, 10)


def test_an_hour_of_answers_is_summed_up() -> None:
    call = Call()
    for number in range(400):
        status = "failed" if number == 200 else "cancelled" if number == 300 else "completed"
        call.answer(f"resp_{number}", f"item_{number}", "Hi.", status=status)
        call.now_ms += 8000
    scene = scene_of_session(call.session())
    lines = drawn(scene, scene.lanes.end_ns, 112, 12)
    responses = row(lines, "responses")
    assert (responses.count("▲"), responses.count("✕")) == (1, 1)
    assert responses.index("▲") == pytest.approx(1 + 50, abs=2)
    assert responses.index("✕") == pytest.approx(1 + 75, abs=2)
    assert len([word for word in responses.split() if word.isdigit()]) >= 6
    assert "≤" in row(lines, "1st audio")


def test_marks_that_fall_together_are_counted_and_the_worst_shows() -> None:
    call = Call()
    for _ in range(30):
        call.server("error", 1, error={"type": "invalid_request_error", "code": "bad"})
    call.server("error", 60_000, error={"type": "invalid_request_error", "code": "late"})
    scene = scene_of_session(call.session())
    marks = row(drawn(scene, scene.lanes.end_ns), "marks")
    assert marks.strip().startswith("▲30")
    assert "▲" in marks[5:]


def test_what_comes_from_the_wire_stays_in_its_cells() -> None:
    call = Call()
    call.server("session.created", session={"id": HOSTILE, "type": "realtime"})
    call.client("conversation.item.create", item={"type": "message", "role": "user", "content": [{"text": HOSTILE}]})
    call.answer("resp_" + HOSTILE, "item_1", HOSTILE, status=HOSTILE)
    shown = {"id": "item_2", "type": "function_call", "name": HOSTILE, "call_id": "c", "arguments": "{}"}
    call.server("response.created", response={"id": "resp_2", "status": "in_progress"})
    call.server("response.output_item.added", response_id="resp_2", output_index=0, item=shown)
    call.server("response.output_item.done", response_id="resp_2", output_index=0, item=shown)
    call.server("error", 500, error={"type": HOSTILE, "code": HOSTILE, "message": HOSTILE})
    scene = scene_of_session(_without_surrogates(call), (5, HOSTILE, HOSTILE))
    for width in (30, 80, 140):
        for line in draw(scene, whole(scene.lanes.end_ns), width, 16).lines():
            assert cells(line) == width
            assert not set(text_of(line)) & set("\x1b\u202e\u200b\udc80\n\u00ad")


def _without_surrogates(call: Call) -> Session:
    """JSON holds no lone surrogates; put them where a decoder would have."""
    for number, (sender, event, at) in enumerate(call.lines):
        assert inside(event, "type")
        call.lines[number] = (sender, _clean(event), at)
    session = call.session()
    for item in session.items.values():
        item.name = item.name and item.name + "\udc80"
    return session


def _clean(value: object) -> object:
    if isinstance(value, str):
        return value.replace("\udc80", "")
    if isinstance(value, dict):
        return {key: _clean(inner) for key, inner in value.items()}
    return [_clean(inner) for inner in value] if isinstance(value, list) else value


def test_a_clock_that_runs_mad_breaks_nothing() -> None:
    call = Call()
    call.answer("resp_1", "item_1", "Hi.")
    call.now_ms = 10**12
    call.answer("resp_2", "item_2", "Hi.")
    call.now_ms = -5000
    call.answer("resp_3", "item_3", "Hi.")
    scene = scene_of_session(call.session(), sound=True)
    assert drawn(scene, scene.lanes.end_ns, 100, 16)
    assert drawn(scene_of_session(Session()), 0, 80, 10)[0].startswith("  time")


def test_the_foot_of_the_playhead_stays_on_the_screen() -> None:
    assert draw_head(whole(48 * S), 100, 0) == (13, "▲ 0.00 s")
    at, words = draw_head(whole(48 * S), 100, 48 * S)
    assert (words, at + len(words)) == ("48.00 s ▲", 100)
    assert draw_head(whole(600 * S), 100, 90 * S, "▼")[1] == "▼ 1:30.00"


def test_the_playhead_hides_no_letter() -> None:
    assert [under_head(char) for char in " █╰✂a"] == ["│", "│", "│", "✂", "a"]
