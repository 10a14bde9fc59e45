"""Running rules over a call: every rule is guarded, and what could not be judged is said."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from rtdebug.diagnosis.finding import SEVERITIES, Finding, Hit, NotEvaluated, Rule, Severity
from rtdebug.diagnosis.subject import MISSING, Subject


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What the rules say of one call."""

    findings: list[Finding]
    """By time, then by code."""
    not_evaluated: list[tuple[Rule, str]] = field(default_factory=list)
    """Rules that lacked something, and what."""
    failed: list[tuple[Rule, str]] = field(default_factory=list)
    """Rules that broke, and how; the others went on."""

    def at_least(self, severity: Severity) -> list[Finding]:
        """Return the findings of this severity or a graver one."""
        worst = SEVERITIES.index(severity)
        return [one for one in self.findings if SEVERITIES.index(one.severity) <= worst]


def diagnose(subject: Subject, rules: Sequence[Rule]) -> Diagnosis:
    """Hold a call against rules; never raises for what is in the call, nor for what is in a rule."""
    told = Diagnosis([])
    for rule in rules:
        missing = [MISSING[need] for need in rule.needs if not subject.has(need)]
        if missing:
            told.not_evaluated.append((rule, " and ".join(missing)))
            continue
        found: list[Finding] = []
        try:
            found.extend(_finding(rule, hit, subject) for hit in rule.check(subject))
        except NotEvaluated as why:
            told.not_evaluated.append((rule, str(why)))
        except Exception as error:  # a rule is an opinion: it must not take the others with it
            told.failed.append((rule, f"{type(error).__name__}: {error}"))
        told.findings.extend(found)
    times = subject.times
    told.findings.sort(key=lambda one: (times.get(one.seqs[0], 0), one.seqs[0], one.code))
    return told


def _finding(rule: Rule, hit: Hit, subject: Subject) -> Finding:
    return Finding(
        rule,
        hit.severity or rule.severity,
        hit.confidence or rule.confidence,
        hit.message,
        (hit.seq, *hit.more),
        subject.times.get(hit.seq),
        hit.until_ns,
        hit.sound,
        hit.response_id,
        hit.item_id,
    )
