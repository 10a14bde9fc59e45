"""Draw the pictures of the inspector: `python docs/picture.py` writes docs/tui.svg and its light sister."""

import asyncio
from pathlib import Path

from rtdebug.tui.app import Inspector
from rtdebug.tui.screens.session import SessionScreen

ROOT = Path(__file__).parents[1]
PICTURES = {"tui.svg": "rtdebug-dark", "tui-light.svg": "rtdebug-light"}


async def draw(theme: str) -> str:
    """Open the sample call that is broken into, go to the answer that was cut, and return the screen."""
    app = Inspector(ROOT / "recordings" / "barge-in", theme=theme)
    async with app.run_test(size=(150, 46)) as pilot:
        screen = app.screen
        assert isinstance(screen, SessionScreen)
        while not screen.call.caught_up:
            await pilot.pause(0.1)
        await pilot.press("right_square_bracket")
        await pilot.pause(1.0)
        return app.export_screenshot()


def main() -> None:
    """Write the pictures."""
    for name, theme in PICTURES.items():
        (ROOT / "docs" / name).write_text(asyncio.run(draw(theme)), encoding="utf-8")


if __name__ == "__main__":
    main()
