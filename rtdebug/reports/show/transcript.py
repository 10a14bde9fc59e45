"""Transcript: the conversation in its true order, with its times, cuts and calls in place."""

from rich.console import RenderableType
from rich.text import Text

from rtdebug.reports.recorded import Recorded
from rtdebug.reports.saying import Line, lines
from rtdebug.reports.show.look import ASSISTANT, QUIET, TOOL, USER, Fields
from rtdebug.units import moment_of, quote

_STYLES = {"user": USER, "assistant": ASSISTANT, "tool": TOOL}
_MOST = 600


def transcript(recorded: Recorded) -> RenderableType | None:
    """Draw a line for each thing said or done."""
    said = lines(recorded)
    return Fields([(_head(line), _words(line)) for line in said]) if said else None


def _head(line: Line) -> Text:
    when = moment_of(line.span.start_ns if line.span else None)
    return Text.assemble((f"{when:>7}  ", QUIET), (quote(line.who, 20), _STYLES.get(line.who, "")))


def _words(line: Line) -> Text:
    words = Text()
    if line.kind == "call":
        words.append("ƒ ", TOOL)
    elif line.kind == "result":
        words.append("→ ", TOOL)
    words.append(quote(line.text, _MOST))
    for remark in (line.cut, *line.notes):
        if remark:
            words.append("  " if words.plain else "")
            words.append(f"✂ {quote(remark, 200)}" if remark == line.cut else f"({quote(remark, 200)})", "yellow")
    if line.seq is not None:
        words.append(f"  #{line.seq}", QUIET)
    return words
