"""How a response ends, at whatever moment: the close-outs of the item under way, then `response.done`."""

from collections.abc import Callable
from typing import Any

from rtdebug.simulator.refusals import Json
from rtdebug.simulator.response import Kind, Output, Response
from rtdebug.simulator.script_reply import Drop
from rtdebug.simulator.state import Closing, State
from rtdebug.simulator.usage import no_usage, usage

_BREAKS_OFF = 1006
_RATE_LIMIT = 40_000
_RATE_WINDOW_S = 60


def close(state: State, response: Response, status: str) -> None:
    """Send the close-outs of the item under way, if there is one."""
    output = response.open
    if output is None:
        return
    response.open = None
    body = output.item.body
    _CLOSERS[output.kind](state, response, output)
    body["status"] = status
    if response.conversation_id is not None:
        state.send("conversation.item.done", previous_item_id=output.previous_item_id, item=dict(body))
    state.send("response.output_item.done", response_id=response.id, output_index=output.index, item=dict(body))


def finish(
    state: State, response: Response, status: str, reason: str | None = None, *, error: Json | None = None
) -> None:
    """Send the end of a response, and what is left of the rate limit."""
    details = None if reason is None and error is None else {"type": status, **_because(reason, error)}
    used = usage(response.context, state.read, response.tokens()) if response.outputs else no_usage()
    state.send("response.done", response=response.body(status, details=details, usage=used))
    if response.conversation_id is not None:
        state.active = None
        state.read = response.context if response.outputs else state.read
        # The user is waited for once all was heard, and hears slower than it is made.
        spoken_ms = sum(output.item.audio_ms for output in response.outputs)
        state.quiet_since_ms = state.ear.now_ms + spoken_ms if response.outputs else None
    # Cancelled before any output is the one end that rate limits do not follow.
    if response.outputs:
        state.send("rate_limits.updated", rate_limits=[_rate_limit(used["total_tokens"])])


def _because(reason: str | None, error: Json | None) -> Json:
    return {"reason": reason} if error is None else {"error": error}


def cancel(state: State, response: Response, reason: str) -> None:
    """Stop a response where it stands."""
    if response.steps is not None:
        state.agenda.drop(response.steps)
    state.running.remove(response)
    close(state, response, "incomplete")
    finish(state, response, "cancelled", reason)


def hang_up(state: State, drop: Drop) -> None:
    """End the connection as the script has it."""
    state.closing = Closing(_BREAKS_OFF if drop.code is None else drop.code, drop.reason)


def place(response: Response, output: Output) -> Json:
    """Return the ids that every event about a content part carries."""
    return {
        "response_id": response.id,
        "item_id": output.item.id,
        "output_index": output.index,
        "content_index": 0,
    }


def _close_audio(state: State, response: Response, output: Output) -> None:
    where = place(response, output)
    state.send("response.output_audio.done", **where)
    state.send("response.output_audio_transcript.done", **where, transcript=output.said)
    state.send("response.content_part.done", **where, part={"type": "audio", "transcript": output.said})
    output.item.body["content"] = [{"type": "output_audio", "transcript": output.said}]


def _close_text(state: State, response: Response, output: Output) -> None:
    where = place(response, output)
    state.send("response.output_text.done", **where, text=output.said)
    state.send("response.content_part.done", **where, part={"type": "text", "text": output.said})
    output.item.body["content"] = [{"type": "output_text", "text": output.said}]


def _close_call(state: State, response: Response, output: Output) -> None:
    body = output.item.body
    body["arguments"] = output.said
    state.send(
        "response.function_call_arguments.done",
        response_id=response.id,
        item_id=output.item.id,
        output_index=output.index,
        call_id=body["call_id"],
        name=body["name"],
        arguments=output.said,
    )


_CLOSERS: dict[Kind, Callable[[State, Response, Output], None]] = {
    "audio": _close_audio,
    "text": _close_text,
    "call": _close_call,
}


def _rate_limit(used: Any) -> Json:
    left = max(0, _RATE_LIMIT - int(used))
    reset_s = round((_RATE_LIMIT - left) * _RATE_WINDOW_S / _RATE_LIMIT, 3)
    return {"name": "tokens", "limit": _RATE_LIMIT, "remaining": left, "reset_seconds": reset_s}
