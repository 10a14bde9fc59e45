"""What the fixture `rtdebug` gives a test: where clients connect, and what came of the call."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from rtdebug.errors import UsageError

if TYPE_CHECKING:
    from rtdebug.diagnosis.finding import Finding, Severity
    from rtdebug.protocol.event import Event
    from rtdebug.replay.testing.judging import Judgement
    from rtdebug.replay.testing.reading import Told
    from rtdebug.replay.verdict import Verdict, Verdicts
    from rtdebug.session.model import Session


class Stage(Protocol):
    """Whoever is at the other end of the client: a replay or a recorder."""

    @property
    def recording(self) -> bool:
        """Whether a recording is being made."""

    @property
    def has_times(self) -> bool:
        """Whether the times of the call mean something: a replay at once has none."""

    @property
    def base_url(self) -> str:
        """What `OPENAI_BASE_URL` is."""

    @property
    def ws_url(self) -> str:
        """Where WebSockets go."""

    @property
    def verdicts(self) -> "Verdicts":
        """What was played so far."""

    @property
    def sent(self) -> "list[Event]":
        """What clients sent."""

    @property
    def audio_ms(self) -> float:
        """The microphone audio they sent."""

    def folders(self) -> list[Path]:
        """Return the recordings of what happened, one a connection, in their order."""

    def judge(self, *, complete: bool | None = None) -> "Judgement":
        """Say what was not as recorded."""


class Rtdebug:
    """The server side of a test's calls: a recording that plays it, or the real one with a recorder in between."""

    def __init__(self, stage: Stage, recordings: list[Path], worded: "Callable[[Judgement], str]") -> None:
        """`worded` says what a test is told that was not as recorded."""
        self.recordings = recordings
        """What is played, or made."""
        self._stage = stage
        self._worded = worded
        self._told: dict[Path, Told] = {}

    @property
    def recording(self) -> bool:
        """Say whether this run makes the recording; else it plays it."""
        return self._stage.recording

    @property
    def base_url(self) -> str:
        """The address that `OPENAI_BASE_URL` is set to."""
        return self._stage.base_url

    @property
    def ws_url(self) -> str:
        """The address for clients that take that of a WebSocket."""
        return self._stage.ws_url

    # What the client did; also while it is connected.

    @property
    def sent(self) -> list[Mapping[str, Any]]:
        """The events that clients sent, in GA's shape, in the ids that they know; microphone audio is left out."""
        return [event.data for event in self._stage.sent]

    def sent_types(self) -> list[str]:
        """Return the types of `sent`."""
        return [event.type for event in self._stage.sent]

    @property
    def audio_sent(self) -> float:
        """The microphone audio that clients sent, in milliseconds."""
        return self._stage.audio_ms

    @property
    def verdicts(self) -> "list[Verdict]":
        """What was played to each connection, and what did not fit; nothing while a recording is made."""
        return self._stage.verdicts.connections

    # What came of it; once the client has closed the connection.

    @property
    def session(self) -> "Session":
        """The one call that was made, folded; raises UsageError where there was none, or more."""
        sessions = self.sessions
        if len(sessions) != 1:
            raise UsageError(f"{len(sessions)} calls were made: look at rtdebug.sessions")
        return sessions[0]

    @property
    def sessions(self) -> "list[Session]":
        """The calls that were made, one a connection, in their order."""
        return [one.session for one in self._read()]

    @property
    def findings(self) -> "list[Finding]":
        """What the rules say of these calls. Those on times are held against calls that had any: not at `fast`."""
        return [finding for one in self._read() for finding in one.findings]

    @property
    def folders(self) -> list[Path]:
        """The recordings of these calls, for `rtdebug show` and its like."""
        return self._stage.folders()

    def assert_complete(self) -> None:
        """Fail unless every recording was asked for, the client did all its part, and every answer was heard."""
        __tracebackhide__ = True
        judgement = self._stage.judge(complete=True)
        if judgement:
            raise AssertionError(self._worded(judgement))

    def assert_no_findings(self, min_severity: "Severity" = "warning") -> None:
        """Fail where a rule found something of this severity, or graver: info, warning or error."""
        __tracebackhide__ = True
        from rtdebug.diagnosis.finding import SEVERITIES
        from rtdebug.units import count

        if min_severity not in SEVERITIES:
            raise UsageError(f"min_severity={min_severity!r}: expected {', '.join(SEVERITIES)}")
        most = SEVERITIES.index(min_severity)
        found = [described(one) for one in self.findings if SEVERITIES.index(one.severity) <= most]
        if found:
            raise AssertionError("\n".join([f"{count(len(found), 'finding')}:", *found]))

    def _read(self) -> "list[Told]":
        from rtdebug.replay.testing.reading import told

        folders = self._stage.folders()
        for folder in folders:
            if folder not in self._told:
                self._told[folder] = told(folder, has_times=self._stage.has_times)
        return [self._told[folder] for folder in folders]


def described(finding: "Finding") -> str:
    """Write a finding as one line."""
    from rtdebug.units import quote

    return quote(f"{finding.severity} {finding.code} {finding.rule.name}: {finding.message}")
