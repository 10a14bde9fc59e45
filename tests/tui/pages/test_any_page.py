"""Whatever was recorded, every page can be written of it, and no row is wider than its page."""

from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from protocol.shared import REAL, needs_real
from reports.calls import call, hostile, recorded, timeless
from reports.test_any_session import EVENTS, _small
from session.telling import events_of, folded
from session.telling import recorded as lines_of

from rtdebug.protocol.event import EventReader
from rtdebug.recording.format import Entry
from rtdebug.recording.library import find
from rtdebug.recording.reader import RecordingReader
from rtdebug.reports.recorded import Recorded
from rtdebug.session.fold import Fold
from rtdebug.session.model import Session
from rtdebug.tui.cells import cells, text_of
from rtdebug.tui.pages.rows import Row
from rtdebug.tui.palette import INKS

from .written import SAMPLES, all_rows, sample

FOUND = find(SAMPLES)
MADE = {"call": call, "timeless": timeless, "hostile": hostile, "empty": Session}
WIDTHS = (20, 38, 78, 110)
DANGEROUS = set("\x1b\x9b\x07\n\r\t\u202e\u200b\ud800\ufe0f")


def check(rows: list[Row], width: int) -> None:
    for row in rows:
        assert cells(row.line) <= width, text_of(row.line)
        assert not set(text_of(row.line)) & DANGEROUS
        assert all(style in INKS for _, style in row.line)


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.name)
@pytest.mark.parametrize("width", WIDTHS)
def test_every_sample_fits_every_width(path: Path, width: int) -> None:
    check(all_rows(sample(path.name), width), width)


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.name)
def test_every_seq_is_an_entry(path: Path) -> None:
    with RecordingReader(path) as reader:
        known = {entry.seq for entry in reader.entries()}
    assert {row.seq for row in all_rows(sample(path.name), 70)} - {None} <= known


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 160), st.sampled_from(sorted(MADE)))
def test_sessions_made_by_hand_fit_any_width(width: int, name: str) -> None:
    rows = all_rows(recorded(MADE[name]()), width)
    if width >= 20:
        check(rows, width)


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.name)
def test_every_prefix_of_a_sample_has_its_pages(path: Path) -> None:
    with RecordingReader(path) as reader:
        header, entries = reader.header, list(reader.entries())
    events, fold = EventReader(target=header.target, upstream=header.upstream), Fold()
    step = max(1, len(entries) // 40)
    for number, entry in enumerate(entries):
        fold.take(events.read(entry))
        if number < 40 or number % step == 0:
            check(all_rows(Recorded(fold.session, "it", live=True), 40), 40)


@needs_real
@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
def test_captured_sessions_have_their_pages(path: Path) -> None:
    session = folded(events_of(lines_of(path), has_times=False))
    told = Recorded(session, path.stem, vendor="other", lacks=("times", "audio"))
    check(all_rows(told, 64), 64)


@settings(deadline=None, max_examples=60)
@given(EVENTS, st.booleans(), st.integers(20, 90))
def test_whatever_is_said_has_its_pages(
    events: list[tuple[tuple[str, str], dict[str, object], int]], timed: bool, width: int
) -> None:
    reader, fold, at_ns = EventReader(has_times=timed), Fold(), 0
    for seq, ((sender, name), fields, wait) in enumerate(events, 2):
        at_ns += wait * 1_000_000
        text = orjson.dumps({**_small(fields), "type": name})
        fold.take(reader.read(Entry(seq, at_ns, sender, "message", {}, text)))  # type: ignore[arg-type]
    check(all_rows(Recorded(fold.session, "it", vendor="other"), width), width)


def test_a_megabyte_of_text_is_cut_not_drawn() -> None:
    session = call()
    for item in session.items.values():
        item.arguments = item.output = "x" * 1_000_000
        for part in item.parts.values():
            part.text = "word " * 200_000
    session.config = {"instructions": "y " * 500_000, "z" * 100_000: {"deep": ["w" * 1_000_000]}}
    told = replace(recorded(session), problems=("p" * 100_000,))
    rows = all_rows(told, 60)
    check(rows, 60)
    assert len(rows) < 6_000
