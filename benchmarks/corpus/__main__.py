"""`python -m benchmarks.corpus`: plant every fault, hold all calls against all rules, and write benchmarks/RULES.md.

`--only RT101,RT19` plants these alone and prints the table, what was missed, and what was said without cause.
"""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.corpus.cases import Verdict, cases, judge_all
from benchmarks.corpus.faults import PLANTERS
from benchmarks.corpus.table import GOAL, Score, scores, table
from rtdebug.diagnosis.rules import RULES

_OUT = Path(__file__).parents[1] / "RULES.md"
_MOST_SHOWN = 6
_HEAD = """\
Written by `uv run python -m benchmarks.corpus`, with the same seeds each time. Each fault is planted in calls in which
nothing else is wrong: of many kinds (spoken, written, tools, telephone lines, interruptions), in the words of GA, beta,
Azure and xAI, with rooms and microphones that differ. All rules judge all calls. *Recall*: of the calls with a fault,
the share in which its rule spoke. *Precision*: of the calls in which a rule spoke, the share in which its fault was
there. Where one fault brings another with it, what the other's rule says of these calls is not counted.
"""


def main() -> None:
    """Do it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.corpus", description=__doc__)
    parser.add_argument("--only", default="", help="codes, or their beginnings, separated by commas")
    parser.add_argument("--each", type=int, default=24, help="calls for each fault")
    parser.add_argument("--good", type=int, default=12, help="good calls of each kind")
    parser.add_argument("--workers", type=int, default=min(4, os.cpu_count() or 1))
    options = parser.parse_args()
    wanted = tuple(options.only.split(",")) if options.only else ("RT",)
    codes = sorted({one.code for one in PLANTERS if one.code.startswith(wanted)})
    began, made = time.monotonic(), list(cases(codes, options.each, options.good))
    verdicts = []
    for number, one in enumerate(judge_all(made, options.workers), 1):
        verdicts.append(one)
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{number:,} of {len(made):,} calls ")
    found = scores(RULES, verdicts)
    took = time.monotonic() - began
    if not options.only:
        _OUT.write_text(_page(verdicts, found), encoding="utf-8")
    print(table(RULES if not options.only else [one for one in RULES if one.code in codes], found))
    _explain(verdicts, found)
    print(f"{len(made):,} calls in {took:.0f} s")


def _explain(verdicts: Sequence[Verdict], found: dict[str, Score]) -> None:
    """Say what was missed, what was said without cause, and what could not be made."""
    for code, one in found.items():
        for what, names in (("missed", one.missed), ("without cause", one.false)):
            for name in names[:_MOST_SHOWN]:
                print(f"{code} {what}: {name}")
            if len(names) > _MOST_SHOWN:
                print(f"{code} {what}: … {len(names) - _MOST_SHOWN} more")
    for verdict in verdicts:
        for broken in verdict.broke:
            print(f"BROKE {broken} in {verdict.case}")
    troubled: dict[str, Verdict] = {}
    for verdict in verdicts:
        if verdict.trouble:
            troubled.setdefault(f"{verdict.case.code} {verdict.case.kind}", verdict)
    for name, verdict in troubled.items():
        print(f"NOT MADE {name}: {verdict.trouble.strip()}")


def _page(verdicts: Sequence[Verdict], found: dict[str, Score]) -> str:
    good = sum(not one.case.code for one in verdicts)
    without = [rule.code for rule in RULES if not found[rule.code].planted]
    short = [code for code, one in found.items() if one.is_short]
    spoiled = sum(bool(one.found) for one in verdicts if not one.case.code)
    parts = [
        "# How well the rules see\n",
        _HEAD,
        f"{len(verdicts):,} calls, {good:,} of them good; {spoiled} good calls with a finding.\n",
        table(RULES, found),
        f"Under {GOAL}: {', '.join(short) or 'none'}.\n",
    ]
    if without:
        parts.append(f"Not planted yet: {', '.join(without)}.\n")
    return "\n".join(parts)


if __name__ == "__main__":
    main()
