"""The keys that work everywhere in a call."""

from typing import Final

from textual.binding import Binding, BindingType

from rtdebug.tui.screens import views

KEYS: Final[list[BindingType]] = [
    Binding("escape", "back", "Back"),
    Binding("space", "play", "Play"),
    Binding("slash", "search", "Search"),
    Binding("backslash,f", "filter", "Filter", key_display="f"),
    Binding("less_than_sign,comma", "speed(-1)", "Slower", show=False),
    Binding("greater_than_sign,full_stop", "speed(1)", "Faster", show=False),
    Binding("p", "play_item", "Play item", show=False),
    Binding("left_square_bracket", "response(-1)", "Previous response", show=False),
    Binding("right_square_bracket", "response(1)", "Next response", key_display="]"),
    Binding("i", "finding(1)", "Next finding", show=False),
    Binding("I", "finding(-1)", "Previous finding", show=False),
    *(Binding(str(key), f"view({key})", f"Show {name}", show=False) for key, name in enumerate(views.NAMES, 1)),
    Binding("w", "write", "Write the events that are listed to a file", show=False),
    Binding("o", "folder", "Open the folder", show=False),
]
