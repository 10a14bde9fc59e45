"""`rtdebug ls`: the recordings in a folder."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from rtdebug.cli.common import RECORDINGS, say

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

    from rtdebug.recording.library import Summary


@click.command("ls")
@click.argument("folder", default=RECORDINGS, type=click.Path(path_type=Path, file_okay=False), metavar="[DIR]")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a recording.")
def command(folder: Path, as_json: bool) -> None:
    """List the recordings in a folder and in those within: start, duration, model, events, responses, and the end.

    Recordings that are being written at this moment are marked `live`.
    """
    from rtdebug.errors import RecordingError, UsageError
    from rtdebug.recording.library import find, summarize

    if not folder.exists() and str(folder) != RECORDINGS:
        raise UsageError(f"{folder}: there is no such folder")
    summaries, found = [], find(folder)
    for path in found:
        try:
            summaries.append(summarize(path))
        except RecordingError as error:
            say(str(error))
    if as_json:
        for summary in summaries:
            print(_json(summary))
    elif summaries:
        _print_table(folder, summaries)
    elif not found:
        say(f"no recordings in {folder}; `rtdebug demo` makes one, `rtdebug proxy` records your own calls")


def _print_table(folder: Path, summaries: "list[Summary]") -> None:
    import shutil

    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 200
    console = Console(width=width, highlight=False)
    rows = [_cells(folder, summary) for summary in summaries]
    table = _table(rows)
    if console.measure(table, options=console.options.update(width=10_000)).maximum <= width:
        console.print(table)
        return
    for name, _, *details in rows:  # the name whole on a line of its own, so that it can be copied
        console.print(name, soft_wrap=True)
        console.print(Padding(Text(" · ").join(details), (0, 0, 0, 4)))


def _table(rows: "list[list[Text]]") -> "Table":
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=False)
    for heading in ("recording", "started (UTC)", "took", "model", "events", "responses", "ended"):
        right = heading in ("took", "events")
        table.add_column(heading, justify="right" if right else "left", no_wrap=right, overflow="fold")
    for name, started, took, model, events, responses, ending in rows:
        number = events.plain.removesuffix("s").removesuffix(" event")  # the column says what is counted
        table.add_row(name, started, took, model, number, responses, ending)
    return table


def _cells(folder: Path, summary: "Summary") -> "list[Text]":
    from rich.text import Text

    from rtdebug.clock import wall_text
    from rtdebug.recording.library import name_in
    from rtdebug.units import count, duration, plain, statuses

    totals, started_ns = summary.totals, summary.header.started_ns
    responses = totals.get("responses")
    exchanges = totals.get("exchanges")
    if isinstance(exchanges, int) and exchanges:
        events = count(exchanges, "exchange")
    elif summary.messages is not None:
        events = count(summary.messages, "event")
    else:
        events = f"≈{max(0, summary.entries - 2):,} events"
    gaps = f", {count(totals['gaps'], 'gap')}" if totals.get("gaps") else ""
    style = "green" if summary.live else "red" if not summary.complete or gaps else ""
    return [
        Text(plain(name_in(folder, summary.folder))),
        Text(wall_text(started_ns)[:19].replace("T", " ") if started_ns else "-"),
        Text("-" if "times" in summary.header.lacks else duration(summary.duration_ns)),
        Text(plain(summary.model) or "-"),
        Text(events),
        Text(plain(statuses(responses)) if isinstance(responses, dict) and responses else "no responses"),
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
