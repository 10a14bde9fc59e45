"""Tokens as numbers and as bars: what was read and made, by kind. Shared by the pages of a response and of usage."""

from collections.abc import Collection
from typing import Final

from rtdebug.reports.tokens import hit_rate, knows_cached
from rtdebug.session.model import Response
from rtdebug.session.usage import Usage
from rtdebug.tui.cells import Line
from rtdebug.tui.cells import cells as cells_of
from rtdebug.tui.pages.parts import LABEL, columns, cut
from rtdebug.tui.pages.rows import Row
from rtdebug.units import NONE, share

KINDS: Final = (
    ("c", "cached", "usage.cached"),
    ("t", "text in", "usage.text_in"),
    ("a", "audio in", "usage.audio_in"),
    ("i", "image in", "usage.image_in"),
    ("T", "text out", "usage.text_out"),
    ("A", "audio out", "usage.audio_out"),
)
"""Letter, name and style of each part of a bar."""
_HEADS = ("total", "text", "audio", "image")


def parts(used: Usage) -> list[tuple[int, str, str]]:
    """Return the parts of a usage bar: amount, letter, style; together they are all its tokens."""
    fresh = [
        max(0, used.input_text - used.cached_text),
        max(0, used.input_audio - used.cached_audio),
        max(0, used.input_image - used.cached_image),
    ]
    return [
        (amount, letter, style)
        for amount, (letter, _, style) in zip(
            (used.cached_tokens, *fresh, used.output_text, used.output_audio), KINDS, strict=True
        )
    ]


def legend(width: int, shown: Collection[str]) -> list[Row]:
    """Name the letters of the bars that are drawn, over as many lines as they need."""
    rows: list[Row] = []
    line: Line = ()
    used = 0
    for letter, name, style in KINDS:
        if letter not in shown:
            continue
        need = len(name) + 4 + (2 if line else 0)
        if line and used + need > width:
            rows.append(Row(line))
            line, used = (), 0
            need -= 2
        gap = (("  ", ""),) if line else ()
        line = (*line, *gap, (f"{letter}━", style), (f" {name}", "label"))
        used += need
    return [*rows, Row(cut(line, width))] if line else rows


def table(used: Usage, responses: Collection[Response], width: int, *, seq: int | None = None) -> list[Row]:
    """Write what was read, how much of it was cached, and what was made."""
    known = knows_cached(responses)
    rate = hit_rate(used, responses)
    lines: list[tuple[str, tuple[int | None, ...], str]] = [
        ("in", (used.input_tokens, used.input_text, used.input_audio, used.input_image), ""),
        (
            "  cached",
            (used.cached_tokens, used.cached_text, used.cached_audio, used.cached_image) if known else (None,) * 4,
            f"{share(rate)} of in" if rate is not None else "",
        ),
        ("out", (used.output_tokens, used.output_text, used.output_audio, None), ""),
    ]
    if used.reasoning_tokens:
        lines.append(("  reasoning", (used.reasoning_tokens, used.reasoning_tokens, None, None), ""))
    kinds = _HEADS if used.input_image else _HEADS[:-1]
    label = min(LABEL, max(6, width // 3))
    size = max(5, min(9, (width - label - 6) // len(kinds) - 2))
    head = columns([("tokens", label - 2, "label"), *((name, -size, "quiet") for name in kinds)])
    rows = [Row(cut(head, width), seq)]
    for name, amounts, note in lines:
        shown = [NONE if one is None else f"{one:,}" for one in amounts[: len(kinds)]]
        cells = [(one, -size, "" if at else "strong") for at, one in enumerate(shown)]
        line = columns([(name, label - 2, "label"), *cells])
        if note and cells_of(line) + 2 + len(note) <= width:
            line = (*line, (f"  {note}", "quiet"))
        rows.append(Row(cut(line, width), seq))
    return rows
