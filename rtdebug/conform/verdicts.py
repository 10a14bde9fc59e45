"""What scenes come to: each rule and each probe, how often it held, and where it did not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from rtdebug.conform.effects import EFFECTS
from rtdebug.conform.phrases import ANSWERED
from rtdebug.conform.probes import REFUSALS
from rtdebug.conform.scenes import scenes
from rtdebug.conform.stage import Finding, Stage
from rtdebug.conform.steps import Scene
from rtdebug.diagnosis.conformance import RULES, Level, judge
from rtdebug.diagnosis.traffic import Traffic

Outcome = Literal["held", "failed", "warning", "differs", "not evaluated"]
_OUTCOMES: Final[dict[Level, Outcome]] = {"error": "failed", "warning": "warning", "info": "differs"}
_READABLE: Final = "P02"
_UNKNOWN: Final = "this service's API does not have what it asks for"
_ALWAYS: Final = {
    ANSWERED: "what is owed comes: an answer to every request, an end to every response",
    _READABLE: "every message is text that holds a JSON object with a type; its audio is base64",
}
"""What every scene tells."""
PROBES: Final = {**_ALWAYS, **{scene.code: scene.says for scene in (*EFFECTS, *REFUSALS)}}


@dataclass(frozen=True, slots=True)
class Breach:
    """One place where a rule or a probe did not hold."""

    scene: str
    seq: int
    """The entry it rests on: its number among the messages of the scene, both sides counted from 1."""
    type: str
    """Its event type, "" where it has none."""
    says: str


@dataclass(frozen=True, slots=True)
class Row:
    """A rule or a probe, and how the endpoint keeps it."""

    code: str
    level: Level
    says: str
    cases: int
    breaches: tuple[Breach, ...]
    reason: str = ""
    """Why there was nothing to evaluate."""

    @property
    def held(self) -> int:
        """In how many cases it held."""
        return self.cases - len(self.breaches)

    @property
    def outcome(self) -> Outcome:
        """The verdict in a word."""
        if not self.cases:
            return "not evaluated"
        return _OUTCOMES[self.level] if self.breaches else "held"


CODES: Final = (*(rule.code for rule in RULES), *PROBES)


def choose(speech: bytes, codes: Iterable[str]) -> Sequence[Scene]:
    """Return the scenes that are needed to decide on these codes; the first one opens the door."""
    first, *others = scenes(speech)
    probes = [scene for scene in (*EFFECTS, *REFUSALS) if scene.code in codes]
    common = {rule.code for rule in RULES} | _ALWAYS.keys()
    return (first, *(others if common & set(codes) else ()), *probes)


def evaluate(stages: Sequence[Stage], codes: Iterable[str]) -> list[Row]:
    """Hold everything that was said against these rules and probes."""
    wanted = set(codes)
    rows = [*_rules(stages), *_probes(stages)]
    return [row for row in rows if row.code in wanted]


def _rules(stages: Sequence[Stage]) -> list[Row]:
    cases = dict.fromkeys((rule.code for rule in RULES), 0)
    found: dict[str, list[Breach]] = {rule.code: [] for rule in RULES}
    for stage in stages:
        for verdict in judge(Traffic(stage.events, stage.reader.dialect, is_sideband=False)):
            cases[verdict.rule.code] += verdict.cases
            found[verdict.rule.code] += [_breach(stage, case.seq, case.breach) for case in verdict.breaches]
    return [
        Row(
            rule.code, rule.level, rule.says, cases[rule.code], tuple(found[rule.code]), "nothing it applies to came up"
        )
        for rule in RULES
    ]


def _probes(stages: Sequence[Stage]) -> list[Row]:
    rows = []
    for code, says in PROBES.items():
        made = [(stage, finding) for stage in stages if _applies(stage, code) for finding in _findings(stage, code)]
        broken = tuple(_breach(stage, finding.seq, finding.breach) for stage, finding in made if finding.breach)
        reasons = [stage.reason for stage in stages if stage.scene.code == code and stage.reason]
        reasons += [_UNKNOWN for stage in stages if not _applies(stage, code)]
        rows.append(Row(code, "error", says, len(made), broken, next(iter(reasons), "it was not played")))
    return rows


def _applies(stage: Stage, code: str) -> bool:
    vendor = stage.scene.unknown_to
    return stage.scene.code != code or not vendor or stage.reader.dialect.vendor != vendor


def _findings(stage: Stage, code: str) -> list[Finding]:
    if code == _READABLE:
        return [Finding(code, event.seq, event.problem) for event in stage.server]
    return [finding for finding in stage.findings if finding.code == code]


def _breach(stage: Stage, seq: int, says: str) -> Breach:
    event = stage.events[seq - 1] if 0 < seq <= len(stage.events) else None
    return Breach(stage.scene.name, seq, event.wire_type if event else "", says)
