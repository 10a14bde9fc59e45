"""Findings for people: by recording, in the order of the call, then a line that sums up."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from rich.console import RenderableType
from rich.text import Text

from rtdebug.diagnosis.finding import Rule
from rtdebug.diagnosis.subject import MISSING
from rtdebug.reports.findings.linted import Linted, counts
from rtdebug.reports.show.found import Findings, Under, folded, tally
from rtdebug.reports.show.look import BAD, QUIET, Remark
from rtdebug.units import count, plain, quote


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
    if verbose and one.findings:
        yield Findings(one.path, one.findings)
    elif one.findings:
        yield from folded(one.path, one.findings, "--verbose")
    for rule, how in one.diagnosis.failed:
        yield Under(Text(f"▲ {rule.code} {rule.name} broke and says nothing here: {quote(how, 300)}", BAD))
    if verbose:
        for why, rules in _reasons(one).items():
            named = ", ".join(f"{rule.code} {rule.name}" for rule in rules)
            yield Under(Text(f"not evaluated, {quote(why, 200)}: {named}", QUIET))


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
    for told in _not_run(seen, verbose=verbose):
        words.append(f" · {told}")
    return words


def _not_run(seen: Sequence[Linted], *, verbose: bool) -> Iterator[str]:
    """Say which part of the rules could not run, by what the recordings have not; then what else rules lacked."""
    recordings: Counter[str] = Counter()
    rules: dict[str, set[str]] = {}
    others = 0
    for one in seen:
        lacking = [(_lacks(rule, why), rule.code) for rule, why in one.diagnosis.not_evaluated]
        others += sum(not what for what, _ in lacking)
        recordings.update({what for what, _ in lacking if what})
        for what, code in lacking:
            rules.setdefault(what, set()).add(code)
    for what, number in sorted(recordings.items(), reverse=True):
        where = f" in {count(number, 'recording')}" if len(seen) > 1 else ""
        yield f"no {what}{where}: {count(len(rules[what]), 'rule')} could not run"
    if others:
        more = "lacked something else" if recordings else "was not evaluated"
        yield f"{count(others, 'time')} a rule {more}{'' if verbose else ' (--verbose says why)'}"


def _lacks(rule: Rule, why: str) -> str:
    """Name what of a recording a rule needs and has not, times or audio; "" where it lacked something else."""
    missing = [need for need in rule.needs if MISSING[need] in why]
    return "" if not missing else "times" if "times" in missing else "audio"
