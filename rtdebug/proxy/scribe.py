"""The writer of all recordings of a proxy: one thread that writes, one that makes the disk keep it.

What comes is decoded and handed over in batches, each recording's a moment after its first bytes, a small piece
between two rounds of the event loop. The writing thread does little but `pwritev`, which lets go of the interpreter,
so that it never holds up the pump. What the disk does not take is given up and admitted, never waited for.
"""

import asyncio
import errno
import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

from rtdebug.proxy.sheet import Job, Sheet, Trial
from rtdebug.proxy.spells import Spells
from rtdebug.recording.writer import RecordingWriter, try_out

BACKLOG_LIMIT = 192 << 20
"""Bytes that may wait for the disk in all, three times the largest message; past it, batches are given up."""
_WAIT_SECONDS = 0.18
"""How long bytes wait for company: what a crash may cost, against what decoding them one by one, with cold caches,
and waking the thread for each costs."""
_STEP_SECONDS = 0.001
"""The least time between two recordings that fall due."""
_MOST_UNREAD = 4 << 20
"""Bytes of all recordings that may wait to be decoded."""
_AT_ONCE = 256 << 10
"""A recording with this much waiting is not kept for the next round."""
_RETRY_SECONDS = 1.0
_TRIAL_SECONDS = 1.0
"""How long a question whether the disk can be written waits for the answer."""
_TRIAL_BYTES = 64 << 10
_SYNC_SECONDS = 1.0
_MOST_SYNCED = 20
"""Recordings that the disk is asked to keep in one go; with more, each has its turn less often."""


class Scribe:
    """Takes batches from the event loop and writes them."""

    def __init__(
        self, on_trouble: Callable[[str], None], on_hint: Callable[[str], None], on_relief: Callable[[], None]
    ) -> None:
        """`on_trouble` is called in the event loop, once for every spell of trouble, with what went wrong.

        `on_relief` is called there when such a spell is over, and `on_hint` with what a person should know of the
        disk; the same may come again.
        """
        self._on_trouble, self.hint = on_trouble, on_hint
        """`hint` tells a person of what is worth knowing, and no trouble."""
        self._loop = asyncio.get_running_loop()
        self._spells = Spells(self._loop, on_trouble, on_relief)
        self._jobs: queue.SimpleQueue[Job | Trial | None] = queue.SimpleQueue()
        self._to_sync: queue.SimpleQueue[tuple[Sheet, bool] | None] = queue.SimpleQueue()
        self._due: deque[tuple[float, Sheet]] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._trial: Trial | None = None
        self._trial_due = 0.0
        self._unread = 0
        self._handed = 0
        self._written = 0
        self.troubled = False
        """Something could not be recorded, now or earlier."""
        self._has_failed = False
        """What the writing thread last said is that a write failed."""
        self._unkept: set[str] = set()
        """What was said of a disk that could not be asked to keep what it has."""
        self._threads = [
            threading.Thread(target=self._write_jobs, name="rtdebug-writer", daemon=True),
            threading.Thread(target=self._sync_sheets, name="rtdebug-sync", daemon=True),
        ]

    def start(self) -> None:
        """Begin to write."""
        for thread in self._threads:
            thread.start()

    def came(self, sheet: Sheet, size: int) -> None:
        """Take note of bytes that a sheet has to read."""
        self._unread += size
        if not sheet.waiting:
            self._wait(sheet)
        while self._unread > _MOST_UNREAD and self.read(sheet):
            pass

    def noted(self, sheet: Sheet) -> None:
        """Take note of an entry that a sheet did not read."""
        if not sheet.waiting:
            self._wait(sheet)

    def read(self, sheet: Sheet) -> bool:
        """Have a sheet read a piece of what came; say whether there was any."""
        size = sheet.read()
        self._unread -= size
        if sheet.encoder.size > _AT_ONCE:
            self._hand_over(sheet)
        return size > 0

    def catch_up(self, sheet: Sheet) -> None:
        """Have a sheet read all that came."""
        while self.read(sheet):
            pass

    def close(self, sheet: Sheet) -> None:
        """Write a sheet's last line and close its files; its `closed` is set when that is done."""
        sheet.retry_at = 0.0
        self._hand_over(sheet, closes=True)
        sheet.ended = True

    async def can_write(self, folder: Path) -> bool:
        """Say whether recordings can be written, in doubt by writing something else in a folder: once a second."""
        if self._spells.failing:
            now = time.monotonic()
            if now >= self._trial_due and (self._trial is None or self._trial.done.is_set()):
                self._trial, self._trial_due = Trial(folder), now + _RETRY_SECONDS
                self._jobs.put(self._trial)
            if self._trial is not None:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._trial.done.wait(), _TRIAL_SECONDS)
        return not self._spells.failing

    async def stop(self, patience: float = 5.0) -> None:
        """End what `start` began once all is written; give up on a disk that does not answer."""
        self._spells.close()
        self._jobs.put(None)
        deadline = time.monotonic() + patience
        for thread in self._threads:
            await asyncio.to_thread(thread.join, max(0.0, deadline - time.monotonic()))

    def fault(self, what: str) -> None:
        """Report something that could not be recorded though the disk is well."""
        self.troubled = True
        self._on_trouble(what)

    def _wait(self, sheet: Sheet) -> None:
        sheet.waiting = True
        self._due.append((self._loop.time() + _WAIT_SECONDS, sheet))
        if self._timer is None:
            self._timer = self._loop.call_later(_WAIT_SECONDS, self._round)

    def _round(self) -> None:
        """Read a piece of what is due, or hand it over: one small thing, so that calls go on in between.

        Each recording keeps its own time, so that many never fall due at once.
        """
        now, due = self._loop.time(), self._due
        due_at, sheet = due[0]
        if due_at <= now and not self.read(sheet):
            due.popleft()
            sheet.waiting = False
            if not sheet.ended:
                self._hand_over(sheet)
            if not due:
                self._timer = None
                return
            due_at = max(due[0][0], now + _STEP_SECONDS)
        self._timer = self._loop.call_later(max(0.0, due_at - now), self._round)

    def _hand_over(self, sheet: Sheet, *, closes: bool = False) -> None:
        sheet.path = sheet.path or sheet.place(closes)
        if sheet.path is None:
            if not sheet.waiting:
                self._wait(sheet)
            return
        failed = sheet.failed[0] == sheet.generation
        full = self._handed - self._written + sheet.encoder.size > BACKLOG_LIMIT
        if failed or full:
            now = time.monotonic()
            self._skip(sheet, sheet.failed[1] if failed else "the disk did not keep up", failed=failed)
            if (full or now < sheet.retry_at) and not closes:
                return
            if failed:
                sheet.generation, sheet.retry_at = sheet.generation + 1, now + _RETRY_SECONDS
        if closes:
            sheet.encoder.end(sheet.now_ns())
        batch = sheet.encoder.take_batch()
        sheet.lost_from = None
        self._handed += batch.size
        self._jobs.put(Job(sheet, sheet.path, batch, sheet.generation, closes))

    def _skip(self, sheet: Sheet, reason: str, *, failed: bool) -> None:
        """Give up what waits, and all since the last entry on disk; what comes next begins by admitting it."""
        if not failed:
            self._trouble("the disk does not keep up with the traffic")
        sheet.has_gaps = True
        since = sheet.last_seq + 1 if failed else sheet.encoder.first_seq
        sheet.lost_from = min(since, sheet.lost_from or since)
        sheet.encoder.skip(sheet.now_ns(), f"not recorded: {reason}", sheet.lost_from)

    def _trouble(self, what: str) -> None:
        self.troubled = True
        self._spells.failed(what)

    def _not_kept(self, reason: str) -> None:
        if reason not in self._unkept:
            self._unkept.add(reason)
            self.fault(f"the disk may not keep all that was written: {reason}")

    # The threads. An error that nobody foresaw is one recording's, and never the end of them.

    def _write_jobs(self) -> None:
        while (job := self._jobs.get()) is not None:
            if isinstance(job, Trial):
                self._guarded(partial(self._try_out, job.folder))
                self._in_loop(job.done.set)
                continue
            if job.sheet.failed[0] < job.generation:
                try:
                    self._write(job)
                except Exception as error:
                    reason = _words(error)
                    job.sheet.failed = (job.generation, reason)
                    self._has_failed = True
                    self._in_loop(partial(self._trouble, f"{job.path}: {reason}"))
            self._written += job.batch.size
            if job.closes:
                self._to_sync.put((job.sheet, True))
        self._to_sync.put(None)

    def _write(self, job: Job) -> None:
        sheet = job.sheet
        if sheet.writer is not None and sheet.writer.is_deleted:
            deleted, sheet.writer = sheet.writer, None
            self._guarded(deleted.close)
            raise FileNotFoundError(errno.ENOENT, "it was deleted while it was written")
        if sheet.writer is None:
            sheet.writer = RecordingWriter(job.path)
            if not sheet.writer.is_marked:
                where = job.path.parent
                self._in_loop(partial(self.hint, f"{where} has no file locks: no call there is shown as live"))
        sheet.writer.write(job.batch)
        if self._has_failed or self._spells.is_open:
            self._worked(is_proof=job.closes)
        if not sheet.dirty:
            sheet.dirty = True
            self._to_sync.put((sheet, False))

    def _try_out(self, folder: Path) -> None:
        try_out(folder, _TRIAL_BYTES)
        self._worked(is_proof=False)

    def _worked(self, *, is_proof: bool) -> None:
        self._has_failed = False
        self._in_loop(partial(self._spells.worked, is_proof=is_proof))

    def _sync_sheets(self) -> None:
        """Have the disk keep what was written, about once a second; close what is finished."""
        dirty: deque[Sheet] = deque()
        deadline = time.monotonic() + _SYNC_SECONDS
        while True:
            try:
                item = self._to_sync.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                for _ in range(min(len(dirty), _MOST_SYNCED)):
                    sheet = dirty.popleft()
                    sheet.dirty = False
                    if (writer := sheet.writer) is not None:
                        self._guarded(writer.sync)
                deadline = time.monotonic() + _SYNC_SECONDS
                continue
            if item is None:
                return
            sheet, finished = item
            if not finished:
                dirty.append(sheet)
                continue
            if sheet in dirty:
                dirty.remove(sheet)
            if sheet.writer is not None:
                self._guarded(sheet.writer.sync)
                sheet.is_moved = sheet.last_seq > 0 and sheet.writer.is_moved()
                self._guarded(sheet.writer.close)
                sheet.missing = () if sheet.is_moved else tuple(sheet.writer.missing())
            self._in_loop(sheet.closed.set)

    def _guarded(self, act: Callable[[], None]) -> None:
        try:
            act()
        except OSError:
            pass  # the next write meets the same trouble, and says so
        except Exception as error:
            self._in_loop(partial(self._not_kept, _words(error)))

    def _in_loop(self, act: Callable[[], None]) -> None:
        try:
            self._loop.call_soon_threadsafe(act)
        except RuntimeError:
            pass  # the loop has ended without waiting for us


def _words(error: Exception) -> str:
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return f"the recorder failed ({type(error).__name__}: {error})"
