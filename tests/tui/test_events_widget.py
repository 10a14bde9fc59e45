from pathlib import Path

import pytest

from rtdebug.tui.call.call import Call
from tui.call.journals import SAMPLES, append, delta, opened, other, record
from tui.hosting import Host, hosted, seen

BARGE_IN = SAMPLES / "barge-in"
TIMES = "\N{MULTIPLICATION SIGN}"


def kind(host: Host) -> str:
    """The type under the cursor."""
    return host.call.journal.kind(host.events.index).name


async def test_it_shows_every_entry_with_runs_folded() -> None:
    async with hosted(opened(BARGE_IN)) as (host, _):
        lines = seen(host.events)
        assert host.events.border_title == "events (522, folded to 68)"
        assert lines[1].split() == ["0.002", "▼", "session.created", "gpt-realtime-2.1"]
        assert any(f"▸{TIMES}23" in line and "460 ms" in line for line in lines)


async def test_it_fits_a_small_terminal() -> None:
    async with hosted(opened(BARGE_IN), (80, 24)) as (host, _):
        assert host.events.virtual_size.width <= 48
        assert "session.created" in seen(host.events)[1]


async def test_moving_tells_which_entry_it_is() -> None:
    async with hosted(opened(BARGE_IN)) as (host, pilot):
        await pilot.press("down", "down")
        assert host.moved[-2:] == [1, 2]
        assert host.events.seq == host.call.journal.seqs[2]


async def test_a_run_opens_and_folds() -> None:
    async with hosted(opened(BARGE_IN)) as (host, pilot):
        host.events.go_to_seq(8)
        before = host.events.count()
        run = host.events.indexes
        assert len(run) == 23
        await pilot.press("right")
        assert host.events.count() == before + 23
        assert host.events.indexes == [run[0]]
        await pilot.press("down", "down", "left")
        assert host.events.count() == before
        assert host.events.indexes == run
        await pilot.press("x")
        assert host.events.count() == before + 23
        await pilot.press("x")
        assert host.events.count() == before


async def test_all_runs_open_and_fold_with_the_cursor_on_its_entry() -> None:
    async with hosted(opened(BARGE_IN)) as (host, pilot):
        host.events.go_to_seq(271)
        await pilot.press("X")
        assert host.events.count() == 522
        assert host.events.seq == 271
        await pilot.press("X")
        assert host.events.seq == 271


async def test_keys_go_to_responses_turns_and_errors() -> None:
    async with hosted(opened(BARGE_IN)) as (host, pilot):
        await pilot.press("r")
        assert kind(host) == "response.created"
        first = host.events.seq
        await pilot.press("r")
        assert host.events.seq != first
        await pilot.press("R")
        assert host.events.seq == first
        await pilot.press("t")
        assert kind(host) == "input_audio_buffer.speech_started"
        await pilot.press("T")
        assert kind(host) == "input_audio_buffer.speech_started"
    async with hosted(opened(SAMPLES / "error")) as (host, pilot):
        await pilot.press("e")
        assert kind(host) == "error"
        await pilot.press("e", "E")
        assert kind(host) == "error"


async def test_a_filter_hides_the_rest_and_keeps_the_place() -> None:
    async with hosted(opened(BARGE_IN)) as (host, pilot):
        host.events.go_to_seq(271)
        host.events.set_filter("type:response.done")
        await pilot.pause()
        assert host.events.count() == 2
        assert host.events.border_title == "events (2 of 522)"
        assert host.events.seq == 271
        host.events.set_filter("")
        await pilot.pause()
        assert host.events.seq == 271
        assert host.events.border_title == "events (522, folded to 68)"


async def test_the_place_is_kept_through_a_filter_that_lets_nothing_through() -> None:
    async with hosted(opened(BARGE_IN)) as (host, pilot):
        host.events.go_to_seq(271)
        host.events.set_filter("text:nowhere_to_be_found")
        await pilot.pause()
        host.events.set_filter("")
        await pilot.pause()
        assert host.events.seq == 271


async def test_what_comes_under_a_resting_cursor_is_told() -> None:
    async with hosted(opened(BARGE_IN)) as (host, pilot):
        host.events.set_filter("type:session.update")
        await pilot.pause()
        assert host.moved[-1] == host.events.index
        assert host.json.index == host.events.index


async def test_a_filter_that_lets_nothing_through_leaves_an_empty_list() -> None:
    async with hosted(opened(BARGE_IN)) as (host, pilot):
        host.events.set_filter("text:nowhere_to_be_found")
        await pilot.press("down", "x", "X", "r", "y", "n", "enter", "end")
        assert host.events.count() == 0
        assert host.events.index == 0 and host.events.seq is None


async def test_a_search_goes_to_the_first_match_and_on() -> None:
    async with hosted(opened(BARGE_IN)) as (host, pilot):
        host.events.set_search("type:response.done")
        await pilot.pause()
        assert host.events.seq == 271
        assert host.events.border_subtitle == "1/2 of type:response.done"
        await pilot.press("n")
        assert kind(host) == "response.done" and host.events.seq != 271
        await pilot.press("n")
        assert host.events.seq == 271
        await pilot.press("N")
        assert host.events.border_subtitle == "2/2 of type:response.done"
        assert sum(line.startswith("\u203a") for line in seen(host.events)) == 2


async def test_a_search_finds_an_entry_within_a_folded_run() -> None:
    async with hosted(opened(BARGE_IN)) as (host, pilot):
        host.events.set_search("seq:20")
        await pilot.pause()
        assert host.events.seq == 20
        assert len(host.events.indexes) == 23


async def test_what_cannot_be_understood_changes_nothing() -> None:
    async with hosted(opened(BARGE_IN)) as (host, pilot):
        host.events.set_filter("type:response.done")
        host.events.set_filter("tipe:x")
        await pilot.pause()
        assert host.events.problem is not None and "tipe" in host.events.problem.words
        assert host.events.border_subtitle == "filter type:response.done"
        assert host.events.count() == 2


async def test_moments_are_found() -> None:
    async with hosted(opened(BARGE_IN)) as (host, pilot):
        told = len(host.moved)
        host.events.go_to_time(4_084_500_000, tell=False)
        await pilot.pause()
        assert len(host.moved) == told


async def test_what_comes_after_the_playhead_is_dim() -> None:
    async with hosted(opened(BARGE_IN)) as (host, pilot):
        faint = host.events.palette.style("faint").color
        host.events.until_ns = 2_884_000_000
        await pilot.pause()
        seen_in = [
            {segment.style.color for segment in host.events.render_line(y) if segment.text.strip() and segment.style}
            for y in (5, 20)
        ]
        assert [colors == {faint} for colors in seen_in] == [False, True]


async def test_a_move_draws_the_two_lines_it_changes() -> None:
    async with hosted(opened(BARGE_IN)) as (host, pilot):
        await pilot.press("down", "down", "pagedown", "up", "down")
        await pilot.pause()
        drawn = host.export_screenshot()
        host.refresh()
        host.events.refresh()
        await pilot.pause()
        assert host.export_screenshot() == drawn


async def test_copying_takes_the_event_or_the_run() -> None:
    async with hosted(opened(BARGE_IN)) as (host, pilot):
        await pilot.press("down", "y")
        assert host.clipboard.startswith('{"type":"session.created"')
        host.events.go_to_seq(8)
        await pilot.press("y")
        assert host.clipboard.splitlines() == ['{"type": "input_audio_buffer.append", "audio": ""}'] * 23
        await pilot.press("Y")
        assert len(host.clipboard) > 23 * 1000


async def test_audio_that_is_lost_is_said_and_not_copied(tmp_path: Path) -> None:
    folder = record(tmp_path / "lost", [append()])
    (folder / "client.wav").unlink()
    async with hosted(opened(folder)) as (host, pilot):
        await pilot.press("end", "Y")
        assert host.clipboard == ""
        assert "3 frames of audio; client" in seen(host.json)[2]


async def test_the_end_is_followed_only_from_the_last_row(tmp_path: Path) -> None:
    call = Call(record(tmp_path / "live", [other()] * 200))
    call.live = True
    async with hosted(call) as (host, pilot):
        while not call.caught_up:
            call.step(1)
            host.events.grew()
            await pilot.pause()
        assert host.events.is_at_end and host.events.count() == 200
        await pilot.press("up")
        host.events.grew()
        await pilot.pause()
        assert host.events.cursor == 198
    call.close()


@pytest.mark.parametrize("evil", ["\x1b[31mred", "[red]x[/red]", "\u202ereversed", "\u200bzero", "x" * 1_000_000])
async def test_hostile_text_stays_in_its_cell(tmp_path: Path, evil: str) -> None:
    lines = [
        ("server", {"type": evil, "item_id": evil}),
        ("server", {"type": "error", "error": {"code": evil, "message": evil}}),
        delta(evil),
        ("client", evil.encode()),
        ("server", b"\xff\xfe\x00"),
        ("server", b'{"type":"\\ud800","x":"\\udfff"}'),
    ]
    async with hosted(opened(record(tmp_path / "evil", lines)), (80, 24)) as (host, pilot):
        for _ in lines:
            await pilot.press("down", "y")
            for view in (host.events, host.json):
                text = "\n".join(seen(view))
                assert not any(bad in text for bad in ("\x1b", "\u202e", "\u200b"))
                assert all(len(line) <= 80 for line in seen(view))
        host.events.set_search(evil[:20])
        host.events.set_filter(evil[:20])
        await pilot.pause()
