"""`rtdebug diff`: two sessions, or one and several others, held against each other."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from rtdebug.cli.common import recordings_in, say

if TYPE_CHECKING:
    from rtdebug.reports.diff.tolerance import Tolerance
    from rtdebug.reports.diff.values import Comparison, Side
    from rtdebug.reports.recorded import Recorded


@click.command("diff")
@click.argument("first", type=click.Path(path_type=Path, exists=True), metavar="A")
@click.argument("others", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True), metavar="B...")
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

    With several B, or a folder of them, each is compared with A: a line for each, and how far their waits spread.

    Exit status 0 if nothing differs beyond the tolerance, 1 if something does.
    """
    from rtdebug.cli.sessions import draw
    from rtdebug.reports.diff.drawing import drawn
    from rtdebug.reports.diff.json import comparisons_json
    from rtdebug.reports.diff.summary import summary
    from rtdebug.reports.diff.tolerance import read_tolerance

    names, allowed = _names(only), read_tolerance(tolerance)
    paths = [path for path, _ in recordings_in(others)]
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
    from rtdebug.errors import RtdebugError
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


def _names(only: str | None) -> Sequence[str]:
    """Read the names of aspects; raise UsageError for one that is none."""
    from rtdebug.errors import UsageError
    from rtdebug.reports.diff import ASPECTS, USUAL

    if only is None:
        return USUAL
    names = [name.strip().lower() for name in only.split(",") if name.strip()]
    if "all" in names:
        return list(ASPECTS)
    for name in names:
        if name not in ASPECTS:
            raise UsageError(f"--only {name}: there is no such aspect; there are {', '.join(ASPECTS)}, all")
    if not names:
        raise UsageError(f"--only names nothing; there are {', '.join(ASPECTS)}, all")
    return names


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
    from rtdebug.protocol.event import EventReader
    from rtdebug.recording.reader import RecordingReader

    with RecordingReader(path) as reader:
        header = reader.header
        events = map(EventReader(target=header.target, upstream=header.upstream).read, reader.entries())
        return [(one.sender or "", one.type or "without a type") for one in events if one.kind == "message"]
