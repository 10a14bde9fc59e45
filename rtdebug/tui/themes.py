"""Our own themes, eight colours each; Textual's others are in the command palette too."""

from typing import Final

from textual.theme import BUILTIN_THEMES, Theme

from rtdebug.errors import UsageError

DARK: Final = Theme(
    name="rtdebug-dark",
    primary="#82aaff",
    secondary="#4fd6be",
    accent="#ff966c",
    foreground="#c8d3f5",
    background="#16181f",
    surface="#1b1e2a",
    panel="#20232f",
    success="#a5d46a",
    warning="#ffc777",
    error="#ff6b81",
    dark=True,
)
LIGHT: Final = Theme(
    name="rtdebug-light",
    primary="#2e5fd0",
    secondary="#08726a",
    accent="#a04512",
    foreground="#2b3150",
    background="#e9ebf2",
    surface="#f4f5fa",
    panel="#eceef5",
    success="#3a6b14",
    warning="#845600",
    error="#c4213d",
    dark=False,
)
THEMES: Final = (DARK, LIGHT)


def check_theme(name: str) -> None:
    """Raise UsageError for a theme that nobody knows."""
    known = sorted({*BUILTIN_THEMES, *(theme.name for theme in THEMES)})
    if name and name not in known:
        raise UsageError(f"--theme {name}: there is no such theme; there are {', '.join(known)}")
