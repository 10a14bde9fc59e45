"""How a refusal is judged: one error about what was said, nothing else changes, and the session goes on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rtdebug.conform.effects import changed
from rtdebug.conform.phrases import listen, say
from rtdebug.conform.steps import Check, Json, Play, Reply, Say
from rtdebug.protocol.event import Event
from rtdebug.protocol.reading import inside, object_in, text_in


@dataclass(frozen=True, slots=True)
class Expected:
    """What a refusal has to say."""

    error: str = ""
    """The error's code, "" for whatever."""
    param: str = ""
    never: Sequence[str] = ()
    """Types of events that would show that what was refused had an effect."""


def refused(code: str, session: Json, event: Json | str, expected: Expected) -> Play[None]:
    """Say what has to be refused, in a session with these settings, and hold against the code what comes of it."""
    about = (yield Say(event)).event_id
    # An update that names nothing shows all settings, and that the session goes on.
    mark = yield from say("session.update", session={"type": "realtime"})
    reply = yield from _until_marked(mark)
    told = [one for one in reply.heard if is_about(one, about)]
    if not told and not reply.failure:
        told = [one for one in (yield from listen("error", is_short=True)).heard if is_about(one, about)]
    yield Check(code, of_error(told, expected), about)
    effects = sorted({one.type for one in reply.heard if one.type in expected.never})
    yield Check(code, f"it was refused, and {' and '.join(effects)} came" if told and effects else "", about)
    yield Check(code, _of_session(session, reply), about)


def goes_on(code: str, session: Json) -> Play[None]:
    """Hold against the code whether the session goes on, with the settings it had."""
    mark = yield from say("session.update", session={"type": "realtime"})
    yield Check(code, _of_session(session, (yield from _until_marked(mark))))


def _until_marked(mark: str) -> Play[Reply]:
    """Listen until the update that was said last is answered; errors about other things come before that."""
    heard: list[Event] = []
    while True:
        reply = yield from listen("session.updated", "error")
        heard += reply.heard
        if reply.failure or reply.heard[-1].type != "error" or _about(reply.heard[-1]) == mark:
            return replace(reply, heard=tuple(heard))


def is_about(event: Event, about: str) -> bool:
    """Say whether an event is an error about what was said, or about nothing in particular."""
    if event.type != "error":
        return False
    return _about(event) in (about, None, "")


def _about(event: Event) -> object:
    return inside(event.data, "error", "event_id")


def of_error(told: Sequence[Event], expected: Expected) -> str:
    """Say what is wrong with the errors that came, "" for nothing."""
    if not told:
        return "no error came"
    shown = object_in(told[0].data, "error")
    code, place = text_in(shown, "code"), text_in(shown, "param")
    if expected.error and code != expected.error:
        return f"the error's code is {code or 'missing'}, expected {expected.error}: {text_in(shown, 'message')}"
    if expected.param and place != expected.param:
        return f"the error's param is {place or 'missing'}, expected {expected.param}"
    return f"{len(told)} errors came" if len(told) > 1 else ""


def _of_session(session: Json, reply: Reply) -> str:
    if reply.failure:
        return f"the session did not go on: {reply.failure}"
    last = reply.heard[-1]
    if last.type == "error":
        return ""
    differing = sorted(changed(session, object_in(last.data, "session")))
    return f"it was refused, and changed {', '.join(differing)}" if differing else ""
