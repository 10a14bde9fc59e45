"""Every screen and story as it is shown, in a small terminal and in a good one."""

from pathlib import Path

import pytest

from .looking import SAMPLES, check, looking, settled

SMALL, GOOD, WIDE = (80, 24), (120, 40), (200, 60)
STORIES = sorted(path.parent.name for path in SAMPLES.glob("*/events.jsonl"))
VIEWS = ["events", "json", "response", "talk", "usage", "config", "findings"]


@pytest.mark.parametrize("story", STORIES)
async def test_a_story_is_shown(story: str) -> None:
    async with looking(SAMPLES / story, GOOD, ["right_square_bracket"]) as pilot:
        check(f"{story}-120", await settled(pilot))


@pytest.mark.parametrize("story", STORIES)
async def test_a_story_is_shown_in_a_small_terminal(story: str) -> None:
    async with looking(SAMPLES / story, SMALL, ["right_square_bracket"]) as pilot:
        check(f"{story}-80", await settled(pilot))


@pytest.mark.parametrize("number", range(1, 8), ids=VIEWS)
@pytest.mark.parametrize("size", [SMALL, GOOD], ids=["80", "120"])
async def test_each_view_is_shown(number: int, size: tuple[int, int]) -> None:
    async with looking(SAMPLES / "refused-update", size, ["right_square_bracket", str(number)]) as pilot:
        check(f"view-{VIEWS[number - 1]}-{size[0]}", await settled(pilot))


async def test_a_large_terminal_is_used() -> None:
    async with looking(SAMPLES / "barge-in", WIDE, ["right_square_bracket"]) as pilot:
        check("barge-in-200", await settled(pilot))


@pytest.mark.parametrize("size", [SMALL, GOOD], ids=["80", "120"])
async def test_the_list_is_shown(size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(SAMPLES.parent)
    async with looking(Path(SAMPLES.name), size) as pilot:
        check(f"recordings-{size[0]}", await settled(pilot))


@pytest.mark.parametrize("size", [SMALL, GOOD], ids=["80", "120"])
@pytest.mark.parametrize(("name", "keys"), [("help", ["question_mark"]), ("search", ["slash", "d", "o", "n", "e"])])
async def test_help_and_search_are_shown(size: tuple[int, int], name: str, keys: list[str]) -> None:
    async with looking(SAMPLES / "barge-in", size, keys) as pilot:
        check(f"{name}-{size[0]}", await settled(pilot))
