"""Named styles in every theme: they can be read, and the cursor's row too."""

import pytest
from rich.color import Color as RichColor
from textual.color import Color
from textual.theme import BUILTIN_THEMES

from rtdebug.errors import UsageError
from rtdebug.tui.palette import INKS, Palette
from rtdebug.tui.themes import THEMES, check_theme


def palette(name: str) -> Palette:
    known = {**BUILTIN_THEMES, **{theme.name: theme for theme in THEMES}}
    colors = known[name].to_color_system().generate()
    ground = Color.parse(colors["surface"])
    return Palette(colors, ground, cursor=ground.blend(Color.parse(colors["primary"]), 0.28))


def _contrast(one: RichColor, other: RichColor) -> float:
    """As the Web Content Accessibility Guidelines reckon it: 1 for none, 21 for black on white."""
    lights = sorted(_light(color) + 0.05 for color in (one, other))
    return lights[1] / lights[0]


def _light(color: RichColor) -> float:
    parts = [part / 255 for part in color.get_truecolor()]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", [theme.name for theme in THEMES])
@pytest.mark.parametrize("name", INKS)
def test_every_style_can_be_read_on_its_ground(theme: str, name: str) -> None:
    styles = palette(theme)
    for under_cursor in (False, True):
        style = styles.style(name, under_cursor=under_cursor)
        assert style.color is not None
        assert style.bgcolor is not None
        contrast = _contrast(style.color, style.bgcolor)
        is_drawing = name.endswith((".1", ".2", ".3", ".4"))
        least = 1.4 if INKS[name].strength < 0.5 else 2.0 if is_drawing or INKS[name].strength < 0.7 else 3.0
        assert contrast >= least, f"{name} in {theme}: {contrast:.1f}"


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light", "nord", "gruvbox", "solarized-light"])
def test_other_themes_have_every_style(theme: str) -> None:
    styles = palette(theme)
    assert all(styles.style(name).color is not None for name in INKS)
    assert styles.style("nobody knows this") == styles.style("")


def test_a_theme_that_is_none_is_refused_with_those_there_are() -> None:
    check_theme("")
    check_theme("rtdebug-light")
    check_theme(next(iter(BUILTIN_THEMES)))
    with pytest.raises(UsageError, match="rtdebug-dark"):
        check_theme("rtdebug-drak")
