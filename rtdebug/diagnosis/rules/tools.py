"""Tool calls that are not answered, answered late, or answered and then forgotten."""

from collections.abc import Iterator
from itertools import groupby

from rtdebug.diagnosis.finding import Hit, Severity
from rtdebug.diagnosis.moments import begun_after, between, client_sent, watched_ns
from rtdebug.diagnosis.rule import rule
from rtdebug.diagnosis.subject import Subject
from rtdebug.diagnosis.unanswered import OUTPUT_NS, strays, unanswered
from rtdebug.session.calling import function_calls, speaks
from rtdebug.session.model import Mark, Response
from rtdebug.units import delay

_S = 1_000_000_000
_CREATE_NS = 3 * _S
_SLOW_NS = 5 * _S
_MOST_IDS = 5


@rule("RT130", "tool-call-unanswered", "error", needs=("times",))
def no_result(call: Subject) -> Iterator[Hit]:
    """The model called a tool and never got a result.

    What it sees: a `function_call` of a completed response in the conversation, and no `function_call_output` for its
    `call_id`, though the recording goes on for 10 s or the conversation went on without it: then it is a warning. A
    result that comes later is slow (RT135), one that was sent for a `call_id` that no call has is a mismatch (RT134),
    calls of MCP tools are the server's own business, and a call right before the end may be the one that hangs up.

    Why it matters: nothing is said until somebody asks for the next response. To the user the line is dead.

    What to do: answer every call, also one that failed, is not known or was given up: send a `function_call_output`
    with the error in it, and then `response.create`. Read calls from `response.done`, where they are whole; one
    response may hold several.

    Seen in: pipecat#917 and #2179, talk-to-javascript-openai-workers#4, openai-python#2262.
    """
    mistaken = {meant.item.id for _, meant in strays(call) if meant is not None}
    for one in function_calls(call.session):
        open_ = unanswered(call, one)
        if open_ is None or one.item.id in mistaken:
            continue
        then = f", and {open_.later[0].id} was made without it" if open_.later else ""
        waited = delay(open_.waited_ns)
        words = f"{one.named} was called, and no result came in the {waited} until the recording ends{then}"
        more = _ids(open_.later)
        yield Hit(one.made.seq, words, more, (), one.response.id, one.item.id, severity=open_.severity)


@rule("RT133", "no-response-after-tool", "warning", "medium", needs=("times",))
def nothing_after(call: Subject) -> Iterator[Hit]:
    """A tool's result was sent, and no response was asked for.

    What it sees: the last result of a response's calls, and in the 3 s after it neither `response.create` nor a
    response nor speech of the user's. It is an error where nothing was answered for 10 s, and information only where
    the calling response had spoken: a tool that hangs up or shows something needs no more words.

    Why it matters: the service does not speak by itself when it gets a result. The model has what it asked for, and
    the user hears nothing until something else is said.

    What to do: send one `response.create` after the last result, once `response.done` of the calling response is
    there. If a tool is not to be spoken about, say so in its result and ignore this rule.

    Seen in: pipecat#917 and #2179, openai-python#2262.
    """
    creates = client_sent(call, "response.create")
    for response_id, made in groupby(function_calls(call.session), key=lambda one: one.response.id):
        calls = list(made)
        outputs = [one.answered for one in calls if one.answered]
        if len(outputs) < len(calls):
            continue
        last = max(outputs, key=lambda mark: mark.seq)
        later = begun_after(call, last)
        waited = between(last, later[0].created) if later else watched_ns(call, last)
        if waited is None or waited < _CREATE_NS:
            continue
        came = [*creates, *(one.started for one in call.session.speeches)]
        if any(one.seq > last.seq and (between(last, one) or 0) < _CREATE_NS for one in came) or _speaking(call, last):
            continue
        names = ", ".join(one.named for one in calls[:_MOST_IDS])
        words = f"the client sent the result of {names} and asked for no response: nothing came for {delay(waited)}"
        severity: Severity | None = "error" if waited >= OUTPUT_NS else None
        if speaks(call.session, calls[0].response):
            words, severity = f"{words}, after words of the assistant's", "info"
        yield Hit(last.seq, words, (calls[0].made.seq,), (), response_id, calls[0].item.id, severity=severity)


@rule("RT135", "slow-tool", "warning", needs=("times",))
def slow(call: Subject) -> Iterator[Hit]:
    """A tool took long.

    What it sees: more than 5 s between a call, whole, and its `function_call_output`. It is information only where
    something was said meanwhile, in the calling response or in one between.

    Why it matters: silence of some seconds on a telephone line is taken for a broken one.

    What to do: let the model say that it is looking something up before it calls, which the instructions can ask for,
    or ask for a few words with a `response.create` out of band. Answer a call whose result takes longer at once, with
    "in progress", and tell the result in a later message.

    Seen in: openai-realtime-api-beta#49, pipecat#2179.
    """
    for one in function_calls(call.session):
        took = between(one.made, one.answered)
        if one.answered is None or took is None or took <= _SLOW_NS:
            continue
        until = one.answered.seq
        between_ = [other for other in begun_after(call, one.made) if other.created and other.created.seq < until]
        filled = any(speaks(call.session, other) for other in (one.response, *between_))
        words = f"{one.named} took {delay(took)}"
        words += ", with words of the assistant's before or meanwhile" if filled else ", and the user heard nothing"
        severity: Severity | None = "info" if filled else None
        yield Hit(
            one.made.seq, words, (until,), (), one.response.id, one.item.id, one.answered.at_ns, severity=severity
        )


def _ids(responses: list[Response]) -> tuple[int, ...]:
    return tuple(one.created.seq for one in responses[:1] if one.created)


def _speaking(call: Subject, mark: Mark) -> bool:
    """Say whether the user was speaking at a moment: the end of that turn will be answered."""
    return any(
        one.started.seq < mark.seq and (one.stopped is None or one.stopped.seq > mark.seq)
        for one in call.session.speeches
    )


RULES = (no_result, nothing_after, slow)
