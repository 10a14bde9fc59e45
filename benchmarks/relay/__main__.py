"""`python -m benchmarks.relay`: measure all sides in one run and write RESULTS.md."""

import argparse
import os
import shlex
import signal
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.relay.loads import Load
from benchmarks.relay.loads.hour import Hour
from benchmarks.relay.loads.idle import Idle
from benchmarks.relay.loads.instructions import CountedVoice
from benchmarks.relay.loads.saturation import KINDS, Saturation
from benchmarks.relay.loads.voice import PacedVoice
from benchmarks.relay.machine import facts
from benchmarks.relay.report import report
from benchmarks.relay.runner import run
from benchmarks.relay.sides import GENERATOR_CORE, REPOSITORY, SIDES

LOADS = ("voice", "saturation", "idle", "hour", "instructions")
SATURATED_SESSIONS = (1, 50)
SATURATED_SECONDS = 3.0
IDLE_SESSIONS = 200
COUNTED_SECONDS = 12.0
HOUR_SESSIONS = (1, 10)
QUICK_SHARE = 0.05
RESULTS = REPOSITORY / "benchmarks" / "RESULTS.md"


def main() -> None:
    """Run what was asked for."""
    # In the background, SIGINT comes ignored; the sides would inherit that, and not end when told to.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    options = _options()
    names = options.sides.split(",")
    sides = [side for side in SIDES if side.name in names]
    loads = _loads(options)
    head = facts(_command(), sides)
    if (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(0, {GENERATOR_CORE})
    with TemporaryDirectory(prefix="rtdebug-bench-", dir=options.scratch) as scratch:
        results = run(loads, sides, options.rounds, Path(scratch))
    text = report(results, loads, sides, head)
    print(text)
    if options.output:
        options.output.write_text(text)
        print(f"written to {options.output}", file=sys.stderr)


def _loads(options: argparse.Namespace) -> list[Load]:
    wanted = options.loads.split(",")
    seconds: float = options.seconds
    loads: list[Load] = []
    if "voice" in wanted:
        loads += [PacedVoice(int(number), seconds) for number in options.sessions.split(",")]
    if "saturation" in wanted:
        saturated = min(seconds, SATURATED_SECONDS)
        loads += [Saturation(kind, number, saturated) for kind in KINDS for number in SATURATED_SESSIONS]
    if "idle" in wanted:
        loads.append(Idle(IDLE_SESSIONS))
    if "hour" in wanted:
        share = QUICK_SHARE if options.quick else 1.0
        loads += [Hour(number, share, options.speed) for number in HOUR_SESSIONS]
    if "instructions" in wanted and not (options.quick and options.loads == ",".join(LOADS)):
        loads.append(CountedVoice(COUNTED_SECONDS))
    return loads


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.relay", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short round, under three minutes; writes no file")
    parser.add_argument("--sides", default=",".join(side.name for side in SIDES), help="default: %(default)s")
    parser.add_argument("--loads", default=",".join(LOADS), help="default: %(default)s")
    parser.add_argument("--sessions", help="voice sessions at once; default: 1,10,50,100,200, quick 1,50,200")
    parser.add_argument("--seconds", type=float, help="measured per side, load and round; default: 8, quick 2")
    parser.add_argument("--rounds", type=int, help="default: 3, quick 1")
    parser.add_argument("--speed", type=float, default=120.0, help="of the hour, times real time; 0: all it can")
    parser.add_argument("--scratch", type=Path, help="where sides may write; up to 4 GB; default: the system's /tmp")
    parser.add_argument("--output", type=Path, help="default: benchmarks/RESULTS.md; nothing with --quick")
    options = parser.parse_args()
    quick: bool = options.quick
    options.sessions = options.sessions or ("1,50,200" if quick else "1,10,50,100,200")
    options.seconds = options.seconds or (2.0 if quick else 8.0)
    options.rounds = options.rounds or (1 if quick else 3)
    options.output = options.output or (None if quick else RESULTS)
    _check("--sides", options.sides, [side.name for side in SIDES], parser)
    _check("--loads", options.loads, LOADS, parser)
    return options


def _check(option: str, given: str, known: list[str] | tuple[str, ...], parser: argparse.ArgumentParser) -> None:
    for name in given.split(","):
        if name not in known:
            parser.error(f"{option}: {name!r} is none of {', '.join(known)}")


def _command() -> str:
    return shlex.join(["uv", "run", "python", "-m", "benchmarks.relay", *sys.argv[1:]])


if __name__ == "__main__":
    main()
