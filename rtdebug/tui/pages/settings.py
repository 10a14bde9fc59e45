"""Settings as rows: by level, what is short on one line, tools by their names. Shared by two pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import Any

from rich.cells import cell_len

from rtdebug.protocol.tools import is_tools, read_tool
from rtdebug.reports.flat import written
from rtdebug.tui.cells import Line, clip, tame
from rtdebug.tui.pages.parts import cut, field, paragraph, words
from rtdebug.tui.pages.rows import Row

_SHORT, _DEEPEST, _MOST = 44, 12, 4
_LABEL = 26
_NARROW = 60


@dataclass(frozen=True, slots=True)
class Marks:
    """What is to be said beside settings, by dotted path."""

    notes: Mapping[str, str] = attribute(default_factory=dict)
    """Why a setting is marked."""
    seqs: Mapping[str, int] = attribute(default_factory=dict)
    """The entry that set it last."""
    begun: int | None = None
    """The entry that set all others."""


def value(of: Any, most: int = 600) -> str:
    """Write a setting: text without quotation marks where nothing is lost by it, else as JSON."""
    if isinstance(of, str) and of and of not in ("null", "true", "false"):
        return words(of, most)
    return words(written(of, most), most)


def tree(config: Mapping[str, Any], width: int, marks: Marks, depth: int = 0, path: str = "") -> list[Row]:
    """Write settings by level; what is null is left out, and what is short and unmarked stays together."""
    rows: list[Row] = []
    for key, inner in config.items():
        whole = f"{path}{key}"
        if inner is None:
            continue
        if not isinstance(inner, Mapping) or not inner or depth >= _DEEPEST:
            note = marks.notes.get(whole, "")
            label = f"≠ {key}" if note else str(key)
            rows += setting(label, inner, width, note=note, seq=marks.seqs.get(whole, marks.begun), depth=depth)
        elif _is_short(inner) and not any(other.startswith(whole + ".") for other in marks.notes):
            told = " · ".join(f"{name} {value(of)}" for name, of in inner.items() if of is not None)
            seqs = [seq for other, seq in marks.seqs.items() if other.startswith(whole + ".")]
            seq = max(seqs, default=marks.begun)
            rows += setting(str(key), words(told), width, seq=seq, depth=depth)
        else:
            rows.append(
                Row(
                    cut(((" " * ((2 if width >= _NARROW else 1) * depth), ""), (tame(str(key), width), "label")), width)
                )
            )
            rows += tree(inner, width, marks, depth + 1, whole + ".")
    return rows


def _is_short(of: Mapping[str, Any]) -> bool:
    return all(not isinstance(inner, Mapping | list) for inner in of.values()) and len(written(of)) <= _SHORT


def setting(
    label: str, of: Any, width: int, *, style: str = "", note: str = "", seq: int | None = None, depth: int = 0
) -> list[Row]:
    """Write one setting, its label as deep as its level."""
    if is_tools(of):
        return _tools(label, of, width, seq, depth, note)
    at = _label(width)
    named = " " * ((2 if width >= _NARROW else 1) * depth) + tame(label, width)
    if cell_len(named) < at or width < at + 8:
        named = clip(named, at - 1)
        return field(named, value(of), width, style=style, note=note, seq=seq, label_width=at, most=_MOST)
    said = value(of)
    if cell_len(named) + 1 + cell_len(said) + (cell_len(note) + 2 if note else 0) <= width:
        noted: Line = ((f"  {note}", "quiet"),) if note else ()
        return [Row(((named + " ", "label"), (said, style), *noted), seq)]
    below = field("", said, width, style=style, note=note, seq=seq, label_width=at, most=_MOST)
    return [Row(cut(((named, "label"),), width), seq), *below]


def _label(width: int) -> int:
    return min(_LABEL, max(8, width * 2 // 5))


def _tools(label: str, tools: list[Mapping[str, Any]], width: int, seq: int | None, depth: int, note: str) -> list[Row]:
    """Fold each tool to a line: as it is called, and what it is for."""
    at, blanks = _label(width), "  " * depth
    named = clip(blanks + tame(label, width), at - 1)
    rows = field(named, str(len(tools)), width, note=note, seq=seq, label_width=at)
    for tool in map(read_tool, tools):
        rows.append(Row(cut(((f"{blanks}  ƒ ", "tool"), (words(tool.signature, 300), "")), width), seq))
        if tool.description:
            rows += paragraph(words(tool.description, 300), width, "quiet", indent=4 + len(blanks), seq=seq)
    return rows
