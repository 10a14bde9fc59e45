"""The server's side of one session, as a pure state machine: client messages in, server events out.

No socket, clock or file comes in here: whoever holds those tells the machine what arrived and what time it
is. Events that are not due yet stay inside, because what the client does next may undo them; `next_ns` says
when to ask again.
"""

from math import inf
from typing import Any

import orjson

from rtdebug.simulator import items, listening, responses
from rtdebug.simulator.agenda import Agenda
from rtdebug.simulator.audio import FORMATS
from rtdebug.simulator.conversation import Conversation
from rtdebug.simulator.dialects import dialect
from rtdebug.simulator.ear import Ear
from rtdebug.simulator.ids import Ids
from rtdebug.simulator.options import MANNER, Manner
from rtdebug.simulator.refusals import (
    Json,
    Refused,
    need,
    not_json,
    not_supported,
    not_text,
    session_expired,
    type_missing,
)
from rtdebug.simulator.script import DEFAULT, Script
from rtdebug.simulator.session import DEFAULT_MODEL, new_session, updated
from rtdebug.simulator.state import Closing, Handler, Recognise, Speak, State

_GOING_AWAY = 1001
_DEEPEST, _ROOM = 100, 16
"""Brackets from which on an event's depth is looked at, and how many more an answer puts around it."""


class Machine:
    """One session: tell it what arrives with `receive`, and the time with `poll`."""

    def __init__(
        self,
        *,
        speak: Speak,
        recognise: Recognise = lambda _audio, _format: None,
        script: Script = DEFAULT,
        model: str = DEFAULT_MODEL,
        ids: Ids | None = None,
        pace: float = 1.0,
        expires_at: int = 0,
        manner: Manner = MANNER,
        session: Json | None = None,
        limit_s: float = inf,
    ) -> None:
        """Hold one session, as it was configured beforehand if it was, for so long at most."""
        ids = ids or Ids()
        begun = new_session(ids.session(), model, expires_at, manner)
        session = begun if session is None else {**session, "id": begun["id"], "expires_at": expires_at}
        self._limit_s = limit_s
        self._ends_ns: int | None = None
        self._dialect = dialect(manner, ids)
        self._state = State(
            ids=ids,
            script=script,
            speak=speak,
            recognise=recognise,
            agenda=Agenda(pace=pace),
            session=session,
            conversation=Conversation(ids.conversation()),
            ear=Ear(FORMATS["audio/pcm"]),
            manner=manner,
        )
        listening.configure(self._state)

    @property
    def next_ns(self) -> int | None:
        """When there is more to say without being asked, or None."""
        dues = (self._state.agenda.next_ns, self._ends_ns)
        return min((due for due in dues if due is not None), default=None)

    @property
    def closing(self) -> Closing | None:
        """How the server hangs up, once it does; nothing is heard any more then."""
        return self._state.closing

    def open(self, now_ns: int) -> list[Json]:
        """Begin the session."""
        if self._limit_s != inf:
            self._ends_ns = now_ns + int(self._limit_s * 1e9)
        self._state.send("session.created", session=self._state.session)
        return self.poll(now_ns)

    def receive(self, message: str | bytes | Json, now_ns: int) -> list[Json]:
        """Take in a client event, or a text or binary frame; return the events that are due now."""
        state = self._state
        before = self.poll(now_ns)
        if state.closing is not None:
            return before
        state.now_ns = now_ns
        event: Any = None
        try:
            event = message if isinstance(message, dict) else _parse(message)
            read = self._dialect.read(event)
            _handler(read, _LISTENING if state.manner.transcribes else HANDLERS)(state, read)
        except Refused as refused:
            event_id = event.get("event_id") if isinstance(event, dict) else None
            state.send("error", error=refused.error(event_id if isinstance(event_id, str) else None))
        return before + self.poll(now_ns)

    def poll(self, now_ns: int) -> list[Json]:
        """Return the events that are due by now."""
        state = self._state
        state.agenda.run(now_ns)
        if self._ends_ns is not None and now_ns >= self._ends_ns:
            self._expire()
        if state.closing is not None:
            self._ends_ns = None
            state.agenda.clear()
        due, state.outbox = state.outbox, []
        return [told for event in due for told in self._dialect.tell(event)]

    def _expire(self) -> None:
        expired = session_expired(self._limit_s)
        # GA leaves it to the close frame to say why.
        if self._state.manner.shape == "beta":
            self._state.send("error", error=expired.error(None))
        self._state.closing = Closing(_GOING_AWAY, expired.message)


def _parse(message: str | bytes) -> Json:
    if isinstance(message, bytes):
        raise not_text()
    try:
        event = orjson.loads(message)
    except orjson.JSONDecodeError:
        raise not_json() from None
    if not isinstance(event, dict) or _is_deep(message, event):
        raise not_json()
    return event


def _is_deep(message: str, event: Json) -> bool:
    """Say whether an event nests deeper than the answers that hold parts of it could be written."""
    if message.count("[") + message.count("{") < _DEEPEST:
        return False
    for _ in range(_ROOM):
        event = {"": event}
    try:
        orjson.dumps(event)
    except orjson.JSONEncodeError:
        return True
    return False


def _handler(event: Json, known: dict[str, Handler]) -> Handler:
    if "type" not in event:
        raise type_missing()
    kind = need(event, "type", str)
    if kind not in known:
        raise not_supported(kind, known, "type")
    return known[kind]


def _update(state: State, event: Json) -> None:
    update = need(event, "session", dict)
    state.session = updated(state.session, update, heard=state.voice, manner=state.manner)
    listening.configure(state)
    state.send("session.updated", session=state.session)


_LISTENING: dict[str, Handler] = {"session.update": _update, **listening.HANDLERS}
HANDLERS: dict[str, Handler] = {**_LISTENING, **items.HANDLERS, **responses.HANDLERS}
"""What the machine understands."""
