"""Sessions that were refused, or begun anew: key, quota, model, and a context that is lost."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from rtdebug.diagnosis.finding import Hit
from rtdebug.diagnosis.rule import rule
from rtdebug.diagnosis.subject import Subject
from rtdebug.diagnosis.traffic import session_of
from rtdebug.units import quote

_REFUSED: Final = {
    "invalid_api_key": "the key is not valid",
    "insufficient_quota": "the quota is used up",
    "billing_hard_limit_reached": "the billing limit is reached",
    "account_deactivated": "the account is closed",
    "invalid_organization": "the organization is not valid",
    "invalid_model": "the model does not do this",
    "model_not_found": "the model is not there",
}
_BETA: Final = "beta_api_shape_disabled"


@rule("RT203", "context-lost", "warning", "medium")
def context_lost(call: Subject) -> Iterator[Hit]:
    """A second session began in the same recording; it knows nothing of the first.

    What it sees: a `session.created` with another id after items were added to the conversation, as in the log of a
    client that connects again by itself.

    Why it matters: there is no resuming. The assistant has forgotten the call, and greets the user anew.

    What to do: when connecting again, send the items of the old conversation, or a summary of it, before the first
    response.

    Seen in: openai-python, whose client connects again after 1001; reachy_mini_conversation_app#134.
    """
    begun = call.traffic.of("session.created")
    for first, event in pairwise(begun):
        before, behind = session_of(first), session_of(event)
        said = any(item.added and item.added.seq < event.seq for item in call.session.items.values())
        if before and behind and before != behind and said:
            words = (
                f"another session began here ({quote(behind, 60)}); what was said in {quote(before, 60)} is lost to it"
            )
            yield Hit(event.seq, words)


@rule("RT204", "connection-refused", "error")
def refused(call: Subject) -> Iterator[Hit]:
    """The service did not let the client in, or threw it out: key, quota, account or model.

    What it sees: a handshake that was answered with something else than 101, or not at all; an `error` with a code
    such as `invalid_api_key`, `insufficient_quota` or `invalid_model`; a close frame of the server's with 3000, or
    4000 and above.

    Why it matters: there is no call. OpenAI accepts the connection first and refuses it with its first event, so
    that a client which only looks at the handshake believes it is connected.

    What to do: read the message: a key of the wrong project, a quota, or a model's name. Treat these codes as final
    and do not try again in a loop.

    Seen in: openai-realtime-console#46, twilio-samples/speech-assistant-openai-realtime-api-node#37.
    """
    ending = call.session.ending
    told = [one for one in call.session.errors if one.code in _REFUSED]
    if any(one.code == _BETA for one in call.session.errors) or _BETA in ending.reason:
        return
    mark = ending.mark
    closed = mark is not None and ending.by == "server" and ending.code is not None
    if told:
        words = f"the server refused the client: {_REFUSED[told[0].code]} ({told[0].code})"
        more = (mark.seq,) if mark is not None and closed else ()
        yield Hit(told[0].mark.seq, words, more)
    elif mark is not None and ending.code is not None and closed and (ending.code == 3000 or ending.code >= 4000):
        yield Hit(mark.seq, f"the server closed with {ending.code}: {quote(ending.reason, 120) or 'no reason given'}")
    elif mark is not None and ending.by == "server" and ending.code is None and call.session.events == 0:
        yield Hit(mark.seq, f"there was no call: {quote(ending.reason, 160) or 'the server left at once'}")


RULES = (context_lost, refused)
