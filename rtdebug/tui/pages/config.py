"""The page of the configuration: what is in force, and each update: what changed, was refused or ignored."""

from dataclasses import dataclass
from typing import Any, Final

from rtdebug.protocol.tools import is_tools
from rtdebug.reports.flat import Ignored, ignored, leaves
from rtdebug.reports.recorded import Recorded
from rtdebug.session.model import ConfigChange, Session
from rtdebug.tui.cells import Piece, fit, tame, wrap
from rtdebug.tui.pages.parts import cut, entry, paragraph, section, spread, words
from rtdebug.tui.pages.rows import BLANK, Row
from rtdebug.tui.pages.settings import Marks, setting, tree, value
from rtdebug.units import moment_of

_ANSWERS: Final = {"updated": ("✔ updated", "good"), "refused": ("▲ refused", "bad"), "": ("▸ not answered", "warn")}


def config_page(recorded: Recorded, width: int) -> list[Row]:
    """Write the page."""
    session = recorded.session
    if not session.config and not session.changes:
        return paragraph("the recording shows no configuration" + (" yet" if recorded.live else ""), width, "quiet")
    not_taken = ignored(session)
    rows = _in_force(session, not_taken, width)
    if session.changes:
        rows += section("updates", width, str(len(session.changes)))
    for index, change in enumerate(session.changes):
        rows += [BLANK] if index else []
        rows += _change(change, not_taken.get(change.mark.seq, []), width)
    return rows


def _in_force(session: Session, not_taken: dict[int, list[Ignored]], width: int) -> list[Row]:
    """Write the settings in force; those that a client asked for otherwise are marked."""
    if not session.config:
        return []
    asked = {one.path: f"asked for: {value(one.asked, 80)}" for found in not_taken.values() for one in found}
    marks = Marks(asked, set_at(session), session.created.seq if session.created else None)
    note = "≠ asked for otherwise" if asked else ""
    return [*section("in force", width, note)[1:], *tree(session.config, width, marks)]


def set_at(session: Session, before: int | None = None) -> dict[str, int]:
    """Return the update that last changed each setting, of those answered before an entry."""
    taken = [one for one in session.changes if one.answered and (before is None or one.answered.seq < before)]
    return {path: change.mark.seq for change in taken for path in change.changed}


def _change(change: ConfigChange, not_taken: list[Ignored], width: int) -> list[Row]:
    words_, style = _ANSWERS.get(change.answer, (tame(change.answer, 30), ""))
    title = "session.update" if change.requested else "the server changes the session"
    head: tuple[Piece, ...] = (
        (f"{moment_of(change.mark.at_ns):>7}  ", "quiet"),
        (title, "strong"),
        ("  ", ""),
        (words_, style),
    )
    seqs = entry(change.mark.seq) + (f" {entry(change.answered.seq)}" if change.answered else "")
    rows = [Row(spread(head, ((seqs, "quiet"),), width), change.mark.seq)]
    answered = change.answered.seq if change.answered else change.mark.seq
    if change.error:
        rows += paragraph(words(change.error, 400), width, "bad", indent=2, seq=answered)
    for said in _said(change, not_taken):
        rows += _path(said, width, min(36, max(len(one.path) for one in _said(change, not_taken))))
    if len(rows) == 1:
        rows += paragraph("nothing is different after it", width, "quiet", indent=2, seq=answered)
    return rows


@dataclass(frozen=True, slots=True)
class _Said:
    """What is said of one setting in an update."""

    sign: str
    path: str
    words: str
    style: str
    seq: int
    tools: Any = None
    """The tools themselves, where it is about tools."""


def _said(change: ConfigChange, not_taken: list[Ignored]) -> list[_Said]:
    asked = change.mark.seq
    answered = change.answered.seq if change.answered else asked
    found = [_difference(path, before, after, answered) for path, (before, after) in change.changed.items()]
    for one in not_taken:
        now = "not in force" if one.effective is None else f"in force is {value(one.effective, 200)}"
        found.append(_Said("≠", one.path, f"asked for {value(one.asked, 200)}: {now}", "warn", asked))
    if change.answer != "updated":
        found += [_Said(" ", path, value(own, 200), "quiet", asked) for path, own in leaves(change.requested)]
    return found


def _difference(path: str, before: Any, after: Any, seq: int) -> _Said:
    if is_tools(after):
        return _Said(" ", path, f"instead of {value(before, 60)}", "", seq, after)
    return _Said(" ", path, f"{value(before, 200)} → {value(after, 200)}", "", seq)


def _path(said: _Said, width: int, widest: int) -> list[Row]:
    """Write a long path, and what is said of it beside it, or below where there is no room for both."""
    if said.tools is not None:
        return setting(said.path, said.tools, width, seq=said.seq, depth=1, note=said.words)
    sign: Piece = (f"{said.sign} ", said.style)
    room = width - 2 - widest - 2
    if room < 20 or len(said.path) > widest:
        below = paragraph(said.words, width, said.style, indent=4, seq=said.seq)
        return [Row(cut((sign, (tame(said.path, width), "label")), width), said.seq), *below]
    lines = wrap(said.words, room, said.style)
    heads: list[tuple[Piece, ...]] = [(sign, (fit(tame(said.path), widest) + "  ", "label"))]
    heads += [((" " * (widest + 4), ""),)] * (len(lines) - 1)
    return [Row((*head, *line), said.seq) for head, line in zip(heads, lines, strict=True)]
