"""`rtdebug cat`: the messages of a recording, exactly as they were on the wire."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from rtdebug.cli.common import say
from rtdebug.cli.naming import recording_argument
from rtdebug.errors import UsageError

if TYPE_CHECKING:
    from rtdebug.recording.format import Entry


@click.command("cat")
@recording_argument
@click.option("--json", "as_json", is_flag=True, help='One JSON object a message: {"seq","at_ns","from","text"}.')
@click.option(
    "--seq",
    "wanted",
    metavar="ENTRIES",
    help="Only these entries, such as 345,347 or 340-350; one that is no message prints what is recorded of it.",
)
def command(recording: Path, as_json: bool, wanted: str | None) -> None:
    """Print the messages exactly as they were on the wire, one per line, audio back in its place.

    REC is a path, or a part of a name in `recordings`; without it, the newest call there is meant.

    Plain HTTP prints as requests and answers, to be read; with `--json` each exchange is one line.

    A message with line breaks of its own, or one that is not text, prints as it is; with `--json` each is one
    line whatever it holds, `base64` instead of `text` where it is not text:

    `rtdebug cat REC --json | jq 'select(.from == "client").text | fromjson.type'`
    """
    from rtdebug.cli.exchanges import told
    from rtdebug.recording.plain import as_json as in_json
    from rtdebug.recording.reader import Lost, RecordingReader

    ranges = _ranges(wanted) if wanted is not None else None
    lost = found = 0
    opened: Entry | None = None
    out = sys.stdout.buffer
    with RecordingReader(recording) as reader:
        for entry in reader.entries():
            if ranges is not None and not any(entry.seq in one for one in ranges):
                continue
            if entry.kind == "opened":
                opened = entry
            if entry.kind != "message":
                if ranges is not None or (entry.kind == "http" and as_json):
                    out.write(_as_recorded(entry) + b"\n")
                elif entry.kind == "http":
                    out.write(told(entry).encode("utf-8", "replace") + b"\n")
                else:
                    continue
                found += 1
                continue
            found += 1
            try:
                message = reader.message(entry)
            except Lost as error:
                lost += 1
                say(f"entry {entry.seq} cannot be rebuilt: {error}")
                continue
            out.write(in_json(entry.seq, entry.at_ns, entry.sender or "", message) if as_json else message)
            out.write(b"\n")
        out.flush()
        for problem in reader.problems:
            say(problem)
        if ranges is not None and not found:
            raise UsageError(f"--seq {wanted}: {recording} has no such entry; `rtdebug cat` without it prints all")
        if not found:
            say(_why_nothing(opened))
        if lost or reader.problems:
            sys.exit(1)


def _why_nothing(opened: "Entry | None") -> str:
    """Say why a recording has no messages, and what it has instead."""
    from rtdebug.protocol.reading import list_in
    from rtdebug.replay.script import status_of

    if opened is None:
        return "no messages: nothing was recorded but the beginning"
    head = [line for line in list_in(opened.fields, "response", "head") if isinstance(line, str)]
    status = status_of(head)
    seen = f"`--seq {opened.seq}` prints it"
    if status is None:
        return f"no messages: the handshake was not answered; {seen}"
    if status == 101:
        return f"no messages: nobody said anything after the handshake; {seen}"
    return f"no messages: the handshake was refused with {status}; {seen}"


def _ranges(wanted: str) -> list[range]:
    """Read `345,347,350-360`; raise UsageError."""
    found = []
    for word in wanted.split(","):
        first, dash, last = (part.strip() for part in word.partition("-"))
        if not (first.isdecimal() and (last.isdecimal() or not dash)) or len(word) > 40:
            raise UsageError(f"--seq {wanted}: expected numbers of entries, such as 345,347 or 340-350")
        found.append(range(int(first), int(last or first) + 1))
    return found


def _as_recorded(entry: "Entry") -> bytes:
    """Write an entry that is no message: a handshake, a ping, a close, a gap."""
    import orjson

    from rtdebug.reports.values import clean

    shown = {"seq": entry.seq, "at_ns": entry.at_ns, "from": entry.sender, "kind": entry.kind, **entry.fields}
    return orjson.dumps(clean(shown))
