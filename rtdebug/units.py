"""Numbers in words: the one place that decides how a duration, a size or a count reads."""

import unicodedata
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

NONE = "-"
"""What is not known; never to be mixed up with nothing at all, which is 0."""
_SIGNS = {"completed": "✔", "cancelled": "✕", "failed": "▲", "incomplete": "◐", "in_progress": "▸"}


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


def delay(nanoseconds: int | None) -> str:
    """Write a time somebody waited: `412 ms`, `1.24 s`; `-` where it is not known."""
    if nanoseconds is None:
        return NONE
    return f"{nanoseconds / 1e6:.0f} ms" if abs(nanoseconds) < 999_500_000 else duration(nanoseconds)


def length(nanoseconds: int | None) -> str:
    """Write a length of audio: `1.1 s`, `48.2 s`, `3:07`; `-` where it is not known."""
    if nanoseconds is None:
        return NONE
    return f"{nanoseconds / 1e9:.1f} s" if nanoseconds < 59_950_000_000 else duration(nanoseconds)


def moment_of(nanoseconds: int | None) -> str:
    """Write when something was in a call: `3.35`, `1:04.20`; `-` where the recording has no times."""
    if nanoseconds is None:
        return NONE
    hundredths = round(nanoseconds / 1e7)
    minutes, rest = divmod(hundredths, 6000)
    seconds = f"{rest // 100:02d}.{rest % 100:02d}"
    if minutes >= 60:
        return f"{minutes // 60}:{minutes % 60:02d}:{seconds}"
    return f"{minutes}:{seconds}" if minutes else f"{hundredths / 100:.2f}"


def count(number: int, one: str, many: str = "") -> str:
    """Write a count with its noun: `1 event`, `1,204 events`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def share(part: float | None) -> str:
    """Write a part of a whole: `42 %`; `-` where there is no whole."""
    return NONE if part is None else f"{part * 100:.0f} %"


def dollars(amount: Decimal | None) -> str:
    """Write a price: `$1.50`, `$0.0123`, `$0.00142`; `-` where it is not known."""
    if amount is None:
        return NONE
    step = Decimal("0.01" if amount >= 1 else "0.0001" if amount >= Decimal("0.01") or not amount else "0.00001")
    return f"${amount.quantize(step, ROUND_HALF_UP):,}"


def status(word: str) -> str:
    """Write how a response ended, with its sign: `✔ completed`."""
    return f"{_SIGNS.get(word, '·')} {plain(word)}"


def statuses(responses: Mapping[str, int]) -> str:
    """Write how responses ended: `2 ✔ completed, 1 ✕ cancelled`; "no responses" for none."""
    words = (f"{number} {status(word)}" for word, number in sorted(responses.items()))
    return ", ".join(words) or "no responses"


def plain(text: str) -> str:
    """Make text from the wire harmless to a terminal: control, bidi and other invisible characters show as `·`."""
    if text.isprintable():  # none of these is, and few texts have any
        return text
    return "".join("·" if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") else char for char in text)


def quote(text: str, most: int = 0) -> str:
    """Make text from the wire one harmless line, of at most so many characters."""
    line = plain(" ".join(text.split()))
    return line if not most or len(line) <= most else line[: most - 1].rstrip() + "…"
