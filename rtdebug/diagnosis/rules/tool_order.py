"""Tool calls whose parts come in the wrong order, or do not fit together."""

from collections.abc import Iterator

from rtdebug.diagnosis.finding import Hit, Severity
from rtdebug.diagnosis.moments import begun_after, between
from rtdebug.diagnosis.rule import rule
from rtdebug.diagnosis.subject import Subject
from rtdebug.diagnosis.unanswered import strays, unanswered
from rtdebug.protocol.reading import loads
from rtdebug.session.calling import FunctionCall, function_calls, speaks
from rtdebug.session.model import ToolOutput
from rtdebug.units import delay, quote

_MOST = 80
_COLLISION = "conversation_already_has_active_response"
_FOLLOWS_NS = 2_000_000_000


@rule("RT131", "tool-output-early", "info")
def early(call: Subject) -> Iterator[Hit]:
    """A tool's result was sent before the calling response was done.

    What it sees: a `function_call_output` between the call and `response.done` of its response. It is a warning where
    a `response.create` was then refused because that response was still in progress.

    Why it matters: the result itself is taken. But clients that send it ask for the next response in the same breath,
    and that is refused as long as the calling one is not done: the answer never comes.

    What to do: run the tool as soon as its arguments are whole, but wait for `response.done` before `response.create`;
    where a response holds several calls, until the last result is sent as well.

    Seen in: reachy_mini_conversation_app#406.
    """
    for one in function_calls(call.session):
        done = one.response.done
        if one.answered is None or done is None or one.answered.seq > done.seq:
            continue
        refused = _refused(call, one)
        before = between(one.answered, done)
        ahead = f"{delay(before)} before" if before is not None else "before"
        words = f"the client sent the result of {one.named} {ahead} {one.response.id} was done"
        words += ", and its response.create was refused" if refused is not None else ""
        more = (done.seq, *([refused] if refused is not None else []))
        severity: Severity | None = "warning" if refused is not None else None
        yield Hit(one.answered.seq, words, more, (), one.response.id, one.item.id, severity=severity)


@rule("RT132", "speaks-before-tool-result", "warning", "medium")
def speaks_before(call: Subject) -> Iterator[Hit]:
    """The model answered before it had the result of the tool it had called.

    What it sees: a response of the conversation with words in it that began after a tool was called and before its
    result was sent. It is information only where the user had spoken meanwhile, or where the `response.create` has
    instructions of its own: then it is meant to fill the pause.

    Why it matters: without the result the model says that it cannot know, or makes something up; when the result
    comes, it says something else.

    What to do: send `response.create` once, after the last result of a response's calls. Where several calls run side
    by side, wait for all of them.

    Seen in: openai-realtime-api-beta#49.
    """
    told = set[str]()
    for one in function_calls(call.session):
        if one.answered is None:
            continue
        for response in begun_after(call, one.response.done or one.made):
            begun = response.created
            if begun is None or begun.seq > one.answered.seq:
                break
            if response.id in told or not speaks(call.session, response):
                continue
            told.add(response.id)
            meant = response.asked.by != "response.create" or bool(response.asked.overrides)
            ahead = between(begun, one.answered)
            early = f"{delay(ahead)} before" if ahead is not None else "before"
            words = f"{response.id} began {early} the result of {one.named} was sent, and speaks without it"
            severity: Severity | None = "info" if meant else None
            yield Hit(begun.seq, words, (one.made.seq, one.answered.seq), (), response.id, severity=severity)


@rule("RT134", "tool-call-mismatch", "warning")
def mismatch(call: Subject) -> Iterator[Hit]:
    """A tool call or its result does not fit.

    What it sees: arguments of a completed call that are not JSON; a call of a function that the response was not
    offered; a `function_call_output` whose `call_id` no call has. That is an error where a call before it stays without
    a result and nothing comes after: RT130 is silent of that call.

    Why it matters: a client that does not expect it throws the call away or breaks; a result that belongs to no call
    is refused, and the call it was meant for stays open.

    What to do: give back what is wrong as the call's result, so that the model can try again: "no such function",
    "the arguments are not JSON". Take the `call_id` of a result from the call, not the item's id, and not one of a
    session before a reconnect.

    Seen in: pipecat#2179, openai-python#2262.
    """
    for one in function_calls(call.session):
        if (wrong := _wrong_arguments(one)) is not None:
            words = f"{one.named} was called with arguments that are not JSON: {wrong}"
            yield Hit(one.made.seq, words, (), (), one.response.id, one.item.id)
        if one.is_known is False:
            words = f"{one.response.id} calls {one.named}, a function that it was not offered"
            yield Hit(one.made.seq, words, (), (), one.response.id, one.item.id, confidence="medium")
    for output, meant in strays(call):
        yield _stray(call, output, meant)


def _stray(call: Subject, output: ToolOutput, meant: FunctionCall | None) -> Hit:
    """Speak of a result that no call has, and of the call that got none because of it."""
    named = quote(output.call_id, _MOST) or "no call_id"
    words = f"the client sent a tool's result for {named}, which no call has"
    words += "; it was refused" if output.refused else ""
    more = [output.refused.seq] if output.refused else []
    if meant is None:
        return Hit(output.asked.seq, words, tuple(more))
    open_ = unanswered(call, meant)
    severity = open_.severity if open_ is not None else None
    words += f", and {meant.named} got none" if output.refused else f"; {meant.named} got none"
    more = [*more, meant.made.seq]
    return Hit(output.asked.seq, words, tuple(more), (), meant.response.id, meant.item.id, severity=severity)


def _wrong_arguments(one: FunctionCall) -> str | None:
    """Return arguments that are not JSON, in short; None where they are, or none are shown."""
    arguments = one.item.arguments
    if not arguments.strip():
        return None
    try:
        loads(arguments.encode("utf-8", "replace"))
    except ValueError:
        return quote(arguments, _MOST)
    return None


def _refused(call: Subject, one: FunctionCall) -> int | None:
    """Find the error with which a response was refused because of the calling one."""
    for error in call.session.errors:
        if error.code != _COLLISION and "already has an active response" not in error.message:
            continue
        after = one.answered is not None and error.mark.seq > one.answered.seq
        done = one.response.done
        late = between(done, error.mark)
        crossed = done is None or error.mark.seq < done.seq or (late is not None and late < _FOLLOWS_NS)
        if after and crossed and (one.response.id in error.message or "resp_" not in error.message):
            return error.mark.seq
    return None


RULES = (early, speaks_before, mismatch)
