"""Config: what is in force, and each update: what was asked for, what changed, what was refused or ignored."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from rtdebug.reports.flat import Ignored, ignored, leaves, written
from rtdebug.reports.recorded import Recorded
from rtdebug.reports.show.look import BAD, QUIET, Fields, Remark
from rtdebug.session.model import ConfigChange
from rtdebug.units import moment_of, plain, quote

_ANSWERS = {"updated": ("✔ updated", "green"), "refused": ("▲ refused", BAD), "": ("▸ not answered", "yellow")}
_MOST, _SHORT, _DEEPEST = 400, 56, 12


def config(recorded: Recorded) -> RenderableType | None:
    """Draw the settings in force, and the changes under them."""
    session = recorded.session
    drawn: list[RenderableType] = []
    if session.config:
        drawn.append(Fields(list(_tree(session.config))))
    not_taken = ignored(session)
    for change in session.changes:
        drawn += _change(change, not_taken.get(change.mark.seq, []))
    return Group(*drawn) if drawn else None


def _in_force(one: Ignored) -> str:
    if one.effective is None:
        return "not in force"
    return f"in force is {quote(written(one.effective), _MOST)}"


def _tree(config: Mapping[str, Any], depth: int = 0) -> Iterator[tuple[str, Text]]:
    """Yield settings by level; what is short stays together, what is null is left out."""
    for key, value in config.items():
        label = "  " * depth + quote(str(key), 60)
        if isinstance(value, Mapping) and depth < _DEEPEST and len(written(value)) > _SHORT:
            yield label, Text(" ")
            yield from _tree(value, depth + 1)
        elif value is not None:
            yield label, Text(quote(written(value), _MOST))


def _change(change: ConfigChange, not_taken: list[Ignored]) -> list[RenderableType]:
    words, style = _ANSWERS.get(change.answer, (quote(change.answer, 30), ""))
    title = "session.update" if change.requested else "the server changes the session"
    head = Text.assemble((moment_of(change.mark.at_ns), QUIET), f"  {title}  ", (words, style))
    head.append(f"  #{change.mark.seq}" + (f", #{change.answered.seq}" if change.answered else ""), QUIET)
    drawn: list[RenderableType] = [Remark(head)]
    if change.error:
        drawn.append(Fields([("  ", Text(quote(change.error, 300), BAD))]))
    pairs = [
        (f"    {plain(path)}", Text(f"{quote(written(before), _MOST)} → {quote(written(after), _MOST)}"))
        for path, (before, after) in change.changed.items()
    ]
    pairs += [
        (
            f"    {plain(one.path)}",
            Text(f"asked for {quote(written(one.asked), _MOST)}, {_in_force(one)}", "yellow"),
        )
        for one in not_taken
    ]
    if change.answer == "refused":
        pairs += [
            (f"    {plain(path)}", Text(quote(written(value), _MOST), QUIET))
            for path, value in leaves(change.requested)
        ]
    return [*drawn, Fields(pairs, widest=36)] if pairs else drawn
