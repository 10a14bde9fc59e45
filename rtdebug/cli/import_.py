"""`rtdebug import`: other people's logs of Realtime sessions as recordings."""

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from rtdebug.cli.common import out_option, say
from rtdebug.errors import RtdebugError

if TYPE_CHECKING:
    from rtdebug.imports.builder import Built
    from rtdebug.imports.log import Log
    from rtdebug.imports.survey import Survey


@click.command("import")
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, exists=True, allow_dash=True),
    metavar="FILE...",
)
@out_option("Folder that the recordings are put in.")
def command(files: tuple[Path, ...], out: Path) -> None:
    """Make recordings of logs that something else wrote, so that every other command works on them.

    `rtdebug import call.har agent.jsonl -o incidents && rtdebug ls incidents`

    A FILE (`-` is standard input) is told apart by what is in it. These are read:

    - `{"from": "client", "event": {…}}` a line, in the spellings that loggers have, with times or without

    - `{"type": "session.update", …}` events alone, one a line or in a list

    - `2026-01-02T03:04:05Z DEBUG > {…}` a message behind the words of a log

    - a HAR from a browser, HTTP Toolkit or mitmproxy: one recording for each WebSocket

    - what `rtdebug cat REC --json` prints

    Secrets are struck out. What the log does not tell (times, audio) is marked as missing in the recording.
    Prints the folder of each recording; lines that cannot be read are counted, and the first ones named.
    """
    status = 0
    for path in files:
        try:
            _import_file(path, out)
        except RtdebugError as error:
            say(str(error))
            status = error.exit_code
    if status:
        sys.exit(status)


def _import_file(path: Path, out: Path) -> None:
    from rtdebug.errors import UsageError
    from rtdebug.imports.builder import build
    from rtdebug.imports.log import logs, nothing_in
    from rtdebug.imports.source import Source
    from rtdebug.imports.survey import survey
    from rtdebug.protocol.secrets import keys_in

    if path.is_dir():
        raise UsageError(f"{path}: a folder; a recording needs no importing, and logs are named one by one")
    progress = _Progress(path.name) if sys.stderr.isatty() else None
    source = Source(None if str(path) == "-" else path, progress)
    for log in logs(source):
        found = survey(log)
        if not found.messages:
            raise nothing_in(source)
        built = build(log, found, out, keys_in(os.environ))
        print(built.folder, flush=True)
        _talk(log, found, built)


def _talk(log: "Log", found: "Survey", built: "Built") -> None:
    from rtdebug.units import count

    say(f"{log.name}: {count(found.messages, 'message')}, read as {found.form}")
    for misread in found.named:
        say(f"{log.name}: {misread.place} was left out: {misread.why}")
    if found.misread > len(found.named):
        say(f"{log.name}: and {found.misread - len(found.named):,} more")
    for note in _notes(found, built):
        say(f"{log.name}: {note}")


def _notes(found: "Survey", built: "Built") -> list[str]:
    """Say what was guessed, filled in, or is missing."""
    from rtdebug.units import count

    line = found.timeline
    pieces = sum(side.pieces for side in found.audio.values())
    cut = sum(side.cut for side in found.audio.values())
    notes = {
        "it has no times: the order of the messages is all that is known of them": "times" in found.lacks,
        f"the audio is not in it: {cut:,} of {count(pieces, 'piece')} are cut short or left out": "audio"
        in found.lacks,
        f"{found.sessions:,} sessions begin in it, and are one recording now": found.sessions > 1,
        f"{count(found.untimed, 'message')} without a time got that of the one before": found.untimed > 0,
        f"{count(built.clamped, 'time')} went back and became that of the one before": built.clamped > 0,
        f"its times are numbers without a unit, taken as {line.unit}": bool(line.unit),
        "its times name no zone, and were taken as UTC": "zoneless" in line.scales,
        "its newest message stands first: turned round": line.backwards,
        "“sent” is what the server sent: it was written on that side": found.turned,
    }
    return [note for note, holds in notes.items() if holds]


class _Progress:
    """Shows on a terminal that a large file is being worked on."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._due = time.monotonic() + 1

    def __call__(self, done: int, size: int) -> None:
        if time.monotonic() > self._due:
            self._due = time.monotonic() + 1
            say(f"{self._name}: {done >> 20:,} of {size >> 20:,} MiB")
