"""Cases: a good call, or one with a fault planted in it, and what all rules say of it."""

import shutil
import tempfile
import traceback
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path

from benchmarks.corpus.faults import PLANTERS
from benchmarks.corpus.good import GOOD, KINDS, Good, make
from benchmarks.corpus.take import record
from rtdebug.diagnosis.linting import diagnose
from rtdebug.diagnosis.rules import RULES
from rtdebug.opening import examined

_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Case:
    """Which call to make."""

    code: str
    """The fault that is planted, "" for a good call."""
    kind: str
    """The good call it is planted in."""
    seed: int
    planter: int = -1


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules said of a case."""

    case: Case
    found: dict[str, int] = field(default_factory=dict)
    """How many findings by code."""
    words: dict[str, str] = field(default_factory=dict)
    """The first of each."""
    broke: Sequence[str] = ()
    trouble: str = ""
    """Why the case could not be made."""

    @property
    def also(self) -> frozenset[str]:
        """Rules that had cause to speak as well."""
        return PLANTERS[self.case.planter].also if self.case.planter >= 0 else frozenset()


def cases(codes: Sequence[str], each: int, good: int) -> Iterator[Case]:
    """List so many cases of each fault, and so many good calls of each kind. The same each time."""
    for code in codes:
        ways = [(number, _name(on)) for number, one in enumerate(PLANTERS) if one.code == code for on in one.on]
        ways.sort(key=lambda way: way[1])
        for seed, (number, kind) in enumerate(islice(cycle(ways), each if ways else 0)):
            yield Case(code, kind, seed, number)
    for one in GOOD:
        for seed in range(good):
            yield Case("", one.name, 10_000 + seed)


def judge(case: Case) -> Verdict:
    """Make a case, and hold it against all rules."""
    folder = Path(tempfile.mkdtemp(prefix="rtdebug-corpus-"))
    try:
        planter = PLANTERS[case.planter] if case.planter >= 0 else None
        take = make(_good(case), case.seed, folder / "held", planter.play if planter else None)
        if planter is not None and planter.edit is not None:
            planter.edit(take)
        with examined(record(take, folder / "recorded")) as (_, subject):
            told = diagnose(subject, RULES)
    except Exception:
        return Verdict(case, trouble=traceback.format_exc(limit=-2))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    found: dict[str, int] = {}
    words: dict[str, str] = {}
    for one in told.findings:
        found[one.code] = found.get(one.code, 0) + 1
        words.setdefault(one.code, f"{one.severity}: {one.message}")
    return Verdict(case, found, words, [f"{rule.code}: {how}" for rule, how in told.failed])


def judge_all(made: Sequence[Case], workers: int) -> Iterator[Verdict]:
    """Judge cases side by side, and yield them in their order."""
    if workers < 2:
        yield from map(judge, made)
        return
    with ProcessPoolExecutor(workers) as pool:
        yield from pool.map(judge, made, chunksize=_AT_ONCE)


def _good(case: Case) -> Good:
    if case.planter < 0:
        return KINDS[case.kind]
    return next(_as_good(on) for on in PLANTERS[case.planter].on if _name(on) == case.kind)


def _as_good(on: str | Good) -> Good:
    return KINDS[on] if isinstance(on, str) else on


def _name(on: str | Good) -> str:
    return on if isinstance(on, str) else on.name
