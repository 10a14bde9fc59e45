"""The JSON of one entry, as it was kept: folded and unfolded, searched, copied."""

from collections.abc import Callable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from rtdebug.recording.reader import Lost
from rtdebug.tui.call.call import Call
from rtdebug.tui.call.document import audio_words, read_again, text_of
from rtdebug.tui.cells import Line, tame
from rtdebug.tui.pages.events import stamp
from rtdebug.tui.pages.json import Document
from rtdebug.tui.pages.tokens import Note, aside
from rtdebug.tui.widgets.copying import copy
from rtdebug.tui.widgets.lines import LineView
from rtdebug.units import count

_NOTHING = Document(b"", is_json=False)


class JsonView(LineView):
    """One entry of a call."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x,right,left", "choose", "Fold", show=False),
        Binding("X", "fold_all", "Fold all", show=False),
        Binding("n", "match(1)", "Next match", show=False),
        Binding("N", "match(-1)", "Previous match", show=False),
        Binding("y", "copy", "Copy JSON", show=False),
        Binding("Y", "copy_whole", "Copy with audio", show=False),
    ]

    def __init__(self, call: Call, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.call = call
        self.index: int | None = None
        """The entry that is shown."""
        self.word = ""
        """What is searched for."""
        self.listener: Callable[[], None] | None = None
        """Told when there is more to say of the search."""
        self._document = _NOTHING
        self._width = 0
        self._origin = 0
        """The line a word is looked for from."""
        self.border_title = "json"

    def show(self, index: int | None) -> None:
        """Show an entry, None for nothing."""
        if index == self.index:
            return
        self.index = index
        self._document = _NOTHING if index is None else self._read(index)
        self._describe()
        self.go(0, tell=False)
        self.scroll_to(y=0, animate=False, immediate=True, force=True)
        self.changed()

    def _read(self, index: int) -> Document:
        try:
            entry = self.call.entry(index)
        except Lost as lost:
            return Document(b"", is_json=False, head=(((tame(f"! cannot be read: {lost}"), "bad"),),))
        head: list[Line] = []
        is_json = True
        if self.call.journal.has_problem(index):
            event = read_again(entry)
            head.append(((tame(f"! {event.problem}"), "bad"),))
            is_json = entry.text is not None and not event.problem.startswith("it is not JSON")
        words, note = tame(audio_words(self.call, entry)), None
        if entry.audio is not None:
            if entry.audio.at >= 0:
                note = Note(entry.audio.at, words)
            else:
                head.append(((aside(words), "json.note"),))
        return Document(text_of(entry), is_json=is_json, head=tuple(head), note=note)

    def _describe(self) -> None:
        self.border_subtitle = ""
        if self.index is None:
            self.border_title = "json"
            return
        journal, index = self.call.journal, self.index
        self.border_title = Content(f"#{journal.seqs[index]} {tame(journal.kind(index).name, 60)}")
        sender = journal.sender(index)
        told = [f"from the {sender}"] if sender else []
        if (at_ns := journal.at_ns(index)) is not None:
            told.append(f"at {stamp(at_ns)}")
        if size := journal.sizes[index]:
            told.append(count(size, "byte"))
        self.border_subtitle = " · ".join(told)

    # LineView.

    def count(self) -> int:
        """Say how many rows there are."""
        return self._document.count()

    def line(self, row: int, width: int) -> Line:
        """Draw a row."""
        return self._document.row(row, width, self.word)

    def changed(self) -> None:
        """Show other lines; what was laid open at another width is folded."""
        width = self.scrollable_content_region.width
        if width != self._width:
            self._width = width
            self._document.closed()
        super().changed()

    def action_choose(self) -> None:
        """Fold or unfold what the line under the cursor opens, lay its string open, or fold that again."""
        if not self.count():
            return
        line, _ = self._document.where(self.cursor)
        self._document.toggle(self.cursor, self.scrollable_content_region.width)
        self.changed()
        if line >= 0:
            self.go(self._document.row_of(line))

    def action_fold_all(self) -> None:
        """Fold all that stands one step in, or unfold everything."""
        line, _ = self._document.where(self.cursor)
        self._document.fold_all()
        self.changed()
        if line >= 0:
            self.go(self._document.row_of(line))

    # Search.

    def set_search(self, word: str) -> None:
        """Mark a word, "" for none, and go to the first from here on."""
        self.word = word
        if word and self.count():
            line, _ = self._document.where(self.cursor)
            self._find(self._document.span(max(0, line))[0], 1)
        self.refresh()
        if self.listener is not None:
            self.listener()

    @property
    def tally(self) -> str:
        """How often the word is there, in words."""
        if not self.word:
            return ""
        found = self._document.times(self.word)
        return count(found, "match", "matches") if found else "no match"

    @property
    def problem(self) -> None:
        """Nothing: a word is looked for as it is."""

    def query_of(self, purpose: str) -> str:
        """Return what is searched for."""
        return self.word

    def look_for(self, purpose: str, query: str) -> None:
        """Search; there is nothing to filter."""
        self.set_search(query)

    def begin_asking(self) -> None:
        """Remember the line that the cursor is on."""
        self._origin = self._document.where(self.cursor)[0] if self.count() else 0

    def end_asking(self, *, back: bool) -> None:
        """Stay, or go back to that line."""
        if back and self.count() and self._origin >= 0:
            self.go(self._document.row_of(self._origin))

    def action_match(self, way: int) -> None:
        """Go to the next line with a match, or the one before; round the end."""
        if not self.word:
            self.notify("nothing is searched for: / does", timeout=2)
            return
        line, _ = self._document.where(self.cursor)
        start, end = self._document.span(max(0, line)) if len(self._document) else (0, 0)
        if not self._find(end if way > 0 else start, way):
            self._find(0 if way > 0 else len(self._document.text), way)

    def _find(self, start: int, way: int) -> bool:
        found = self._document.find(self.word, start, way)
        if found is None:
            return False
        line = self._document.line_at(found)
        self._document.unfold_to(line)
        self.changed()
        self.go(self._document.row_of(line))
        return True

    # Copy.

    def action_copy(self) -> None:
        """Copy the entry as it is kept, without its audio."""
        copy(self, self.call, [] if self.index is None else [self.index], with_audio=False)

    def action_copy_whole(self) -> None:
        """Copy the entry as it was on the wire, with its audio."""
        copy(self, self.call, [] if self.index is None else [self.index], with_audio=True)
