"""Responses that end otherwise than they should: failed, cut short, or with nothing in them."""

from collections.abc import Iterator
from typing import Final

from rtdebug.diagnosis.finding import Hit
from rtdebug.diagnosis.rule import rule
from rtdebug.diagnosis.subject import Subject
from rtdebug.protocol.reading import text_in
from rtdebug.session.model import Item, Response
from rtdebug.units import count, quote

_MOST = 300
_CAUSES: Final = {
    "insufficient_quota": "the account's quota is used up",
    "billing_hard_limit_reached": "the account's spending limit is reached",
    "account_deactivated": "the account is switched off",
    "rate_limit_exceeded": "a rate limit was reached",
    "inference_rate_limit_exceeded": "a rate limit was reached",
    "server_error": "the service had an error of its own",
    "content_filter": "the content filter stopped it",
}
_STOPPED: Final = {
    "max_output_tokens": "its limit of output tokens was reached",
    "content_filter": "the content filter stopped it",
}


@rule("RT140", "response-failed", "error")
def failed(call: Subject) -> Iterator[Hit]:
    """A response failed.

    What it sees: `response.done` with the status `failed`. Type, code and message are the service's own words.

    Why it matters: the user hears nothing, or half a sentence, and no `error` event need tell of it: a client that
    only listens for `error` does not notice.

    What to do: read `status` and `status_details.error` of every `response.done`. After a rate limit, ask again when
    the time that the message names has gone by; after an error of the service's, once more and then in a new
    session; a used-up quota has to be raised first. Let the user hear that something went wrong.

    Seen in: twilio speech-assistant-node#37, openai-realtime-console#46, agent-squad#573, openai-dotnet#879.
    """
    for response in call.session.responses.values():
        if response.status != "failed" or response.done is None:
            continue
        code = text_in(response.error, "code") or text_in(response.error, "type")
        told = " — ".join(part for part in (code, text_in(response.error, "message")) if part)
        cause = next((_CAUSES[one] for one in (code, text_in(response.error, "type")) if one in _CAUSES), "")
        words = f"{response.id} failed{f': {cause}' if cause else ''} ({quote(told, _MOST) or 'no reason given'})"
        yield Hit(response.done.seq, words, _begun(response), response_id=response.id)


@rule("RT143", "silent-response", "warning")
def silent(call: Subject) -> Iterator[Hit]:
    """A response completed with nothing in it.

    What it sees: `response.done` with the status `completed`, and in the whole response no word, no audio and no
    call.

    Why it matters: to the user it is a call that has gone dead, though every event says that all is well.

    What to do: ask again, once. If it comes back, look at what the response was asked for with: `input: []`, an
    output that no instruction asks for, or a last item that is the assistant's own, so that there is nothing to say.

    Seen in: openai-realtime-console#46, openai-dotnet#879.
    """
    for response in call.session.responses.values():
        if response.status != "completed" or response.done is None or response.created is None:
            continue
        items = [call.session.items[one] for one in response.item_ids if one in call.session.items]
        if any(_says_something(item, without_audio="audio" in call.lacks) for item in items):
            continue
        used = response.usage.output_tokens if response.usage else 0
        spent = f", for {count(used, 'output token')}" if used > 0 else ""
        words = f"{response.id} completed with nothing in it{spent}: no words, no audio, no call"
        yield Hit(response.done.seq, words, _begun(response), response_id=response.id)


@rule("RT171", "response-incomplete", "warning")
def incomplete(call: Subject) -> Iterator[Hit]:
    """A response was cut short by a limit or a filter.

    What it sees: `response.done` with the status `incomplete`, and its reason.

    Why it matters: the user hears a sentence that breaks off, and the half sentence is part of the conversation.

    What to do: for `max_output_tokens`, raise the limit (audio takes 20 tokens a second, and a call's arguments count
    too) and ask for brevity in the instructions: a limit ends an answer, it does not shorten it. For
    `content_filter`, say something of the client's own, and go on with the next turn.

    Seen in: Azure-Samples/aoai-realtime-audio-sdk#26.
    """
    for response in call.session.responses.values():
        if response.status != "incomplete" or response.done is None:
            continue
        why = _STOPPED.get(response.reason, "")
        reason = f" ({quote(response.reason, 80)})" if response.reason else ""
        used = response.usage.output_tokens if response.usage else 0
        spent = f" after {count(used, 'output token')}" if used > 0 else ""
        words = f"{response.id} was cut short{spent}: {why or 'the server gave it up'}{reason}"
        yield Hit(response.done.seq, words, _begun(response), response_id=response.id)


def _begun(response: Response) -> tuple[int, ...]:
    return (response.created.seq,) if response.created else ()


def _says_something(item: Item, *, without_audio: bool) -> bool:
    """Say whether there is anything in an item; one of another type than a message is something in itself."""
    if item.type not in ("message", ""):
        return True
    spoken = any(part.audio is not None and part.audio.length_ns for part in item.parts.values())
    stripped = without_audio and any(part.type == "output_audio" for part in item.parts.values())
    return bool(item.text.strip()) or spoken or stripped


RULES = (failed, silent, incomplete)
