"""What was read of a call is not looked through for dead objects while its screen is there."""

import gc

from rtdebug.tui.sweeping import seldom

from .looking import SAMPLES, looking


async def test_a_call_is_spared_as_long_as_it_is_shown() -> None:
    gc.unfreeze()
    async with looking(SAMPLES, (120, 40), ["enter"]) as pilot:
        assert gc.get_freeze_count() > 0
        await pilot.press("escape")
        await pilot.pause()
        assert gc.get_freeze_count() == 0


def test_new_objects_are_looked_through_seldom_and_then_as_before() -> None:
    before = gc.get_threshold()
    with seldom():
        assert gc.get_threshold()[0] > before[0]
    assert gc.get_threshold() == before
