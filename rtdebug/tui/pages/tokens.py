"""One line of a message, drawn: coloured by what JSON has, cut, with words of ours, as bytes. Pure."""

import re
from dataclasses import dataclass
from typing import Final

from rtdebug.tui.cells import Line, Piece, cells, clip, tame
from rtdebug.units import count

_TOKEN = re.compile(
    r'(?P<key>"(?:[^"\\]|\\.)*")\s*(?P<colon>:)|(?P<string>"(?:[^"\\]|\\.)*"?)|(?P<number>-?\d[\d.eE+-]*)'
    r"|(?P<word>[A-Za-z]+)|(?P<mark>[{}\[\],:])"
)
_STYLES: Final = {"string": "json.string", "number": "json.number", "word": "json.word", "mark": "json.mark"}
IN_A_ROW: Final = 16
"""Bytes that are drawn in one line."""


@dataclass(frozen=True, slots=True)
class Note:
    """Words that stand in a message in place of what was taken out of it."""

    at: int
    """Where, in bytes."""
    words: str


def aside(words: str) -> str:
    """Mark words as ours, that stand among those of a message."""
    return f"\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}{words}\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}"


def harmless(text: str) -> str:
    """Make text harmless and keep its blanks, which `tame` would join."""
    text = text.strip("\n")
    if "  " not in text and not text.startswith(" "):
        return tame(text)
    return " ".join(tame(part) for part in text.split(" "))


def coloured(text: str) -> list[Piece]:
    """Colour one line."""
    text = text.strip()
    pieces: list[Piece] = []
    at = 0
    for found in _TOKEN.finditer(text):
        if found.start() > at:
            pieces.append((text[at : found.start()], ""))
        at = found.end()
        if found["key"]:
            pieces += [(found["key"], "json.key"), (": ", "json.mark")]
            at += len(text[at:]) - len(text[at:].lstrip())
        else:
            pieces.append((found[0], _STYLES[str(found.lastgroup)]))
    if at < len(text):
        pieces.append((text[at:], ""))
    return pieces


def cut(text: str, room: int, size: int) -> list[Piece]:
    """Colour a line that is too long, and say how long its string is."""
    more = f" {aside(count(size, 'byte'))}" if size > 2 * room else ""
    pieces = coloured(clip(text, max(8, room - len(more) - 1)))
    return [*pieces, (more, "json.note")]


def noted(raw: bytes, note: Note, start: int, room: int) -> list[Piece]:
    """Colour a line that something was taken out of, and say what."""
    at = note.at - start
    before = raw[: max(0, at - 1)].decode("utf-8", "replace")
    after = raw[at + 1 :].decode("utf-8", "replace")
    head = coloured(harmless(before))
    words = clip(note.words, max(10, room - cells(head) - 3))
    return [*head, (aside(words), "json.note"), *coloured(harmless(after))]


def marked(pieces: Line, word: str) -> Line:
    """Mark where a word stands."""
    if not word:
        return pieces
    marked: list[Piece] = []
    pattern = re.compile(re.escape(word), re.IGNORECASE)
    for text, style in pieces:
        at = 0
        for found in pattern.finditer(text):
            marked += [(text[at : found.start()], style), (found[0], "match")]
            at = found.end()
        marked.append((text[at:], style))
    return [piece for piece in marked if piece[0]]


def hexadecimal(text: bytes, line: int) -> Line:
    """Draw sixteen bytes: their place, their numbers, and what of them is ASCII."""
    data = text[line * IN_A_ROW : (line + 1) * IN_A_ROW]
    numbers = " ".join(f"{byte:02x}" for byte in data).ljust(3 * IN_A_ROW)
    shown = "".join(chr(byte) if 32 <= byte < 127 else "·" for byte in data)
    return [(f"{line * IN_A_ROW:08x}  ", "json.mark"), (numbers, "json.number"), (f" {shown}", "json.string")]
