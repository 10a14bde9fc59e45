"""Calls of functions that got no result, and results that no call has: often two sides of one mistake."""

from dataclasses import dataclass
from typing import Final

from rtdebug.diagnosis.finding import Severity
from rtdebug.diagnosis.moments import begun_after, watched_ns
from rtdebug.diagnosis.subject import Subject
from rtdebug.session.calling import FunctionCall, function_calls, known_calls
from rtdebug.session.model import Response, ToolOutput

OUTPUT_NS: Final = 10_000_000_000
"""From here on a result is missing, and not only slow."""


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A call that the recording shows without its result, long enough for that to count."""

    call: FunctionCall
    waited_ns: int
    later: list[Response]
    """The conversation's responses that began without it."""

    @property
    def severity(self) -> Severity:
        """How grave it is: a conversation that went on is not dead."""
        return "warning" if self.later else "error"


def unanswered(call: Subject, one: FunctionCall) -> Unanswered | None:
    """Say how a call was left without a result; None where it has one, or it may still come."""
    if one.answered is not None:
        return None
    later = begun_after(call, one.response.done or one.made)
    waited = watched_ns(call, one.made)
    over = call.session.ending.mark is not None
    return Unanswered(one, waited, later) if waited >= OUTPUT_NS or (later and over) else None


def strays(call: Subject) -> list[tuple[ToolOutput, FunctionCall | None]]:
    """Return the results whose `call_id` no call has, each with the open call that it seems to be meant for.

    That is the one whose item's id it bears, else of the last response with open calls the first. None are told of a
    connection that listens in: it has not seen the calls from before.
    """
    if call.traffic.is_sideband:
        return []
    known, found = known_calls(call.session), list[tuple[ToolOutput, FunctionCall | None]]()
    left = [one for one in function_calls(call.session) if one.answered is None]
    for output in call.session.tool_outputs:
        if output.call_id not in known:
            meant = _meant(output, left)
            left = [one for one in left if one is not meant]
            found.append((output, meant))
    return found


def _meant(output: ToolOutput, left: list[FunctionCall]) -> FunctionCall | None:
    made = [one for one in left if one.made.seq < output.asked.seq]
    last = made[-1].response if made else None
    by_id = (one for one in made if one.item.id == output.call_id)
    return next(by_id, None) or next((one for one in made if one.response is last), None)
