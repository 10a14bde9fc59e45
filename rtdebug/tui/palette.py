"""What the named styles look like in a theme: one table. Every colour is also said by a sign or a word beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from rich.style import Style
from textual.color import Color


@dataclass(frozen=True, slots=True)
class Ink:
    """How a named style is made out of a theme's colours."""

    color: str = "foreground"
    strength: float = 1.0
    """How much of the colour, the rest is background."""
    ground: str = ""
    """The colour behind, "" for the widget's own."""
    depth: float = 0.3
    """How much of that colour."""
    bold: bool = False
    italic: bool = False
    underline: bool = False
    strike: bool = False


INKS: Final[Mapping[str, Ink]] = {
    "": Ink(),
    "strong": Ink(bold=True),
    "label": Ink(strength=0.72),
    "quiet": Ink(strength=0.52),
    "faint": Ink(strength=0.26),
    "title": Ink("primary", bold=True),
    "link": Ink("primary", underline=True),
    "user": Ink("secondary"),
    "user.strong": Ink("secondary", bold=True),
    "user.quiet": Ink("secondary", 0.6),
    "user.1": Ink("secondary", 0.55),
    "user.2": Ink("secondary", 0.75),
    "user.3": Ink("secondary", 0.9),
    "user.4": Ink("secondary", 1.25),
    "assistant": Ink("primary"),
    "assistant.strong": Ink("primary", bold=True),
    "assistant.quiet": Ink("primary", 0.6),
    "assistant.1": Ink("primary", 0.55),
    "assistant.2": Ink("primary", 0.75),
    "assistant.3": Ink("primary", 0.9),
    "assistant.4": Ink("primary", 1.25),
    "unheard": Ink(strength=0.3),
    "tool": Ink("accent"),
    "tool.bar": Ink("accent", 1.4, ground="accent", depth=0.32),
    "good": Ink("success"),
    "warn": Ink("warning"),
    "bad": Ink("error", bold=True),
    "live": Ink("error", bold=True),
    "bar.wait": Ink(strength=0.6, ground="foreground", depth=0.16),
    "bar.completed": Ink("success", 1.4, ground="success", depth=0.28),
    "bar.cancelled": Ink("warning", 1.4, ground="warning", depth=0.28),
    "bar.incomplete": Ink("warning", 1.4, ground="warning", depth=0.28),
    "bar.failed": Ink("error", 1.5, ground="error", depth=0.38, bold=True),
    "bar.in_progress": Ink("primary", 1.4, ground="primary", depth=0.28),
    "bar.other": Ink(ground="foreground", depth=0.2),
    "head": Ink("error", bold=True),
    "match": Ink(ground="warning", depth=0.32),
    "key": Ink("accent", bold=True),
    "tab": Ink(strength=0.6),
    "tab.on": Ink("primary", 1.5, ground="primary", depth=0.25, bold=True),
    "usage.cached": Ink(strength=0.35),
    "usage.text_in": Ink("secondary"),
    "usage.audio_in": Ink("primary"),
    "usage.image_in": Ink("warning"),
    "usage.text_out": Ink("success"),
    "usage.audio_out": Ink("accent"),
    "json.key": Ink("primary"),
    "json.string": Ink("success"),
    "json.number": Ink("warning"),
    "json.word": Ink("accent"),
    "json.mark": Ink(strength=0.45),
    "json.line": Ink(strength=0.28),
    "json.note": Ink(strength=0.6, italic=True),
}
"""Every style that a line may name."""


_MORE: Final = 0.3
"""How much nearer to the foreground a colour is under the cursor, where the ground is not so dark."""
_BOLD: Final = Style(bold=True)


class Palette:
    """The styles of a theme, upon one background."""

    def __init__(self, colors: Mapping[str, str], ground: Color, *, cursor: Color | None = None) -> None:
        """Mix every style; `colors` are the theme's variables, `cursor` the background of the cursor's row."""
        self.ground = ground
        self._styles = {name: _mix(ink, colors, ground) for name, ink in INKS.items()}
        over = cursor or ground
        self._under_cursor = {name: _mix(ink, colors, over, more=_MORE) + _BOLD for name, ink in INKS.items()}

    def style(self, name: str, *, under_cursor: bool = False) -> Style:
        """Return a style; one that nobody knows is plain."""
        styles = self._under_cursor if under_cursor else self._styles
        return styles.get(name) or styles[""]


def _mix(ink: Ink, colors: Mapping[str, str], ground: Color, *, more: float = 0.0) -> Style:
    behind = ground.blend(_color(colors, ink.ground), ink.depth) if ink.ground else ground
    color = _color(colors, ink.color).blend(_color(colors, "foreground"), more)
    if ink.strength > 1:
        color = color.blend(_color(colors, "foreground"), min(1.0, (ink.strength - 1) * 2))
    else:
        color = behind.blend(color, ink.strength)
    return Style(
        color=color.rich_color,
        bgcolor=behind.rich_color,
        bold=ink.bold,
        italic=ink.italic,
        underline=ink.underline,
        strike=ink.strike,
    )


def _color(colors: Mapping[str, str], name: str) -> Color:
    return Color.parse(colors[name])
