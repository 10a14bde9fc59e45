import json
from pathlib import Path

import pytest

from rtdebug.imports.times import moment_in_text, read_moment

from .logs import CREATED, DONE, UPDATE, import_lines

ZERO = 1_767_323_045_250_000_000  # 2026-01-02T03:04:05.25Z
ABSOLUTE = [
    ("2026-01-02T03:04:05.250Z", "epoch"),
    ("2026-01-02T03:04:05.250000000Z", "epoch"),
    ("2026-01-02 03:04:05,250", "zoneless"),
    ("2026/01/02 03:04:05.250", "zoneless"),
    ("2026-01-02T05:04:05.250+02:00", "epoch"),
    ("2026-01-01T19:04:05.250-0800", "epoch"),
    (1767323045.25, "epoch"),
    ("1767323045.25", "epoch"),
    (1767323045250, "epoch"),
    (1767323045250.0, "epoch"),
    (1767323045250000, "epoch"),
    (1767323045250000000, "epoch"),
]


@pytest.mark.parametrize(("value", "scale"), ABSOLUTE)
def test_instants_are_read_in_every_spelling(value: object, scale: str) -> None:
    assert read_moment(value) == (ZERO, scale)


@pytest.mark.parametrize("value", [None, True, "", "soon", "99", [], {}, -1, float("nan"), float("inf"), 10**30, "1e5"])
def test_what_is_no_time_is_none(value: object) -> None:
    moment = read_moment(value)
    assert moment is None or moment.scale == "number"


@pytest.mark.parametrize("value", ["2026-13-02T03:04:05Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"])
def test_dates_that_are_none_do_not_raise(value: str) -> None:
    assert read_moment(value) is None


@pytest.mark.parametrize(
    ("key", "values", "times"),
    [
        ("time", [10.5, 10.75, 12.0], [10500, 10750, 12000]),
        ("time", [0, 20, 140], [0, 20, 140]),
        ("t", [0, 20_000, 9_000_000], [0, 20, 9000]),
        ("ts", [0, 20_000_000, 9_000_000_000], [0, 20, 9000]),
        ("time_ms", [5, 20, 140], [5, 20, 140]),
        ("elapsedMs", [5.5, 20.5, 140.5], [5, 20, 140]),
        ("elapsed_s", [1, 2, 60], [1000, 2000, 60000]),
        ("ts_us", [5000, 20_000, 140_000], [5, 20, 140]),
        ("at_ns", [5_000_000, 20_000_000, 140_000_000], [5, 20, 140]),
        ("time", ["00:01.50", "00:02.00", "01:00.00"], [1500, 2000, 60000]),
        ("time", ["12:00:01", "12:00:02", "12:01:00"], [0, 1000, 59000]),
        ("ts", [86400.5, 86400.75, 86402.0], [0, 250, 1500]),
    ],
)
def test_relative_times_find_their_unit(key: str, values: list[object], times: list[int], tmp_path: Path) -> None:
    call = zip(values, [CREATED, UPDATE, DONE], strict=True)
    made = import_lines([{key: value, "from": "server", "event": event} for value, event in call], tmp_path)
    assert made.times == times
    assert made.header.started_ns == 0
    assert made.header.lacks == ()


def test_a_unit_that_is_guessed_is_told(tmp_path: Path) -> None:
    made = import_lines([{"t": ms, "event": UPDATE} for ms in range(0, 4000, 40)], tmp_path)
    assert made.survey.timeline.unit == "ms"
    made = import_lines([{"t_ms": ms, "event": UPDATE} for ms in range(0, 4000, 40)], tmp_path)
    assert made.survey.timeline.unit == ""


def test_absolute_times_become_the_recordings_own(tmp_path: Path) -> None:
    made = import_lines(
        [{"time": "2026-01-02T03:04:05.250Z", "event": CREATED}, {"time": "2026-01-02T03:04:07Z", "event": DONE}],
        tmp_path,
    )
    assert made.header.started_ns == ZERO
    assert made.times == [0, 1750]
    assert made.built.folder.name == "2026-01-02T03-04-05.250Z_sess_C9G5"


def test_a_log_without_times_lacks_them(tmp_path: Path) -> None:
    made = import_lines([UPDATE, DONE], tmp_path)
    assert made.header.lacks == ("times",)
    assert (made.header.started_ns, made.times) == (0, [0, 0])
    assert made.built.folder.name == "call"


def test_a_time_that_is_missing_is_the_one_before(tmp_path: Path) -> None:
    made = import_lines(
        [{"time": 1767323045, "event": CREATED}, {"event": UPDATE}, {"time": 1767323047, "event": DONE}], tmp_path
    )
    assert made.times == [0, 0, 2000]
    assert made.survey.untimed == 1


def test_a_time_that_goes_back_is_the_one_before(tmp_path: Path) -> None:
    made = import_lines([{"time": 1767323045 + s, "event": DONE} for s in (0, 3, 2, 4, 5)], tmp_path)
    assert made.times == [0, 3000, 3000, 4000, 5000]
    assert made.built.clamped == 1


def test_a_log_with_its_newest_message_first_is_turned_round(tmp_path: Path) -> None:
    made = import_lines([{"time": 1767323047 - s, "event": e} for s, e in enumerate([DONE, UPDATE, CREATED])], tmp_path)
    assert made.events == [CREATED, UPDATE, DONE]
    assert made.times == [0, 1000, 2000]


def test_times_inside_events_count_where_most_have_them(tmp_path: Path) -> None:
    made = import_lines(
        [{**event, "timestamp": 1767323045 + n} for n, event in enumerate([CREATED, UPDATE, DONE])], tmp_path
    )
    assert made.times == [0, 1000, 2000]
    assert made.events[0]["timestamp"] == 1767323045


def test_a_time_in_one_event_in_many_is_that_events_own(tmp_path: Path) -> None:
    made = import_lines([CREATED, {"type": "ping", "timestamp": 1785214081855}, UPDATE, DONE], tmp_path)
    assert made.header.lacks == ("times",)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-01-02T03:04:05.250Z INFO >", (ZERO, "epoch")),
        ("[2026-01-02 03:04:05,250] app.ws DEBUG 42", (ZERO, "zoneless")),
        ("1767323045.25 send", (ZERO, "epoch")),
        ("[   12.345678] recv", (12_345_678_000, "since")),
        ("+120ms sent", (120_000_000, "since")),
        ("03:04:05.25 →", (11_045_250_000_000, "since")),
        ("2026-01-02T03:04:05Z 2026-01-02T03:04:06Z", None),
        ("10ms 20ms", None),
        ("line 42", None),
        ("", None),
    ],
)
def test_the_text_before_a_message_has_its_time_where_there_is_one_only(text: str, value: object) -> None:
    assert moment_in_text(text) == value


def test_the_finest_times_come_through_exactly(tmp_path: Path) -> None:
    lines = [{"at_ns": ns, "from": "server", "text": json.dumps(DONE)} for ns in (123_456_789, 3_500_000_000_001)]
    made = import_lines(lines, tmp_path)
    assert [entry.at_ns for entry in made.entries][:2] == [123_456_789, 3_500_000_000_001]
