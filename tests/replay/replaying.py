"""A replay server in a thread of its own, for code that has no event loop, or is busy in one of its own."""

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from rtdebug.replay.faults import Fault
from rtdebug.replay.server import ReplayServer
from rtdebug.replay.terms import AS_USUAL, Terms
from rtdebug.replay.testing.thread import Held, moments
from rtdebug.replay.verdict import Verdicts


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
        self._held = Held(self._server)

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
        return self._held.ask(lambda: self._server.verdicts)

    def settle(self, timeout_s: float = 2.0) -> Verdicts:
        """Wait until all recordings were played and their clients have left, or for so long; return the verdicts."""
        next(waited_s for waited_s in moments() if self._server.over.is_set() or waited_s >= timeout_s)
        return self.verdicts

    def __enter__(self) -> Self:
        self._held.enter()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._held.leave()
