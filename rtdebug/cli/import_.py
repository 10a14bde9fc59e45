"""`rtdebug import`: other people's logs of Realtime sessions as recordings."""

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from rtdebug.cli.common import out_option, say
from rtdebug.cli.paths import PathOf
from rtdebug.cli.progress import now_and_then
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
    type=PathOf(exists=True, allow_dash=True),
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

    Secrets are struck out. What the log does not tell (times, audio) is marked as missing in the recording. Sessions
    that follow each other in a log become a recording each. Prints the folder of each recording, and on stderr which
    file it was made of; lines that cannot be read are counted, and the first ones named.
    """
    status, shelf = 0, _Shelf(out)
    for path in files:
        try:
            _import_file(path, out, shelf)
        except RtdebugError as error:
            say(str(error))
            status = error.exit_code
    if status:
        sys.exit(status)


def _import_file(path: Path, out: Path, shelf: "_Shelf") -> None:
    from rtdebug.errors import UsageError
    from rtdebug.imports.builder import build
    from rtdebug.imports.log import logs, nothing_in
    from rtdebug.imports.sessions import sessions
    from rtdebug.imports.source import Source
    from rtdebug.imports.survey import survey
    from rtdebug.protocol.secrets import keys_in

    if path.is_dir():
        raise UsageError(f"{path}: a folder; a recording needs no importing, and logs are named one by one")
    progress = now_and_then(lambda done, size: f"{path.name}: {done >> 20:,} of {size >> 20:,} MiB")
    source = Source(None if str(path) == "-" else path, progress)
    for log in logs(source):
        found = survey(log)
        if not found.messages:
            raise nothing_in(source)
        parts = sessions(log, found)
        if len(parts) > 1:
            say(f"{log.name}: {len(parts):,} sessions begin in it, one after the other: a recording each")
        if found.guessed:
            say(f"{log.name}: {_guess(found.guessed)}")
        for part, held in parts:
            before = shelf.recording_of(held.session_id)
            built = build(part, held, out, keys_in(os.environ))
            shelf.add(built.folder.name)
            print(built.folder, flush=True)
            _talk(part, held, built)
            if before:
                say(f"{part.name}: a recording of this session was there before: {before}; `rtdebug usage` counts both")


def _guess(updates: int) -> str:
    from rtdebug.units import count

    return (
        f"{count(updates, 'update')} not answered before the next session began: whose, was guessed "
        "(a session's first is its own, any other the next one's)"
    )


class _Shelf:
    """The recordings of a folder by the session in their name: looked through once, then told of each new one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._names: dict[str, str] | None = None

    def recording_of(self, session_id: str) -> str:
        """Name a recording of a session, "" where there is none."""
        from rtdebug.recording.library import find, folder_name

        if self._names is None:
            self._names = {}
            for path in find(self._folder):
                self.add(path.name)
        return self._names.get(folder_name(0, session_id), "") if session_id else ""

    def add(self, name: str) -> None:
        """Take a recording's name: a time, a session and a number, of which the session alone is always there."""
        if self._names is None:
            return
        for whole in (name, re.sub(r"-[0-9]+$", "", name)):
            for end in (0, *(found.end() for found in re.finditer("_", whole))):
                self._names.setdefault(whole[end:], name)


def _talk(log: "Log", found: "Survey", built: "Built") -> None:
    from rtdebug.units import count

    say(f"{log.name} → {built.folder}: {count(found.messages, 'message')}, read as {found.form}")
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
        f"{found.sessions:,} sessions begin in it that cannot be told apart, and are one recording now": found.sessions
        > 1,
        f"{count(found.untimed, 'message')} without a time got that of the one before": found.untimed > 0,
        f"{count(built.clamped, 'time')} went back and became that of the one before": built.clamped > 0,
        f"its times are numbers without a unit, taken as {line.unit}": bool(line.unit),
        "its times name no zone, and were taken as UTC": "zoneless" in line.scales,
        "its newest message stands first: turned round": line.backwards,
        "“sent” is what the server sent: it was written on that side": found.turned,
    }
    return [note for note, holds in notes.items() if holds]
