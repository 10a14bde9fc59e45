"""Reading a recording to its end in small steps, and following it there as long as it is written."""

import asyncio
from collections.abc import Callable
from typing import Final

from rtdebug.tui.call.call import Call

_STEP_NS: Final = 8_000_000
"""How long reading may keep a key waiting."""
_SHOW_EACH: Final = 0.2
_READING_EACH: Final = 0.5
_PAGES_EACH: Final = 1.0
"""Seconds between two looks at what came: of a live call, of one that is still being read, and at pages as a whole."""
_LIVE_EACH: Final = 1.0


async def follow(
    call: Call, *, show: Callable[[], None], remake: Callable[[], None], settled: Callable[[], None]
) -> None:
    """Read until the recording has ended. Meanwhile `show` what came; first `remake` what is made as a whole.

    `settled` is called once, when all that was there at the beginning has been read.
    """
    loop = asyncio.get_running_loop()
    is_settled = False
    shown = made = looked = 0.0
    while True:
        came = call.step(_STEP_NS)
        now = loop.time()
        if came and (now - made >= _PAGES_EACH or call.caught_up):
            remake()
            made = now
        if call.caught_up and now - looked >= _LIVE_EACH:
            call.look_if_live()
            looked = now
        if now - shown >= _READING_EACH or call.caught_up:
            show()
            shown = now
        if call.caught_up and not is_settled:
            is_settled = True
            settled()
        if call.caught_up and not call.live:
            return
        await asyncio.sleep(_SHOW_EACH if call.caught_up else 0)
