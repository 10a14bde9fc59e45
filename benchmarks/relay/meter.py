"""What a process and its children use: processor time to the nanosecond, memory, instructions."""

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CPUCLOCK_SCHED = 2
"""Linux builds the clock id of another process's CPU time from its pid and this."""
TICKS = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")
QUIET_SECONDS, QUIET_SHARE = 0.3, 0.1


@dataclass(frozen=True, slots=True)
class Usage:
    """Processor time used so far, of a process tree and of the whole machine."""

    cpu_ns: int
    user_ticks: int
    system_ticks: int
    machine_ns: int
    own_ns: int
    waited_ns: int
    at_ns: int


@dataclass(frozen=True, slots=True)
class Spent:
    """What was used between two readings."""

    cpu_ns: int
    user_share: float | None
    """Of `cpu_ns`; None when too little was used for the kernel's 10 ms ticks to tell."""
    seconds: float
    own_share: float
    """Of one core, by the load generator."""
    foreign_share: float
    """Of one core, by whatever else ran on the machine; from 10 ms ticks, so roughly."""
    waited_share: float
    """Of the time, that a thread of the tree was ready to run and another had the core."""


class Meter:
    """Read what a process tree uses; `pid` 0 stands for no process at all."""

    def __init__(self, pid: int) -> None:
        self._pid = pid

    def read(self) -> Usage:
        """Take a reading."""
        tree = list(self._tree())
        ticks = [_ticks(pid) for pid in tree]
        return Usage(
            cpu_ns=sum(map(_cpu_ns, tree)),
            user_ticks=sum(user for user, _ in ticks),
            system_ticks=sum(system for _, system in ticks),
            machine_ns=_machine_ns(),
            own_ns=time.process_time_ns(),
            waited_ns=sum(map(_waited_ns, tree)),
            at_ns=time.monotonic_ns(),
        )

    def since(self, before: Usage) -> Spent:
        """Return what was used since a reading."""
        now = self.read()
        cpu_ns = now.cpu_ns - before.cpu_ns
        own_ns = now.own_ns - before.own_ns
        wall_ns = now.at_ns - before.at_ns
        user = now.user_ticks - before.user_ticks
        ticks = user + now.system_ticks - before.system_ticks
        foreign_ns = now.machine_ns - before.machine_ns - cpu_ns - own_ns
        return Spent(
            cpu_ns=cpu_ns,
            user_share=user / ticks if ticks >= 20 else None,
            seconds=wall_ns / 1e9,
            own_share=own_ns / wall_ns,
            foreign_share=max(0.0, foreign_ns / wall_ns),
            waited_share=max(0, now.waited_ns - before.waited_ns) / wall_ns,
        )

    def resident_kib(self) -> int:
        """Return the memory the tree holds now."""
        return sum(_status_kib(pid, "VmRSS") for pid in self._tree())

    def peak_kib(self) -> int:
        """Return the most memory the tree has held since `reset_peak`."""
        return sum(_status_kib(pid, "VmHWM") for pid in self._tree())

    def reset_peak(self) -> None:
        """Let the peak start from here."""
        for pid in self._tree():
            (PROC / str(pid) / "clear_refs").write_text("5")

    def settle(self, *, seconds: float = 15.0) -> None:
        """Wait until the tree has nothing left to do."""
        deadline = time.monotonic() + seconds
        before = self.read().cpu_ns
        while time.monotonic() < deadline:
            time.sleep(0.5)
            now = self.read().cpu_ns
            if now - before < 5_000_000:
                return
            before = now

    def _tree(self) -> Iterator[int]:
        if not self._pid:
            return
        parents = dict(_parents())
        for pid in parents:
            ancestor = pid
            while ancestor and ancestor != self._pid:
                ancestor = parents.get(ancestor, 0)
            if ancestor:
                yield pid


class Patience:
    """Wait for a moment when little else runs, but not for ever."""

    def __init__(self, seconds: float) -> None:
        self._left = seconds

    def wait_for_quiet(self) -> None:
        """Return when the machine is quiet, or patience is at an end."""
        while self._left > 0:
            before, at = _machine_ns(), time.monotonic_ns()
            time.sleep(QUIET_SECONDS)
            busy = (_machine_ns() - before) / (time.monotonic_ns() - at)
            if busy <= QUIET_SHARE:
                return
            self._left -= QUIET_SECONDS


class Instructions:
    """Count user instructions with perf, where the machine lets it."""

    def __init__(self, pid: int) -> None:
        command = ["perf", "stat", "-x,", "-e", "instructions:u", "-p", str(pid)]
        self._perf = subprocess.Popen(command, stderr=subprocess.PIPE, text=True) if pid and can_count() else None

    def stop(self) -> int | None:
        """Return the instructions since it was made, or None where they cannot be counted."""
        if not self._perf:
            return None
        self._perf.send_signal(signal.SIGINT)
        _, report = self._perf.communicate()
        found = re.search(r"^(\d+),", report, re.MULTILINE)
        return int(found[1]) if found else None


def can_count() -> bool:
    """Return whether perf can count user instructions here."""
    if not shutil.which("perf"):
        return False
    trial = ["perf", "stat", "-x,", "-e", "instructions:u", "true"]
    report = subprocess.run(trial, stderr=subprocess.PIPE, text=True, check=False).stderr
    return bool(re.search(r"^\d+,", report, re.MULTILINE))


def _parents() -> Iterator[tuple[int, int]]:
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            try:
                yield int(entry.name), int(_stat(int(entry.name))[1])
            except OSError:
                continue


def _stat(pid: int) -> list[str]:
    """Return the fields after the command's name, which may hold blanks: state, parent, ..."""
    return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()


def _ticks(pid: int) -> tuple[int, int]:
    fields = _stat(pid)
    return int(fields[11]), int(fields[12])


def _cpu_ns(pid: int) -> int:
    return time.clock_gettime_ns((~pid << 3) | CPUCLOCK_SCHED)


def _waited_ns(pid: int) -> int:
    threads = (PROC / str(pid) / "task").iterdir()
    return sum(int((thread / "schedstat").read_text().split()[1]) for thread in threads)


def _machine_ns() -> int:
    fields = [int(field) for field in (PROC / "stat").read_text().split("\n", 1)[0].split()[1:9]]
    user, nice, system, _idle, _iowait, irq, softirq, steal = fields
    return (user + nice + system + irq + softirq + steal) * (1_000_000_000 // TICKS)


def _status_kib(pid: int, field: str) -> int:
    for line in (PROC / str(pid) / "status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1])
    return 0
