"""Client events about responses: create and cancel."""

from rtdebug.simulator.agenda import Steps
from rtdebug.simulator.choosing import choose
from rtdebug.simulator.closing import cancel, hang_up
from rtdebug.simulator.reading import read
from rtdebug.simulator.refusals import Json, Refused, already_active, faulty, need, not_active
from rtdebug.simulator.response import Response, context
from rtdebug.simulator.script_reply import Drop
from rtdebug.simulator.session import for_response
from rtdebug.simulator.state import Handler, State
from rtdebug.simulator.streaming import stream

_MOST_RUNNING = 32
"""Responses that may be under way at a time, so that one client does not fill the memory."""


def start(state: State, settings: Json) -> None:
    """Begin a response with these settings; the default conversation has room for one."""
    in_band = settings["conversation"] != "none"
    if in_band and state.active is not None:
        raise already_active(state.active.id)
    if len(state.running) >= _MOST_RUNNING:
        raise Refused(f"There are already {_MOST_RUNNING} responses in progress.", code="too_many_responses")
    items = read(state, settings)
    reply = choose(settings, items, state.script)
    if reply.fault is not None:
        raise faulty(reply.fault)
    response = Response(
        id=state.ids.response(),
        conversation_id=state.conversation.id if in_band else None,
        settings=settings,
        reply=reply,
        context=context(settings, items),
    )
    if in_band:
        state.active = response
    state.running.append(response)
    state.send("response.created", response=response.body("in_progress"))
    response.steps = stream(state, response)
    state.agenda.start(response.steps, state.now_ns)
    if reply.drop is not None and reply.drop.after_chars is None:
        state.agenda.start(_drop(state, reply.drop), state.now_ns)


def _drop(state: State, drop: Drop) -> Steps:
    yield drop.after_ms * 1_000_000
    hang_up(state, drop)


def _create(state: State, event: Json) -> None:
    start(state, for_response(state.session, event, state.manner, heard=state.voice))


def _cancel(state: State, event: Json) -> None:
    wanted = event.get("response_id")
    response = state.active
    if wanted is not None:
        wanted = need(event, "response_id", str)
        response = next((one for one in state.running if one.id == wanted), None)
    if response is None:
        raise not_active()
    cancel(state, response, "client_cancelled")


HANDLERS: dict[str, Handler] = {"response.create": _create, "response.cancel": _cancel}
