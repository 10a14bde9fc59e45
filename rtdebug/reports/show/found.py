"""How findings look wherever they are drawn: the sign and colour of a severity, a finding in a few lines, and many."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.text import Text

from rtdebug.diagnosis.finding import Finding, Severity
from rtdebug.reports.findings.linted import evidence
from rtdebug.reports.show.look import BAD, QUIET
from rtdebug.units import count, moment_of, plain, quote

SIGNS: Final[Mapping[Severity, str]] = {"error": "▲", "warning": "◆", "info": "·"}
STYLES: Final[Mapping[Severity, str]] = {"error": BAD, "warning": "yellow", "info": "blue"}
_MOST_WORDS = 600
_MOST_ENTRIES = 4
_UNDER = 8
"""Where the words of a finding begin."""
_MOST_ALIKE, _SHOWN = 5, 3
"""Findings of one rule and severity: where there are more than so many, only the first few are shown."""


@dataclass(frozen=True, slots=True)
class Findings:
    """Findings, one under the other."""

    path: str
    """Of the recording, for the commands that show the evidence; "" where they are left out."""
    findings: Sequence[Finding]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw them."""
        at = max((len(moment_of(one.at_ns)) for one in self.findings), default=0)
        for one in self.findings:
            head = _head(one, at)
            yield from _hanging(head, console, options.max_width)
            yield Under(_words(one))
            if self.path:
                yield Under(_command(plain(evidence(self.path, one)), options.max_width - _UNDER))


@dataclass(frozen=True, slots=True)
class Under:
    """Words that belong to the line before."""

    words: Text

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw them."""
        for line in self.words.wrap(console, max(20, options.max_width - _UNDER)):
            line.rstrip()
            yield Text.assemble(" " * _UNDER, line)


def folded(path: str, findings: Sequence[Finding], whole: str) -> Iterator[RenderableType]:
    """Draw findings, of many alike only the first few and how many more there are; `whole` is what shows them all."""
    kinds: dict[tuple[str, str], list[Finding]] = {}
    for found in findings:
        kinds.setdefault((found.code, found.severity), []).append(found)
    left_out = [same[_SHOWN:] for same in kinds.values() if len(same) > _MOST_ALIKE]
    hidden = {id(found) for same in left_out for found in same}
    yield Findings(path, [found for found in findings if id(found) not in hidden])
    for same in left_out:
        yield Under(_more(same, whole))


def severity_text(severity: Severity) -> Text:
    """Write a severity, in sign, word and colour."""
    return Text(f"{SIGNS[severity]} {severity}", STYLES[severity])


def tally(counts: Mapping[Severity, int]) -> str:
    """Count findings: `3 findings: 1 error, 2 warnings`."""
    told = [
        f"{number:,} {severity}" if severity == "info" else count(number, severity)
        for severity, number in counts.items()
        if number
    ]
    total = sum(counts.values())
    return f"{count(total, 'finding')}: {', '.join(told)}" if total else "no findings"


def _more(left_out: Sequence[Finding], whole: str) -> Text:
    last = left_out[-1]
    when = f" at {moment_of(last.at_ns)}" if last.at_ns is not None else ""
    words = f"… and {len(left_out):,} more {last.code} {last.rule.name}, the last{when} (#{last.seqs[0]})"
    return Text(f"{words}; {whole} shows them", QUIET)


def _hanging(words: Text, console: Console, width: int) -> Iterator[Text]:
    """Wrap words; all lines but the first begin where what is under them does."""
    for number, line in enumerate(words.wrap(console, max(20, width - _UNDER)) if words.cell_len > width else [words]):
        line.rstrip()
        yield Text.assemble(" " * _UNDER, line) if number else line


def _head(one: Finding, width: int) -> Text:
    named = Text.assemble((f"  {moment_of(one.at_ns):>{width}}  ", QUIET), severity_text(one.severity))
    named.append(f"  {one.code} ", "bold")
    named.append(one.rule.name)
    sure = "" if one.confidence == "high" else f"  {one.confidence} confidence"
    return named.append(f"{sure}  {_entries(one)}", QUIET)


def _entries(one: Finding) -> str:
    told = ", ".join(f"#{seq}" for seq in one.seqs[:_MOST_ENTRIES])
    more = len(one.seqs) - _MOST_ENTRIES
    return f"{told} and {more:,} more" if more > 0 else told


def _words(one: Finding) -> Text:
    return Text(quote(one.message, _MOST_WORDS))


def _command(words: str, room: int) -> Text:
    """Write a command that can be copied, on two lines where it is too long for one."""
    command, _, entries = words.rpartition(" --seq ")
    line = words if len(words) <= room else f"{command} \\\n  --seq {entries}"
    return Text(line, QUIET, overflow="fold")
