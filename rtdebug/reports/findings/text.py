"""Findings for people: by recording, in the order of the call, then a line that sums up."""

from collections.abc import Iterable, Iterator, Sequence

from rich.console import RenderableType
from rich.text import Text

from rtdebug.diagnosis.finding import Finding, Rule
from rtdebug.reports.findings.linted import Linted, counts
from rtdebug.reports.show.found import Findings, Under, tally
from rtdebug.reports.show.look import BAD, QUIET, Remark
from rtdebug.units import count, moment_of, plain, quote

_MOST_ALIKE, _SHOWN = 5, 3
"""Findings of one rule and severity: where there are more than so many, only the first few are shown."""


def text(linted: Iterable[Linted], *, verbose: bool = False) -> Iterator[RenderableType]:
    """Yield each recording as it comes, with what was found in it, and in the end what it comes to.

    Recordings in which nothing was found are only counted, and of many findings alike only the first are shown;
    `verbose` names all of them, and the rules that were not evaluated with the reason.
    """
    seen = []
    for one in linted:
        seen.append(one)
        drawn = list(_recording(one, verbose=verbose))
        if drawn:
            yield from (*drawn, "")
    yield Remark(_summary(seen, verbose=verbose))


def _recording(one: Linted, *, verbose: bool) -> Iterator[RenderableType]:
    if not (verbose or one.findings or one.diagnosis.failed):
        return
    yield Remark(Text.assemble((plain(one.path), "bold"), (f"  {tally(one.counts)}", QUIET)))
    shown, folded = (one.findings, []) if verbose else _folded(one.findings)
    if shown:
        yield Findings(one.path, shown)
    for more in folded:
        yield Under(_more(more))
    for rule, how in one.diagnosis.failed:
        yield Under(Text(f"▲ {rule.code} {rule.name} broke and says nothing here: {quote(how, 300)}", BAD))
    if verbose:
        for why, rules in _reasons(one).items():
            named = ", ".join(f"{rule.code} {rule.name}" for rule in rules)
            yield Under(Text(f"not evaluated, {quote(why, 200)}: {named}", QUIET))


def _folded(findings: Sequence[Finding]) -> tuple[list[Finding], list[list[Finding]]]:
    """Keep a few findings of each kind; return the others too, kind by kind."""
    kinds: dict[tuple[str, str], list[Finding]] = {}
    for found in findings:
        kinds.setdefault((found.code, found.severity), []).append(found)
    folded = [same[_SHOWN:] for same in kinds.values() if len(same) > _MOST_ALIKE]
    left_out = {id(found) for same in folded for found in same}
    return [found for found in findings if id(found) not in left_out], folded


def _more(folded: Sequence[Finding]) -> Text:
    last = folded[-1]
    when = f" at {moment_of(last.at_ns)}" if last.at_ns is not None else ""
    words = f"… and {len(folded):,} more {last.code} {last.rule.name}, the last{when} (#{last.seqs[0]})"
    return Text(f"{words}; --verbose shows them", QUIET)


def _reasons(one: Linted) -> dict[str, list[Rule]]:
    """Group the rules that were not evaluated by what they lacked."""
    reasons: dict[str, list[Rule]] = {}
    for rule, why in one.diagnosis.not_evaluated:
        reasons.setdefault(why, []).append(rule)
    return reasons


def _summary(seen: Sequence[Linted], *, verbose: bool) -> Text:
    rules = max((len(one.rules) for one in seen), default=0)
    words = Text(f"{tally(counts(seen))} · {count(len(seen), 'recording')}, {count(rules, 'rule')}")
    broken = {rule.code for one in seen for rule, _ in one.diagnosis.failed}
    if broken:
        words.append(f" · {count(len(broken), 'rule')} broke: {', '.join(sorted(broken))}", BAD)
    without = sum(len(one.diagnosis.not_evaluated) for one in seen)
    if without:
        words.append(
            f" · {count(without, 'time')} a rule was not evaluated" + ("" if verbose else " (--verbose says why)")
        )
    return words
