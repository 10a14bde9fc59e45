"""Precision and recall of each rule, out of what the rules said of all cases."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from benchmarks.corpus.cases import Verdict
from rtdebug.diagnosis.finding import Rule

GOAL = 0.95


@dataclass(slots=True)
class Score:
    """How one rule did."""

    planted: int = 0
    seen: int = 0
    """Of those that were planted."""
    wrong: int = 0
    """Calls of which it spoke without cause."""
    others: int = 0
    """Calls of which it had no cause to speak."""
    missed: list[str] = field(default_factory=list)
    false: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float | None:
        """How much it sees of what is there; None where nothing was planted."""
        return self.seen / self.planted if self.planted else None

    @property
    def precision(self) -> float | None:
        """How much is there of what it sees; None where it saw nothing."""
        said = self.seen + self.wrong
        return self.seen / said if said else None

    @property
    def is_short(self) -> bool:
        """Whether it does not do as well as it should."""
        return any(part is not None and part < GOAL for part in (self.recall, self.precision))


def scores(rules: Sequence[Rule], verdicts: Iterable[Verdict]) -> dict[str, Score]:
    """Score each rule. Calls that could not be made count for nothing."""
    found = {rule.code: Score() for rule in rules}
    for one in verdicts:
        if one.trouble:
            continue
        name = f"{one.case.code or 'good'} in {one.case.kind}, seed {one.case.seed}"
        for code, score in found.items():
            speaks = code in one.found
            if code == one.case.code:
                score.planted += 1
                score.seen += speaks
                if not speaks:
                    score.missed.append(name)
            elif code not in one.also:
                score.others += 1
                score.wrong += speaks
                if speaks:
                    score.false.append(f"{name}: {one.words[code]}")
    return found


def table(rules: Sequence[Rule], found: dict[str, Score]) -> str:
    """Write it as Markdown."""
    lines = [
        "| rule | planted | seen | recall | other calls | spoke wrongly | precision |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for rule in rules:
        one = found[rule.code]
        name = f"[{rule.code}](../docs/rules.md#{rule.code.lower()}-{rule.name}) {rule.name}"
        cells = [
            str(one.planted),
            str(one.seen),
            _share(one.recall),
            f"{one.others:,}",
            str(one.wrong),
            _share(one.precision),
        ]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _share(part: float | None) -> str:
    if part is None:
        return "-"
    return f"{part:.3f}" if part >= GOAL else f"**{part:.3f}**"
