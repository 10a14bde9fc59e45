"""Numbers in words: the one place that decides how a duration, a size or a count reads."""

import unicodedata
from collections.abc import Mapping

_SIGNS = {"completed": "✔", "cancelled": "✕", "failed": "▲", "incomplete": "◐"}


def duration(nanoseconds: int) -> str:
    """Write a duration: `0.41 s`, `48.2 s`, `3:07`, `1:02:05`."""
    seconds = nanoseconds / 1e9
    if seconds < 10:
        return f"{seconds:.2f} s"
    if seconds < 60:
        return f"{seconds:.1f} s"
    whole = int(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def count(number: int, one: str, many: str = "") -> str:
    """Write a count with its noun: `1 event`, `1,204 events`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def statuses(responses: Mapping[str, int]) -> str:
    """Write how responses ended: `2 ✔ completed, 1 ✕ cancelled`; "no responses" for none."""
    words = (f"{number} {_SIGNS.get(status, '·')} {plain(status)}" for status, number in sorted(responses.items()))
    return ", ".join(words) or "no responses"


def plain(text: str) -> str:
    """Make text from the wire harmless to a terminal: control, bidi and other invisible characters show as `·`."""
    return "".join("·" if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") else char for char in text)
