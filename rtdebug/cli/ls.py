"""`rtdebug ls`: the recordings in a folder."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from rtdebug.cli import drawing
from rtdebug.cli.common import say
from rtdebug.cli.naming import usual_folder
from rtdebug.cli.paths import PathOf

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

    from rtdebug.recording.library import Summary


_WIDEST = 10_000
"""Columns that no list needs."""


@click.command("ls")
@click.argument("folder", required=False, type=PathOf(exists=True), metavar="[DIR]")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a recording.")
def command(folder: Path | None, as_json: bool) -> None:
    """List the recordings in a folder and in those within: start, duration, model, events, responses, and the end.

    Without DIR, the folder is `recordings`, or what RTDEBUG_OUT says. Recordings that are being written at this moment
    are marked `live`; of imported ones, the file is named where there is room. Exit status 3 if one cannot be read.
    """
    from rtdebug.errors import RecordingError
    from rtdebug.recording.library import find, summarize

    folder = folder or usual_folder()
    summaries, found, status = [], find(folder), 0
    for path in found:
        try:
            summaries.append(summarize(path))
        except RecordingError as error:
            say(str(error))
            status = error.exit_code
    if as_json:
        for summary in summaries:
            print(_json(summary))
    elif summaries:
        _print_table(folder, summaries)
    elif not found:
        say(f"no recordings in {folder}; `rtdebug demo` makes one, `rtdebug proxy` records your own calls")
    if status:
        sys.exit(status)


def _print_table(folder: Path, summaries: "list[Summary]") -> None:
    from rich.padding import Padding
    from rich.text import Text

    from rtdebug.units import plain

    console = drawing.console(drawing.LIST_WIDTH)
    rows = [_cells(folder, summary) for summary in summaries]
    sources = [Text(plain(summary.header.source)) for summary in summaries]
    tables = [_table(rows, sources), _table(rows)] if any(sources) else [_table(rows)]
    for table in tables:
        needed = console.measure(table, options=console.options.update(width=_WIDEST)).maximum
        if drawing.is_piped():  # a line each, for other programs
            console.width = needed
        if needed <= console.width:
            console.print(table)
            return
    for (name, _, *details), source in zip(
        rows, sources, strict=True
    ):  # the name whole on a line of its own, so that it can be copied
        console.print(name, soft_wrap=True)
        console.print(Padding(Text(" · ").join([*details, source] if source else details), (0, 0, 0, 4)))


def _table(rows: "list[list[Text]]", sources: "Sequence[Text]" = ()) -> "Table":
    """Lay out the list, with the file that each was imported from where `sources` says it."""
    from rich import box
    from rich.table import Table

    table = Table(box=None if drawing.is_piped() else box.SIMPLE_HEAD, pad_edge=False, expand=False)
    headings = ("recording", "started (UTC)", "took", "model", "events", "responses", "ended")
    for heading in (*headings, "source") if sources else headings:
        right = heading in ("took", "events")
        table.add_column(heading, justify="right" if right else "left", no_wrap=right, overflow="fold")
    for number, (name, started, took, model, events, responses, ending) in enumerate(rows):
        counted = events.plain.removesuffix("s").removesuffix(" event")  # the column says what is counted
        table.add_row(name, started, took, model, counted, responses, ending, *sources[number : number + 1])
    return table


def _cells(folder: Path, summary: "Summary") -> "list[Text]":
    from rich.text import Text

    from rtdebug.clock import wall_text
    from rtdebug.recording.library import name_in
    from rtdebug.units import count, duration, plain, statuses

    totals, started_ns = summary.totals, summary.header.started_ns
    exchanges = totals.get("exchanges")
    if isinstance(exchanges, int) and exchanges:
        events = count(exchanges, "exchange")
    elif summary.messages is not None:
        events = ("≈" if summary.is_estimate else "") + count(summary.messages, "event")
    else:
        events = "-"
    gaps = f", {count(totals['gaps'], 'gap')}" if totals.get("gaps") else ""
    style = "green" if summary.live else "red" if not summary.complete or gaps else ""
    return [
        Text(plain(name_in(folder, summary.folder))),
        Text(wall_text(started_ns)[:19].replace("T", " ") if started_ns else "-"),
        Text("-" if "times" in summary.header.lacks else duration(summary.duration_ns)),
        Text(plain(summary.model) or "-"),
        Text(events),
        Text("-" if summary.responses is None else plain(statuses(summary.responses))),
        Text(plain(summary.ending) + gaps, style=style),
    ]


def _json(summary: "Summary") -> str:
    import orjson

    from rtdebug.clock import wall_text

    values = {
        "recording": str(summary.folder),
        "started": wall_text(summary.header.started_ns) if summary.header.started_ns else None,
        "duration_ns": summary.duration_ns,
        "carries": summary.header.carries,
        "upstream": summary.header.upstream,
        "target": summary.header.target,
        "lacks": summary.header.lacks,
        "source": summary.header.source,
        "entries": summary.entries,
        "live": summary.live,
        "complete": summary.complete,
        "ending": summary.ending,
    }
    unknown = dict.fromkeys(("session_id", "messages", "responses", "errors", "gaps"))
    return orjson.dumps(
        values | unknown | {**summary.totals, "model": summary.model, "ending": summary.ending}
    ).decode()
