"""The clock around a response, as text."""

from rtdebug.tui.pages.waterfall import Step, waterfall

from .written import lines

MS = 1_000_000
STEPS = [
    Step("asked", 1000 * MS, seq=3, mark="◇"),
    Step("1st audio", 1000 * MS, 1400 * MS, line="─", is_wait=True, seq=9),
    Step("audio", 1400 * MS, 1900 * MS, is_open=True),
    Step("done", 2000 * MS),
]


def test_all_steps_are_on_one_scale() -> None:
    assert lines(waterfall(STEPS, 60)) == [
        "                at  ├─ 0 ──────────────── 1.00 s ─┤     took",
        "asked         0 ms  ◇                             │",
        "1st audio   400 ms  ─────────────                 │",
        "audio       400 ms  │           ━━━━━━━━━━━━━━━▸  │ 500 ms …",
        "done        1.00 s  │                             ◆",
    ]


def test_what_gives_way_where_there_is_little_room() -> None:
    assert lines(waterfall(STEPS, 36)) == [
        "                at  ├─ 0 ─ 1.00 s ─┤",
        "asked         0 ms  ◇              │",
        "1st audio   400 ms  ───────        │",
        "audio       400 ms  │     ━━━━━━━▸ │",
        "done        1.00 s  │              ◆",
    ]
    assert lines(waterfall(STEPS, 22)) == ["asked      0 ms", "1st a…   400 ms", "audio    400 ms", "done     1.00 s"]


def test_without_times_there_are_names() -> None:
    assert lines(waterfall([Step("asked", None, seq=3), Step("done", None)], 40)) == [
        "asked                   #3",
        "done",
    ]
    assert waterfall([], 40) == []


def test_what_has_no_time_among_others_has_no_bar() -> None:
    assert lines(waterfall([*STEPS, Step("odd", None)], 60))[-1].split() == ["odd", "│", "│"]


def test_rows_rest_on_their_entries() -> None:
    assert [row.seq for row in waterfall(STEPS, 60)] == [None, 3, 9, None, None]
