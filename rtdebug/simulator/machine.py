"""The server's side of one session, as a pure state machine: client messages in, server events out.

No socket, clock or file comes in here: whoever holds those tells the machine what arrived and what time it
is. Events that are not due yet stay inside, because what the client does next may undo them; `next_ns` says
when to ask again.
"""

from typing import Any

import orjson

from rtdebug.simulator import items, listening, responses
from rtdebug.simulator.agenda import Agenda
from rtdebug.simulator.audio import FORMATS
from rtdebug.simulator.conversation import Conversation
from rtdebug.simulator.ear import Ear
from rtdebug.simulator.ids import Ids
from rtdebug.simulator.refusals import Json, Refused, need, not_json, not_supported, type_missing
from rtdebug.simulator.script import DEFAULT, Script
from rtdebug.simulator.session import DEFAULT_MODEL, new_session, updated
from rtdebug.simulator.state import Handler, Speak, State


class Machine:
    """One session: tell it what arrives with `receive`, and the time with `poll`."""

    def __init__(
        self,
        *,
        speak: Speak,
        script: Script = DEFAULT,
        model: str = DEFAULT_MODEL,
        ids: Ids | None = None,
        pace: float = 1.0,
        expires_at: int = 0,
    ) -> None:
        ids = ids or Ids()
        session = new_session(ids.session(), model, expires_at)
        self._state = State(
            ids=ids,
            script=script,
            speak=speak,
            agenda=Agenda(pace=pace),
            session=session,
            conversation=Conversation(ids.conversation()),
            ear=Ear(FORMATS["audio/pcm"]),
        )
        listening.configure(self._state)

    @property
    def next_ns(self) -> int | None:
        """When there is more to say without being asked, or None."""
        return self._state.agenda.next_ns

    def open(self, now_ns: int) -> list[Json]:
        """Begin the session."""
        self._state.send("session.created", session=self._state.session)
        return self.poll(now_ns)

    def receive(self, message: str | bytes | Json, now_ns: int) -> list[Json]:
        """Take in a client event, or the text of one; return the events that are due now."""
        state = self._state
        before = self.poll(now_ns)
        state.now_ns = now_ns
        event: Any = None
        try:
            event = message if isinstance(message, dict) else _parse(message)
            _handler(event)(state, event)
        except Refused as refused:
            event_id = event.get("event_id") if isinstance(event, dict) else None
            state.send("error", error=refused.error(event_id if isinstance(event_id, str) else None))
        return before + self.poll(now_ns)

    def poll(self, now_ns: int) -> list[Json]:
        """Return the events that are due by now."""
        self._state.agenda.run(now_ns)
        due, self._state.outbox = self._state.outbox, []
        return due


def _parse(message: str | bytes) -> Json:
    try:
        event = orjson.loads(message)
    except orjson.JSONDecodeError:
        raise not_json() from None
    if not isinstance(event, dict):
        raise not_json()
    return event


def _handler(event: Json) -> Handler:
    if "type" not in event:
        raise type_missing()
    kind = need(event, "type", str)
    if kind not in HANDLERS:
        raise not_supported(kind, HANDLERS, "type")
    return HANDLERS[kind]


def _update(state: State, event: Json) -> None:
    update = need(event, "session", dict)
    state.session = updated(state.session, update, was_heard=state.conversation.has_output_audio())
    listening.configure(state)
    state.send("session.updated", session=state.session)


HANDLERS: dict[str, Handler] = {
    "session.update": _update,
    **listening.HANDLERS,
    **items.HANDLERS,
    **responses.HANDLERS,
}
"""What the machine understands."""
