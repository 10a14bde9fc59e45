"""Recordings played to a test, by a server in a thread of its own."""

from collections.abc import Sequence
from pathlib import Path

from rtdebug.errors import RecordingError, UsageError
from rtdebug.protocol.event import Event
from rtdebug.replay.faults import parse_fault
from rtdebug.replay.ignoring import check_ignored
from rtdebug.replay.pace import FAST, parse_pace
from rtdebug.replay.policy import STRICTNESSES, Policy
from rtdebug.replay.server import ReplayServer
from rtdebug.replay.terms import Terms
from rtdebug.replay.testing.judging import Judgement, judged
from rtdebug.replay.testing.thread import Held, moments
from rtdebug.replay.testing.wish import Wish
from rtdebug.replay.verdict import Verdict, Verdicts

_GRACE_S = 0.5
"""How long the end of a test waits for its clients to be gone."""
_LEAST_S = 0.03
"""How long it waits for what they sent last, where they stay."""

_LOOKS = 10
"""How often nothing new has to be found: from its socket to the part, a message takes a few turns of the loop."""
_MOST_LOOKS = 1000


class Playing:
    """The server's part, played to whoever connects. Raises RecordingError and UsageError."""

    recording = False

    def __init__(self, places: Sequence[Path], wish: Wish, out: Path) -> None:
        terms = _terms(wish)
        faults = [parse_fault(fault) for fault in wish.faults]
        self._over: list[Verdict] = []
        self._server = ReplayServer(
            places, terms=terms, faults=faults, loop=wish.loop, out=out, on_verdict=self._over.append
        )
        check_ignored(self._server.scripts, wish.spelled, "marker rtdebug: ignore")
        for script in self._server.scripts:
            if not script.steps and script.refusal is None:
                raise RecordingError(f"recording {script.name}: there is no call in it; make it anew")
        self._held = Held(self._server, "the replay")
        self._complete = wish.complete
        self.has_times = terms.pace != FAST

    def start(self) -> None:
        """Listen; raise OSError."""
        self._held.enter()

    def stop(self) -> None:
        """End it; who is still connected is sent away."""
        self._held.leave()

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
        """What was played so far, in the order in which the connections began."""
        found = self._held.ask(lambda: self._server.verdicts)
        return Verdicts(sorted(found.connections, key=_begun), found.unplayed)

    @property
    def sent(self) -> list[Event]:
        """What clients sent so far, microphone audio left out."""
        return [event for one in self._heard() for event in one.sent]

    @property
    def audio_ms(self) -> float:
        """The microphone audio they sent."""
        return sum(one.speech_ms for one in self._heard())

    def _heard(self) -> list[Verdict]:
        """Return what was played once it does not change from look to look: what was just sent is on its way here."""
        before: list[tuple[int, float]] = []
        alike = 0
        for _ in range(_MOST_LOOKS):
            found = self.verdicts.connections
            now = [(len(one.sent), one.speech_ms) for one in found]
            alike, before = alike + 1 if now == before else 0, now
            if alike == _LOOKS:
                break
        return found

    def folders(self) -> list[Path]:
        """Return the recordings of what was played; raise UsageError while a client is connected."""
        self._wait()
        if self._there():
            raise UsageError("the client is still connected: the session is there once it has closed the connection")
        return [one.folder for one in self.verdicts.connections if one.folder is not None]

    def judge(self, *, complete: bool | None = None) -> Judgement:
        """Say what clients did otherwise than recorded: as `judged` does, by default with what the test asked for."""
        self._wait(clean=True)
        return judged(self.verdicts, self._complete if complete is None else complete)

    def _there(self) -> list[Verdict]:
        """Return the calls that are not over: also those whose client has just closed, and whose recording is due."""
        return self._held.ask(lambda: self._server.verdicts.connections[len(self._over) :])

    def _wait(self, *, clean: bool = False) -> None:
        """Give clients that are leaving a moment to be gone; with `clean`, less to those that did their part."""
        for waited_s in moments():
            there = self._there()
            if not there or waited_s > (_LEAST_S if clean and all(one.clean for one in there) else _GRACE_S):
                return


def _terms(wish: Wish) -> Terms:
    for strictness in STRICTNESSES:
        if wish.match == strictness:
            policy = Policy(strictness, frozenset(wish.ignore))
            return Terms(policy=policy, pace=parse_pace(wish.pace), patience_s=wish.patience)
    raise UsageError(f"marker rtdebug: match={wish.match!r}: expected {', '.join(STRICTNESSES)}")


def _begun(verdict: Verdict) -> tuple[bool, str]:
    """Order connections by the names of their recordings, which begin with the time; those under way come last."""
    return verdict.folder is None, verdict.folder.name if verdict.folder else ""
