"""Client events about responses: create and cancel."""

from rtdebug.simulator.closing import cancel
from rtdebug.simulator.conversation import Item
from rtdebug.simulator.items import referenced
from rtdebug.simulator.refusals import Json, already_active, not_active
from rtdebug.simulator.response import Response, choose, context
from rtdebug.simulator.session import for_response
from rtdebug.simulator.state import Handler, State
from rtdebug.simulator.streaming import stream


def start(state: State, settings: Json) -> None:
    """Begin a response with these settings; the default conversation has room for one."""
    in_band = settings["conversation"] != "none"
    if in_band and state.active is not None:
        raise already_active(state.active.id)
    items = _read(state, settings)
    response = Response(
        id=state.ids.response(),
        conversation_id=state.conversation.id if in_band else None,
        settings=settings,
        parts=choose(settings, items, state.script),
        context=context(settings, items),
    )
    if in_band:
        state.active = response
    state.running.append(response)
    state.send("response.created", response=response.body("in_progress"))
    response.steps = stream(state, response)
    state.agenda.start(response.steps, state.now_ns)


def _read(state: State, settings: Json) -> list[Item]:
    """Return the items a response reads: its own `input`, or the conversation."""
    if settings.get("input") is None:
        return list(state.conversation.items)
    return [referenced(state, body, f"response.input[{n}]") for n, body in enumerate(settings["input"])]


def _create(state: State, event: Json) -> None:
    start(state, for_response(state.session, event))


def _cancel(state: State, event: Json) -> None:
    wanted = event.get("response_id")
    response = state.active
    if wanted is not None:
        response = next((one for one in state.running if one.id == wanted), None)
    if response is None:
        raise not_active()
    cancel(state, response, "client_cancelled")


HANDLERS: dict[str, Handler] = {"response.create": _create, "response.cancel": _cancel}
