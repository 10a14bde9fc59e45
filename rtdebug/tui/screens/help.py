"""All keys of a screen, by where they work."""

import re
from collections.abc import Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import ModalScreen, Screen
from textual.widget import Widget

from rtdebug.tui.cells import fit
from rtdebug.tui.pages.rows import BLANK, Row, text
from rtdebug.tui.widgets.lines import LineView
from rtdebug.tui.widgets.page import PageView

_NAMES = {
    "left": "←",
    "right": "→",
    "up": "↑",
    "down": "↓",
    "pageup": "pgup",
    "pagedown": "pgdn",
    "question_mark": "?",
    "slash": "/",
    "backslash": "\\",
    "plus": "+",
    "minus": "-",
    "equals_sign": "=",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "left_curly_bracket": "{",
    "right_curly_bracket": "}",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "comma": ",",
    "full_stop": ".",
    "escape": "esc",
    "exclamation_mark": "!",
}

_TEXTUALS = [("tab", "Next view"), ("^p", "All of this by name, and more themes")]
"""Keys that Textual brings."""
_SIGNS = [
    ("▲ ▼", "Before an event: from client, from server"),
    ("▸\N{MULTIPLICATION SIGN}42", "A run of 42 deltas; → opens it"),
    ("!", "Something is odd about this entry"),
    ("◉ ◈ ƒ", "The user, the assistant, a tool"),
    ("✔ ✕ ◐ ▲ ▸", "Completed, cancelled, incomplete, failed, on"),
    ("░", "Audio that was made and never heard"),
    ("» ✂ ▲ ■", "The user breaks in, a cut, an error, the end"),
]
_TITLES = {"JsonView": "JSON", "_QueryInput": "search and filter line", "RecordingsList": "recordings"}


class HelpScreen(ModalScreen[None]):
    """Lists keys; any of the usual ones closes it."""

    BINDINGS = [Binding("escape,q,question_mark,f1", "dismiss", "Close")]
    DEFAULT_CSS = """
    HelpScreen { align: center middle; }
    HelpScreen > PageView { width: 74; max-width: 100%; height: 80%; background: $panel; }
    """

    def __init__(self, about: Screen[object]) -> None:
        super().__init__()
        self._groups = groups(about)

    def compose(self) -> ComposeResult:
        """Put the list there."""
        yield PageView("keys")

    def on_mount(self) -> None:
        """Fill it."""
        page = self.query_one(PageView)
        page.border_subtitle = "esc closes"
        page.show(rows(self._groups))


def groups(screen: Screen[object]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return where keys work, and the keys with what they do."""
    found = {"everywhere": [*keys([*type(screen).BINDINGS, *type(screen.app).BINDINGS]), *_TEXTUALS]}
    for widget in screen.query("*").results(Widget):
        kind = type(widget)
        if widget.can_focus and kind.__module__.startswith("rtdebug."):
            own = keys(vars(kind).get("BINDINGS", ()))
            if own:
                found.setdefault(_title(kind.__name__), own)
    return [*found.items(), ("every list", keys(LineView.BINDINGS)), ("signs", _SIGNS)]


def _title(name: str) -> str:
    """Write the name of a class as words."""
    return _TITLES.get(name) or re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()


def keys(bindings: Sequence[object]) -> list[tuple[str, str]]:
    """Write bindings as keys and what they do; those of one action together."""
    pairs: dict[str, list[str]] = {}
    for binding in bindings:
        if isinstance(binding, Binding) and binding.description and not binding.system:
            shown = binding.key_display or " ".join(_key(one) for one in binding.key.split(","))
            pairs.setdefault(binding.description, []).append(shown)
    return [(" ".join(shown), description) for description, shown in pairs.items()]


def rows(found: Sequence[tuple[str, Sequence[tuple[str, str]]]]) -> list[Row]:
    """Write the list."""
    made: list[Row] = []
    for title, pairs in found:
        made += [BLANK] if made else []
        made.append(text(f" {title}", "title"))
        made += [Row(((f"   {fit(shown, 22)}", "key"), (description, ""))) for shown, description in pairs]
    return made


def _key(name: str) -> str:
    if name in _NAMES:
        return _NAMES[name]
    return name.replace("ctrl+", "^").replace("shift+", "⇧")
