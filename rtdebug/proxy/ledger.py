"""What became of the calls of a proxy: which were recorded, which were lost, which have gaps."""

from dataclasses import dataclass, field
from pathlib import Path

from rtdebug.proxy.recorder import Finished
from rtdebug.units import count


@dataclass(slots=True)
class Ledger:
    """Counts what has finished."""

    out: Path
    calls: int = 0
    lost: int = 0
    """Calls of which nothing is on disk."""
    gaps: list[Path | None] = field(default_factory=list)
    """Recordings in which something is missing, None for one that was moved."""
    http: str = ""
    """What is wrong with the recording of plain HTTP, "" for nothing."""

    def add(self, finished: Finished) -> None:
        """Take a recording that is complete, or lost."""
        is_call = not finished.tally.exchanges
        self.calls += is_call
        if finished.folder is None and not finished.is_moved:
            self.lost += is_call
            self.http = self.http if is_call else "was not recorded"
        elif not finished.is_whole:
            self.gaps.append(finished.folder)
            self.http = self.http if is_call else "has gaps"

    def shortfall(self) -> str:
        """Say what is not on disk and how to learn more, "" where all is there."""
        parts, gaps = [], len(self.gaps) - (self.http == "has gaps")
        of_all = f"of {count(self.calls, 'call')}"
        if self.lost:
            parts.append(f"{self.lost:,} {of_all} {'was' if self.lost == 1 else 'were'} not recorded")
        if gaps:
            some = f"{gaps:,}" if self.lost else f"{gaps:,} {of_all}"
            parts.append(f"{some} {'has' if gaps == 1 else 'have'} gaps")
        if self.http:
            parts.append(f"the plain HTTP {self.http}")
        known = [folder for folder in self.gaps if folder is not None]
        where = known[0] if len(known) == 1 else self.out
        return ", ".join(parts) + (f": `rtdebug verify {where}` says what is missing" if known else "")
