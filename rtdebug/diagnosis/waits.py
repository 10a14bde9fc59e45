"""How long each answer was waited for, and what the wait was made of."""

from typing import NamedTuple

from rtdebug.diagnosis.subject import Subject
from rtdebug.session.latency import ResponseLatency
from rtdebug.session.model import Mark, Response, Turn


class Wait(NamedTuple):
    """How long an answer was waited for."""

    response: Response
    ns: int
    since: str
    """What the wait began with, in words."""
    seq: int
    """The entry it began with, as far as one is known."""
    end_of_turn_ns: int = 0
    """Part of it: until the server found that the user had finished."""
    tool_ns: int = 0
    """Part of it: until the client handed in what its tools gave."""
    client_ns: int = 0
    """Part of it: from `speech_stopped` until the client asked for an answer, where it asks for them itself."""

    @property
    def model_ns(self) -> int:
        """What is left: the model, and the way to it."""
        return max(0, self.ns - self.end_of_turn_ns - self.tool_ns - self.client_ns)


def waits(call: Subject) -> list[Wait]:
    """Return the wait for each answer of the conversation that was waited for."""
    turns = {turn.number: turn for turn in call.session.turns}
    found = (_wait(call, one, turns.get(one.turn)) for one in call.session.responses.values() if one.in_conversation)
    return [one for one in found if one is not None and one.ns > 0]


def _wait(call: Subject, response: Response, turn: Turn | None) -> Wait | None:
    """Say how long an answer was waited for; None where nobody waited, or nothing tells."""
    told, created = call.latencies.get(response.id), response.created
    if told is None or created is None:
        return None
    if turn is not None and told.voice_to_voice_ns is not None:
        ended = end_of_turn(call, turn) or 0
        return _spoken(call, response, turn, Wait(response, told.voice_to_voice_ns, "the user fell silent", 0, ended))
    if turn is not None and told.ttfa_speech_ns is not None:
        return _spoken(call, response, turn, Wait(response, told.ttfa_speech_ns, "speech_stopped", 0))
    asked_ns = told.ttfa_request_ns
    if asked_ns is None and response.asked.by == "response.create":
        asked_ns = _sum(told)
    mark = response.asked.mark or created
    return None if asked_ns is None else Wait(response, asked_ns, "the client asked for it", mark.seq)


def _spoken(call: Subject, response: Response, turn: Turn, wait: Wait) -> Wait:
    """Fill in where a spoken turn ended, and what the client took of the wait for the answer to it."""
    items = [call.session.items[id_] for id_ in turn.item_ids if id_ in call.session.items]
    stopped = next((item.speech.stopped for item in reversed(items) if item.speech and item.speech.stopped), None)
    asked = response.asked.mark
    mark = stopped or asked or response.created
    tools = _tools_ns(call, response, turn)
    by_client = response.asked.by == "response.create" and not response.tool_outputs
    client = _between(stopped, asked) if by_client else 0
    return wait._replace(seq=mark.seq if mark else 0, tool_ns=tools, client_ns=client)


def _between(start: Mark | None, end: Mark | None) -> int:
    """Say how long it was from one to the other, 0 where nobody knows."""
    if start is None or end is None or start.at_ns is None or end.at_ns is None:
        return 0
    return max(0, end.at_ns - start.at_ns)


def _sum(told: ResponseLatency) -> int | None:
    return None if told.response_ns is None or told.ttft_ns is None else told.response_ns + told.ttft_ns


def end_of_turn(call: Subject, turn: Turn) -> int | None:
    """Say how long after the true end of speech the server found it, ns."""
    told = [call.latencies[id_].endpointing_ns for id_ in turn.response_ids if id_ in call.latencies]
    return next((one for one in told if one is not None), None)


def _tools_ns(call: Subject, response: Response, turn: Turn) -> int:
    """Add up how long the client took for its tools, in a turn up to one of its answers."""
    total = 0
    for id_ in turn.response_ids[: turn.response_ids.index(response.id) + 1 if response.id in turn.response_ids else 0]:
        one = call.session.responses.get(id_)
        outputs = [call.session.items[item] for item in one.tool_outputs if item in call.session.items] if one else []
        handed = [item.asked or item.added for item in outputs]
        ended = [mark.at_ns for mark in handed if mark is not None and mark.at_ns is not None]
        called = [at_ns for item in outputs if (at_ns := _called_ns(call, turn, item.call_id)) is not None]
        if ended and called:
            total += max(0, max(ended) - min(called))
    return total


def _called_ns(call: Subject, turn: Turn, call_id: str) -> int | None:
    made = (call.session.responses[id_].item_ids for id_ in turn.response_ids if id_ in call.session.responses)
    for item_id in (one for ids in made for one in ids):
        item = call.session.items.get(item_id)
        if item is not None and call_id and item.call_id == call_id and item.arguments_done:
            return item.arguments_done.at_ns
    return None
