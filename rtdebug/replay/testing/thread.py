"""A thread with an event loop that holds something open: a test may have no loop, or be busy in one of its own."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager
from typing import Generic, TypeVar

from rtdebug.errors import RtdebugError

T = TypeVar("T")
R = TypeVar("R")
_STOPPING_S = 15.0
_MOMENT_S = 0.005


class Held(Generic[T]):
    """An asynchronous context, entered and left in a thread of its own."""

    def __init__(self, context: AbstractAsyncContextManager[T], name: str = "what runs beside the test") -> None:
        """`name` says what it is, where it does not end."""
        self._context = context
        self._name = name
        self._entered: Future[T] = Future()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="rtdebug-test", daemon=True)

    def enter(self) -> T:
        """Enter the context; raise what it raises."""
        self._thread.start()
        return self._entered.result()

    def ask(self, question: Callable[[], R]) -> R:
        """Call something in the thread, or here once the context has been left; return its answer."""
        answer: Future[R] = Future()
        if self._loop is None or not self._thread.is_alive():
            return question()
        try:
            self._loop.call_soon_threadsafe(lambda: _settle(answer, question))
        except RuntimeError:  # the loop has just been closed
            return question()
        while self._thread.is_alive():
            try:
                return answer.result(0.1)
            except TimeoutError:
                continue
        return answer.result(0) if answer.done() else question()

    def leave(self) -> None:
        """Leave the context, and wait until that is done; raise what it raises, RtdebugError where it does not end."""
        if self._loop is not None and self._stop is not None and self._thread.is_alive():
            with contextlib.suppress(RuntimeError):  # it has just ended by itself
                self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(_STOPPING_S)
            if self._thread.is_alive():
                raise RtdebugError(
                    f"{self._name} has not ended in {_STOPPING_S:g} s; it still runs, and what it records is not whole"
                )
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        try:
            asyncio.run(self._hold())
        except BaseException as error:  # it is raised where it is waited for
            if not self._entered.done():
                self._entered.set_exception(error)
            else:
                self._error = error

    async def _hold(self) -> None:
        self._stop, self._loop = asyncio.Event(), asyncio.get_running_loop()
        async with self._context as entered:
            self._entered.set_result(entered)
            await self._stop.wait()


def moments() -> Iterator[float]:
    """Tell the seconds that have gone by, again and again; they are slept: tests make clocks stand still."""
    number = 0
    while True:
        yield number * _MOMENT_S
        time.sleep(_MOMENT_S)
        number += 1


def _settle(answer: "Future[R]", question: Callable[[], R]) -> None:
    try:
        answer.set_result(question())
    except BaseException as error:  # it is raised where it is waited for
        answer.set_exception(error)
