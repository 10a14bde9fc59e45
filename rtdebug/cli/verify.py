"""`rtdebug verify`: prove that every message can be rebuilt."""

import sys
import time
from pathlib import Path

import rich_click as click

from rtdebug.cli.common import recordings_in, say
from rtdebug.errors import RecordingError


@click.command("verify")
@click.argument("recordings", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True), metavar="REC...")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a recording.")
def command(recordings: tuple[Path, ...], as_json: bool) -> None:
    """Rebuild every message and hold it against its length and hash.

    A REC is a recording, or a folder of them. Says how many of how many are exact, what is missing and where.
    Exit status 1 if anything is missing or changed, or a recording was cut off before its end.
    """
    from rtdebug.recording.verify import verify

    clean, status = True, 0
    for folder, _ in recordings_in(recordings):
        try:
            verdict = verify(folder, _Progress(folder) if sys.stderr.isatty() else None)
        except RecordingError as error:
            say(str(error))
            status = error.exit_code
            continue
        clean = clean and verdict.clean
        if as_json:
            _print_json(verdict)
        else:
            _print_words(verdict)
    if status or not clean:
        sys.exit(status or 1)


def _print_words(verdict: object) -> None:
    from rtdebug.recording.verify import Verdict
    from rtdebug.units import count, plain

    assert isinstance(verdict, Verdict)
    struck = f", {verdict.redacted:,} kept without their secrets" if verdict.redacted else ""
    exact = f"{verdict.exact:,} of {count(verdict.messages, 'message')} exact{struck}"
    print(f"{'ok ' if verdict.clean else 'BAD'} {plain(str(verdict.folder))}: {exact}")
    for problem in verdict.problems:
        print(f"    {plain(problem)}")


def _print_json(verdict: object) -> None:
    import orjson

    from rtdebug.recording.verify import Verdict

    assert isinstance(verdict, Verdict)
    values = {
        name: getattr(verdict, name) for name in ("messages", "exact", "redacted", "entries", "ended", "problems")
    }
    print(orjson.dumps({"recording": str(verdict.folder), "clean": verdict.clean, **values}).decode())


class _Progress:
    """Shows on a terminal that a long recording is being worked on."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._due = time.monotonic() + 1

    def __call__(self, entries: int) -> None:
        if not entries % 5000 and time.monotonic() > self._due:
            self._due = time.monotonic() + 1
            say(f"{self._folder.name}: {entries:,} entries checked")
