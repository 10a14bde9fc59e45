"""How far two recordings may be apart and still count as the same; and how a person says so."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from rtdebug.errors import UsageError

_PART = re.compile(r"(?:(?P<name>[a-z]+)=)?(?:(?P<word>words)|(?P<number>\d{1,9}(?:\.\d{1,6})?)(?P<unit>%|ms|s)?)")
_NANOSECONDS = {"ms": 1_000_000, "s": 1_000_000_000}
_UNITS = {
    "latency": ("%", "ms", "s"),
    "audio": ("%", "ms", "s"),
    "usage": ("%", None),
    "text": ("%",),
}
HOW = "latency=25%, latency=100ms, audio=5%, usage=10%, usage=20, text=5%, text=words; 10%, 50ms or 0 for all numbers"


@dataclass(frozen=True, slots=True)
class Allowance:
    """How far apart two numbers may be: a share of the larger, or so much at least, whichever is more."""

    share: float = 0.0
    least: float = 0.0
    """In the numbers' own unit."""

    def allows(self, a: float | Decimal, b: float | Decimal) -> bool:
        """Say whether two numbers count as the same; it does not matter which comes first."""
        first, second = float(a), float(b)
        return abs(first - second) <= max(self.share * max(abs(first), abs(second)), self.least)


@dataclass(frozen=True, slots=True)
class Tolerance:
    """What counts as the same. Configuration, statuses, tool calls, errors and event types are always exact."""

    latency: Allowance = Allowance(0.25, 100_000_000)
    audio: Allowance = Allowance(0.05, 100_000_000)
    usage: Allowance = Allowance(0.05)
    """Of tokens; for prices, seconds of transcription, only the share counts."""
    text: float = 0.0
    """The share of words that may differ."""
    words_only: bool = False
    """Letter case and punctuation do not count."""


def read_tolerance(said: Iterable[str]) -> Tolerance:
    """Read what a person said; raise UsageError for what is none.

    Naming one of them forgets its default; a share and a number named for the same stand side by side.
    """
    tolerance, named = Tolerance(), set[str]()
    for part in (part.strip() for text in said for part in text.split(",") if part.strip()):
        found = _PART.fullmatch(part)
        if found is None or (found["name"] and found["name"] not in _UNITS):
            raise UsageError(f"--tolerance {part}: this is no tolerance; there are {HOW}")
        names = [found["name"]] if found["name"] else _meant(found["unit"])
        if found["word"] and names != ["text"]:
            raise UsageError(f"--tolerance {part}: only texts have words; say text=words")
        for name in names:
            tolerance = _with(tolerance, name, found, part, fresh=name not in named)
            named.add(name)
    return tolerance


def _meant(unit: str | None) -> list[str]:
    return ["latency", "audio"] if unit in _NANOSECONDS else ["latency", "audio", "usage"]


def _with(tolerance: Tolerance, name: str, found: re.Match[str], part: str, *, fresh: bool) -> Tolerance:
    if found["word"]:
        return replace(tolerance, words_only=True)
    number, unit = float(found["number"]), found["unit"]
    if unit not in _UNITS[name] and number:
        raise UsageError(f"--tolerance {part}: {name} is not measured so; there are {HOW}")
    if name == "text":
        return replace(tolerance, text=number / 100)
    before: Allowance = Allowance() if fresh else getattr(tolerance, name)
    if unit == "%":
        after = replace(before, share=number / 100)
    else:
        after = replace(before, least=number * _NANOSECONDS.get(unit or "", 1))
    if name == "latency":
        return replace(tolerance, latency=after)
    return replace(tolerance, audio=after) if name == "audio" else replace(tolerance, usage=after)
