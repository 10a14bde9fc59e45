"""What a rule finds, and what it says of itself. Plain values."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from rtdebug.protocol.event import Sound

if TYPE_CHECKING:
    from rtdebug.diagnosis.subject import Subject

Severity = Literal["error", "warning", "info"]
Confidence = Literal["high", "medium", "low"]

SEVERITIES: Final[tuple[Severity, ...]] = ("error", "warning", "info")
"""The gravest first."""


class Hit(NamedTuple):
    """One place where a rule finds something wrong."""

    seq: int
    """The entry to look at first."""
    message: str
    """What is wrong here, with its figures; text from the wire in it is not harmless yet."""
    more: tuple[int, ...] = ()
    """Further entries it rests on."""
    sound: tuple[Sound, ...] = ()
    """Samples it rests on."""
    response_id: str = ""
    item_id: str = ""
    until_ns: int | None = None
    """When what began at `seq` was over, where it lasted."""
    severity: Severity | None = None
    """Where this one is graver or lighter than the rule's own."""
    confidence: Confidence | None = None


Check = Callable[["Subject"], Iterator[Hit]]


@dataclass(frozen=True, slots=True)
class Doc:
    """What a rule's page says."""

    sees: str
    matters: str
    advice: str
    seen_in: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that goes wrong in voice calls."""

    code: str
    """RT and three digits; how it begins tells the family."""
    name: str
    """In words with hyphens, as `audio-tail-missing`."""
    severity: Severity
    confidence: Confidence
    needs: tuple[str, ...]
    """What a recording must have for it: times, client audio, server audio."""
    doc: Doc
    check: Check

    @property
    def family(self) -> str:
        """What it is about."""
        return next(family for begin, family in FAMILIES.items() if self.code.startswith(begin))


FAMILIES: Final = {
    "RT10": "audio",
    "RT11": "interruption",
    "RT12": "responses",
    "RT13": "tools",
    "RT14": "responses",
    "RT15": "audio",
    "RT16": "interruption",
    "RT171": "responses",
    "RT17": "money",
    "RT18": "order",
    "RT19": "latency",
    "RT20": "session",
    "RT21": "configuration",
    "RT22": "conformance",
    "RT23": "session",
    "RT24": "hygiene",
    "RT9": "conformance",
}
"""By how a code begins."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong in a call: what, where, how sure, and what to do."""

    rule: Rule
    severity: Severity
    confidence: Confidence
    message: str
    seqs: tuple[int, ...]
    """The entries it rests on, the one to look at first in front."""
    at_ns: int | None = None
    until_ns: int | None = None
    sound: tuple[Sound, ...] = ()
    response_id: str = ""
    item_id: str = ""

    @property
    def code(self) -> str:
        """The code of its rule."""
        return self.rule.code


class NotEvaluated(Exception):
    """A rule cannot tell; the text says what it would need."""
