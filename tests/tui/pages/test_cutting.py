"""Which words nobody heard."""

from dataclasses import replace

import pytest
from reports.calls import call, recorded

from rtdebug.tui.cells import text_of
from rtdebug.tui.pages.cutting import marked, share_of, shares

from .written import sample


def test_the_share_is_that_of_the_audio() -> None:
    told = sample("barge-in")
    first, second = told.session.responses.values()
    found = shares(told, first)
    assert list(found) == first.item_ids
    assert found[first.item_ids[0]] == pytest.approx(0.78 / 3.2, abs=0.01)
    assert shares(told, second) == {}
    assert share_of(told, told.session.items[second.item_ids[0]]) is None


def test_nothing_is_known_where_the_audio_was_lost() -> None:
    told = replace(recorded(call()), lacks=("audio",))
    for response in told.session.responses.values():
        assert shares(told, response) == {}


def test_the_cut_stands_between_words() -> None:
    (line,) = marked("one two three four", 0.5, 40)
    assert line == (("one two ", ""), ("✂", "warn"), (" three four", "quiet"))


def test_the_pale_part_goes_on_over_lines() -> None:
    drawn = marked("one two three four five six", 0.4, 10)
    assert [text_of(line) for line in drawn] == ["one two ✂", "three four", "five six"]
    assert [line[-1][1] for line in drawn[1:]] == ["quiet", "quiet"]


@pytest.mark.parametrize("share", [None, 1.0, 2.0])
def test_what_was_heard_whole_is_not_marked(share: float | None) -> None:
    assert marked("one two", share, 40) == [(("one two", ""),)]


def test_nothing_heard_begins_with_the_cut() -> None:
    assert text_of(marked("one two", 0.0, 40)[0]) == "✂ one two"
    assert marked("", 0.5, 40) == [(("", ""),)]
