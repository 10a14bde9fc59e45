"""Entries to the clipboard, by way of the terminal."""

from collections.abc import Sequence

from textual.widget import Widget

from rtdebug.recording.reader import Lost
from rtdebug.tui.call.call import Call
from rtdebug.tui.call.export import kept, whole
from rtdebug.tui.cells import tame
from rtdebug.units import count

_MOST = 500
"""Entries at once: terminals take only so much."""


def copy(widget: Widget, call: Call, indexes: Sequence[int], *, with_audio: bool) -> None:
    """Copy entries, one a line: as they are kept, or as they were on the wire with their audio. Say what was done."""
    if not indexes:
        return
    write = whole if with_audio else kept
    try:
        text = "\n".join(write(call, index) for index in indexes[:_MOST])
    except Lost as lost:
        widget.notify(tame(f"not copied: {lost}"), severity="warning", markup=False)
        return
    widget.app.copy_to_clipboard(text)
    seq = call.journal.seqs[indexes[0]]
    which = f"#{seq}" if len(indexes) == 1 else count(min(len(indexes), _MOST), "event") + f" from #{seq} on"
    widget.notify(f"copied {which}: {count(len(text.encode()), 'byte')}", timeout=2, markup=False)
