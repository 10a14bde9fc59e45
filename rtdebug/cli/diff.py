"""`rtdebug diff`: two sessions, or one and several others, held against each other."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from rtdebug.cli.common import names_in, recordings_in, say
from rtdebug.cli.naming import RecordingPath, recordings_argument
from rtdebug.errors import RtdebugError, UsageError

if TYPE_CHECKING:
    from rtdebug.reports.diff.tolerance import Tolerance
    from rtdebug.reports.diff.values import Comparison, Side
    from rtdebug.reports.recorded import Recorded


@click.command("diff")
@click.argument("first", type=RecordingPath(one=True), metavar="A")
@recordings_argument("others", "B...")
@click.option(
    "--only",
    "-s",
    metavar="ASPECTS",
    help="What to compare, separated by commas: session, config, transcript, responses, tools, errors, audio, latency, "
    "usage, events, order; or all. Without it: all but order.",
)
@click.option(
    "--tolerance",
    "-t",
    metavar="HOW",
    multiple=True,
    help="How far apart two numbers may be: latency=25%, audio=100ms, usage=10%, text=5%, text=words; 10% or 0 for "
    "all numbers. Named twice (latency=25%,latency=100ms), the wider one counts.  "
    "[default: latency=25%, latency=100ms, audio=5%, audio=100ms, usage=5%]",
)
@click.option("--json", "as_json", is_flag=True, help="Everything as one JSON object (docs/commands/diff.md).")
def command(first: Path, others: tuple[Path, ...], only: str | None, tolerance: tuple[str, ...], as_json: bool) -> None:
    """Compare two sessions, turn by turn: configuration, words, statuses, tool calls, waits, usage, event types.

    Turns are laid side by side by what the user says, so one turn more or less does not shift the others. Ids, times
    of day, and how audio and text were cut into pieces never count.

    `rtdebug diff before after --only config,transcript`

    `rtdebug diff before after --tolerance latency=10%,text=words`

    With several B, or a folder of them, each but A is compared with A: a line for each, and how far their waits spread.

    Exit status 0 if nothing differs beyond the tolerance, 1 if something does.
    """
    from rtdebug.cli.drawing import draw
    from rtdebug.reports.diff.drawing import drawn
    from rtdebug.reports.diff.json import comparisons_json
    from rtdebug.reports.diff.summary import summary
    from rtdebug.reports.diff.tolerance import read_tolerance

    names, allowed = _names(only), read_tolerance(tolerance)
    paths = _others(first, others)
    a, found, status = hold(first, paths, names, allowed)
    if as_json:
        sys.stdout.buffer.write(comparisons_json(a, allowed, found))
    elif found:
        draw(drawn(found[0]) if len(paths) == 1 else [summary(found)])
    if status:
        sys.exit(status)


def hold(
    first: Path, others: Sequence[Path], names: Sequence[str], allowed: "Tolerance"
) -> "tuple[Recorded, list[Comparison], int]":
    """Hold recordings against one; return it, the comparisons, and the exit status.

    Of several, one that cannot be read is said and left out; the only one raises RecordingError.
    """
    from rtdebug.reports.diff import compare

    a = _read(first, names)
    found: list[Comparison] = []
    status = 0
    for path in others:
        try:
            found.append(compare(a, _read(path, names), allowed, names))
        except RtdebugError as error:
            if len(others) == 1:
                raise
            say(str(error))
            status = error.exit_code
    return a.recorded, found, status or int(not all(one.same for one in found))


def _others(first: Path, paths: Sequence[Path]) -> list[Path]:
    """Return the recordings that are held against the first: not itself out of a folder that it is in.

    Raises UsageError where there are none.
    """
    found = [path for path, _ in recordings_in(paths, repeats=True)]
    others = [path for path in found if path in paths or path.resolve() != first.resolve()]
    if not others:
        raise UsageError(f"there is no recording but {first} in {', '.join(map(str, paths))}")
    return others


def _names(only: str | None) -> Sequence[str]:
    """Read the names of aspects; raise UsageError for one that is none."""
    from rtdebug.reports.diff import ASPECTS, USUAL

    if only is None:
        return USUAL
    names = names_in("--only", only, (*ASPECTS, "all"), "aspect")
    return list(ASPECTS) if "all" in names else names


def _read(path: Path, names: Sequence[str]) -> "Side":
    """Read a recording, and its event types where they are to be compared."""
    from rtdebug.cli.sessions import read
    from rtdebug.reports.diff.values import Side

    recorded = read(path)
    for problem in recorded.problems:
        say(f"{recorded.name}: {problem}")
    return Side(recorded, _types(path) if {"events", "order"} & set(names) else ())


def _types(path: Path) -> list[tuple[str, str]]:
    """Return sender and type of every event, in GA's names."""
    from rtdebug.opening import event_reader
    from rtdebug.recording.reader import RecordingReader

    with RecordingReader(path) as reader:
        events = map(event_reader(reader.header).read, reader.entries())
        return [(one.sender or "", one.type or "without a type") for one in events if one.kind == "message"]
