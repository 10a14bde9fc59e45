"""`rtdebug verify`: prove that every message can be rebuilt."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from rtdebug.cli.common import recordings_in, say
from rtdebug.cli.naming import recordings_argument
from rtdebug.cli.progress import now_and_then
from rtdebug.errors import RecordingError

if TYPE_CHECKING:
    from rtdebug.recording.verify import Verdict


@click.command("verify")
@recordings_argument()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a recording.")
def command(recordings: tuple[Path, ...], as_json: bool) -> None:
    """Rebuild every message and hold it against its length and hash.

    A REC is a recording, or a folder of them. Says how many of how many are exact, what is missing and where.
    Exit status 1 if anything is missing or changed, or a recording was cut off before its end. One that is being
    written is `live`, and exact as far as it goes; one that only lacks its end is `cut off`; all others are BAD.
    """
    from rtdebug.recording.reader import is_live
    from rtdebug.recording.verify import verify

    clean, status = True, 0
    for folder, _ in recordings_in(recordings):
        try:
            live = is_live(folder)
            verdict = verify(folder, _progress(folder))
        except RecordingError as error:
            say(str(error))
            status = error.exit_code
            continue
        found = _Found(verdict, live=live and not verdict.ended)
        clean = clean and found.clean
        if as_json:
            _print_json(found)
        else:
            _print_words(found)
    if status or not clean:
        sys.exit(status or 1)


@dataclass(frozen=True, slots=True)
class _Found:
    """What verifying found, and whether that is all there will be."""

    verdict: "Verdict"
    live: bool
    """It is being written, and so has no end yet."""

    @property
    def problems(self) -> list[str]:
        """What is wrong: that it has no end yet is no problem of one that is being written."""
        return self._flaws if self.live else self.verdict.problems

    @property
    def clean(self) -> bool:
        """Say whether all that is there is proven, and nothing missing but what is still to come."""
        return self.verdict.clean or (self.live and not self.problems)

    @property
    def word(self) -> str:
        """Say in a word how it is."""
        if self.clean:
            return "live" if self.live else "ok"
        return "BAD" if self.verdict.ended or self._flaws else "cut off"

    @property
    def _flaws(self) -> list[str]:
        """What is wrong beside an end that is not there: that is named last, and a line may be torn where it stops."""
        if self.verdict.ended:
            return self.verdict.problems
        torn = f"line {self.verdict.entries + 2} is cut off"
        return [problem for problem in self.verdict.problems[:-1] if problem != torn]


def _print_words(found: _Found) -> None:
    from rtdebug.units import count, plain

    verdict = found.verdict
    struck = f", {verdict.redacted:,} kept without their secrets" if verdict.redacted else ""
    so_far = " so far" if found.live else ""
    exact = f"{verdict.exact:,} of {count(verdict.messages, 'message')} exact{so_far}{struck}"
    print(f"{found.word:3} {plain(str(verdict.folder))}: {exact}")
    for problem in found.problems:
        print(f"    {plain(problem)}")


def _print_json(found: _Found) -> None:
    import orjson

    verdict = found.verdict
    counts = {name: getattr(verdict, name) for name in ("messages", "exact", "redacted", "entries", "ended")}
    values = {"recording": str(verdict.folder), "clean": found.clean, **counts, "live": found.live}
    print(orjson.dumps({**values, "problems": found.problems}).decode())


def _progress(folder: Path) -> Callable[[int], None]:
    return now_and_then(lambda entries: f"{folder.name}: {entries:,} entries checked")
