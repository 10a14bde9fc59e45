"""`rtdebug cat`: the messages of a recording, exactly as they were on the wire."""

import sys
from pathlib import Path

import rich_click as click

from rtdebug.cli.common import recording_argument, say


@click.command("cat")
@recording_argument
@click.option("--json", "as_json", is_flag=True, help='One JSON object a message: {"seq","at_ns","from","text"}.')
def command(recording: Path, as_json: bool) -> None:
    """Print the messages exactly as they were on the wire, one per line, audio back in its place.

    A message with line breaks of its own, or one that is not text, prints as it is; with `--json` each is one
    line whatever it holds, `base64` instead of `text` where it is not text:

    `rtdebug cat REC --json | jq 'select(.from == "client").text | fromjson.type'`
    """
    from rtdebug.recording.reader import Lost, RecordingReader

    lost = 0
    out = sys.stdout.buffer
    with RecordingReader(recording) as reader:
        for entry in reader.entries():
            if entry.kind != "message":
                continue
            try:
                message = reader.message(entry)
            except Lost as error:
                lost += 1
                say(f"entry {entry.seq} cannot be rebuilt: {error}")
                continue
            out.write(_as_json(entry.seq, entry.at_ns, entry.sender or "", message) if as_json else message)
            out.write(b"\n")
        out.flush()
        for problem in reader.problems:
            say(problem)
        if lost or reader.problems:
            sys.exit(1)


def _as_json(seq: int, at_ns: int, sender: str, message: bytes) -> bytes:
    import orjson
    from pybase64 import b64encode

    line: dict[str, object] = {"seq": seq, "at_ns": at_ns, "from": sender}
    try:
        line["text"] = message.decode()
    except UnicodeDecodeError:
        line["base64"] = b64encode(message).decode()
    return orjson.dumps(line)
