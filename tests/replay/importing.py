"""A recording as `rtdebug import` makes it of a log that tells the events and no address."""

from pathlib import Path

import orjson
from click.testing import CliRunner

from rtdebug.cli.import_ import command
from rtdebug.recording.reader import RecordingReader


def imported(path: Path, folder: Path) -> Path:
    """Write a recording's events as a log in a folder, and import that; return the recording."""
    log = folder / "call.jsonl"
    with RecordingReader(path) as reader, log.open("wb") as lines:
        for entry in reader.entries():
            if entry.kind == "message":
                lines.write(orjson.dumps({"from": entry.sender, "event": orjson.loads(reader.message(entry))}) + b"\n")
    done = CliRunner().invoke(command, [str(log), "-o", str(folder / "imported")], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    (made,) = (folder / "imported").iterdir()
    return made
