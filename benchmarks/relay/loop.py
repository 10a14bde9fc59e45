"""A bare epoll loop: sends leave at once and timers keep to a quarter of a millisecond.

asyncio and uvloop queue writes to the end of an iteration and count time in whole milliseconds; at 200
sessions both would show up as the proxies' round trip.
"""

import ctypes
import heapq
import os
import select
import time
from collections.abc import Callable
from itertools import count

TICK_NS = 250_000
CLOCK_MONOTONIC = 1

Handler = Callable[[int], object]


class Loop:
    """Call handlers for ready sockets, and timers when they are due."""

    def __init__(self) -> None:
        self._epoll = select.epoll()
        self._handlers: dict[int, Handler] = {}
        self._timers: list[tuple[int, int, Callable[[int], int]]] = []
        self._order = count()
        self._tick = _ticking_fd(TICK_NS)
        # The kernel arms the next tick when this one is read.
        self.add(self._tick, lambda _: os.read(self._tick, 8))

    def add(self, fd: int, handler: Handler) -> None:
        """Call the handler with epoll's event bits whenever the descriptor can be read."""
        self._handlers[fd] = handler
        self._epoll.register(fd, select.EPOLLIN)

    def want_write(self, fd: int, *, wanted: bool) -> None:
        """Also wake for room to write, or stop doing so."""
        self._epoll.modify(fd, select.EPOLLIN | (select.EPOLLOUT if wanted else 0))

    def remove(self, fd: int) -> None:
        """Forget a descriptor that is about to be closed."""
        if self._handlers.pop(fd, None):
            self._epoll.unregister(fd)

    def call_at(self, due_ns: int, action: Callable[[int], int]) -> None:
        """Call `action(due_ns)` once that instant is past; it returns when it is due next, or 0 for never."""
        heapq.heappush(self._timers, (due_ns, next(self._order), action))

    def cancel_timers(self) -> None:
        """Drop all timers."""
        self._timers.clear()

    def close(self) -> None:
        """Give the descriptors back; sockets still open are their owners' to close."""
        self._handlers.clear()
        os.close(self._tick)
        self._epoll.close()

    def run_until(self, finished: Callable[[], bool], *, seconds: float) -> bool:
        """Run until `finished()`; return whether it was so within the time given."""
        deadline_ns = time.monotonic_ns() + int(seconds * 1e9)
        handlers, timers = self._handlers, self._timers
        while not finished():
            for fd, events in self._epoll.poll(0.01, 1024):
                if handler := handlers.get(fd):
                    handler(events)
            now_ns = time.monotonic_ns()
            while timers and timers[0][0] <= now_ns:
                due_ns, _, action = timers[0]
                if next_ns := action(due_ns):
                    heapq.heapreplace(timers, (next_ns, next(self._order), action))
                else:
                    heapq.heappop(timers)
            if now_ns > deadline_ns:
                return False
        return True

    def run_for(self, seconds: float) -> None:
        """Run for a while."""
        self.run_until(lambda: False, seconds=seconds)


def _ticking_fd(period_ns: int) -> int:
    """Open a timerfd that expires every so many nanoseconds (Python has these from 3.13 on)."""
    libc = ctypes.CDLL(None, use_errno=True)
    fd = int(libc.timerfd_create(CLOCK_MONOTONIC, 0))
    spec = (ctypes.c_long * 4)(0, period_ns, 0, period_ns)
    if fd < 0 or libc.timerfd_settime(fd, 0, ctypes.byref(spec), None):
        raise OSError(ctypes.get_errno(), "timerfd is not available")
    return fd
