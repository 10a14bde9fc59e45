"""Errors: what the API refused, which responses failed, and what reading and recording could not make sense of."""

from rich.console import RenderableType
from rich.text import Text

from rtdebug.reports.recorded import Recorded
from rtdebug.reports.show.look import BAD, QUIET, Fields
from rtdebug.reports.trouble import Trouble, troubles
from rtdebug.units import moment_of


def errors(recorded: Recorded) -> RenderableType | None:
    """Draw what the API said in its order, then the rest."""
    told = [(_label(one), _words(one)) for one in troubles(recorded)]
    return Fields(told) if told else None


def _label(one: Trouble) -> str:
    if one.kind in ("error", "failed"):
        return f"▲ {moment_of(one.mark.at_ns if one.mark else None)}"
    return f"▲ {one.kind}" if one.is_bad else f"· {one.kind}"


def _words(one: Trouble) -> Text:
    words = Text.assemble((one.name, BAD if one.is_bad else ""))
    if one.words and one.kind != "unknown type":
        words.append({"error": " — ", "failed": ": "}.get(one.kind, "") + one.words)
    words.append(f"  about #{one.about}" if one.about is not None else "", QUIET)
    entries = [one.mark.seq] if one.mark else one.seqs
    words.append("".join([" "] + [f" #{seq}" for seq in entries]) if entries else "", QUIET)
    return words
