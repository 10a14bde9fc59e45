"""One scene with one endpoint: what was said on both sides, and what the play wants next.

Pure: whoever has the socket and the clock tells it what came and when.
"""

from dataclasses import dataclass

import orjson

from rtdebug.conform.steps import Check, NotPlayed, Reply, Say, Scene, Step, Unanswered, Wait
from rtdebug.protocol.event import Event, EventReader
from rtdebug.protocol.reading import inside
from rtdebug.recording.format import Entry
from rtdebug.wire.messages import Sender


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check came to."""

    code: str
    seq: int
    """The entry it rests on."""
    breach: str = ""


class Stage:
    """A scene being played: `begin`, then do each step and tell with `resume` what it brought."""

    def __init__(self, scene: Scene, *, url: str = "") -> None:
        self.scene = scene
        self.events: list[Event] = []
        """All that was said, in order."""
        self.findings: list[Finding] = []
        self.reason = ""
        """Why the scene was not played to its end, "" where it was."""
        self.closed = ""
        """How the endpoint closed the connection, in words, "" while it is open."""
        self._play = scene.play()
        self._reader = EventReader(target=url)
        self._heard = 0
        """How many events the play has heard."""
        self._waited_from = 0
        self._said: dict[str, int] = {}
        """The entries of what was said, by its id."""

    @property
    def reader(self) -> EventReader:
        """What reads the connection, and so knows its dialect."""
        return self._reader

    @property
    def server(self) -> list[Event]:
        """What the endpoint has said."""
        return [event for event in self.events if event.sender == "server"]

    # What comes and goes.

    def hear(self, text: bytes, at_ns: int, *, binary: bool = False) -> None:
        """Take in a message from the endpoint."""
        self._keep("server", text, at_ns, binary=binary)

    def say(self, step: Say, at_ns: int) -> tuple[str, str]:
        """Write what a step wants to be sent; return it with the id it goes under."""
        event_id = f"conform_{len(self._said) + 1}"
        self._said[event_id] = len(self.events) + 1
        event = step.event
        text = event if isinstance(event, str) else orjson.dumps({"event_id": event_id, **event}).decode()
        self._keep("client", text.encode(), at_ns)
        return text, event_id

    def close(self, words: str) -> None:
        """Take note that the endpoint has closed the connection."""
        self.closed = words

    def stop(self, reason: str) -> None:
        """Play no further."""
        self.reason = self.reason or reason
        self._play.close()

    # The play.

    def begin(self) -> Step | None:
        """Begin; return the first step."""
        return self._advance(None)

    def resume(self, reply: Reply) -> Step | None:
        """Go on; return the next step, None at the end."""
        return self._advance(reply)

    def answer(self, wait: Wait) -> Reply | None:
        """Return what a wait has brought, None while what it waits for has not come."""
        while self._heard < len(self.events):
            event = self.events[self._heard]
            self._heard += 1
            if event.sender == "server" and event.kind == "message" and _ends(wait, event):
                return Reply(heard=self._taken())
        return None

    def give_up(self, failure: str) -> Reply:
        """Return what a wait that was in vain has brought."""
        self._heard = len(self.events)
        return Reply(heard=self._taken(), failure=failure)

    def _advance(self, reply: Reply | None) -> Step | None:
        try:
            step = next(self._play) if reply is None else self._play.send(reply)
            while isinstance(step, Check):
                self.findings.append(Finding(step.code, self._said.get(step.about) or self._last(), step.breach))
                step = self._play.send(Reply())
        except StopIteration:
            return None
        except NotPlayed as stop:
            self.reason = str(stop)
            return None
        except Unanswered:
            self.reason = self.findings[-1].breach
            return None
        return step

    def _taken(self) -> tuple[Event, ...]:
        taken = self.events[self._waited_from : self._heard]
        self._waited_from = self._heard
        return tuple(event for event in taken if event.sender == "server")

    def _last(self) -> int:
        return self.events[self._heard - 1].seq if self._heard else 0

    def _keep(self, sender: Sender, text: bytes, at_ns: int, *, binary: bool = False) -> None:
        fields = {"binary": True} if binary else {}
        entry = Entry(len(self.events) + 1, at_ns, sender, "message", fields, text)
        self.events.append(self._reader.read(entry))


def _ends(wait: Wait, event: Event) -> bool:
    if not wait.types or event.type in wait.types:
        return True
    return event.type == "error" and inside(event.data, "error", "event_id") in (wait.about, "", None)
