"""A replay server in a thread of its own, for code that has no event loop, or is busy in one of its own."""

import asyncio
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from rtdebug.replay.faults import Fault
from rtdebug.replay.server import ReplayServer
from rtdebug.replay.terms import AS_USUAL, Terms
from rtdebug.replay.verdict import Verdicts

_STOPPING_S = 10.0


class ReplayThread:
    """Recordings played to whoever connects; raises what `ReplayServer` does, in the thread that enters it."""

    def __init__(
        self,
        recordings: Sequence[Path],
        *,
        port: int = 0,
        terms: Terms = AS_USUAL,
        faults: Sequence[Fault] = (),
        loop: bool = False,
        out: Path | None = None,
    ) -> None:
        self._server = ReplayServer(recordings, port=port, terms=terms, faults=faults, loop=loop, out=out)
        self._stop: asyncio.Event | None = None
        self._ready = threading.Event()
        self._ended = threading.Event()
        self._events: asyncio.AbstractEventLoop | None = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="rtdebug-replay", daemon=True)

    @property
    def base_url(self) -> str:
        """What `OPENAI_BASE_URL` must be."""
        return self._server.base_url

    @property
    def ws_url(self) -> str:
        """Where WebSockets go."""
        return self._server.ws_url

    @property
    def verdicts(self) -> Verdicts:
        """What was played; whole once the context has been left."""
        return self._server.verdicts

    def settle(self, timeout_s: float = 2.0) -> Verdicts:
        """Wait until all recordings were played and their clients have left, or for so long; return the verdicts."""
        self._ended.wait(timeout_s)
        return self.verdicts

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        if self._error is not None:
            raise self._error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._events is not None and self._stop is not None:
            self._events.call_soon_threadsafe(self._stop.set)
        self._thread.join(_STOPPING_S)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:  # it is raised where it is waited for
            self._error = error
        finally:
            self._ready.set()
            self._ended.set()

    async def _serve(self) -> None:
        self._stop, self._events = asyncio.Event(), asyncio.get_running_loop()
        async with self._server as server, asyncio.TaskGroup() as tasks:
            self._ready.set()
            watching = tasks.create_task(self._watch(server))
            await self._stop.wait()
            watching.cancel()

    async def _watch(self, server: ReplayServer) -> None:
        await server.over.wait()
        self._ended.set()
