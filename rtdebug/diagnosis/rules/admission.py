"""Sessions that were refused, or begun anew: key, quota, model, and a context that is lost."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from rtdebug.diagnosis.expiry import is_refusing, told_expired
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
_LOOK: Final = {
    400: "the URL's query, such as the api-version, and the headers",
    401: "the key: whether it is whole, and of this service and project",
    403: "what the key and its project may use: the model, the region, the network",
    404: "the model's or deployment's name and the URL's path",
    407: "the credentials of the network's proxy",
    429: "the quota and the rate limits, and wait before the next try",
}
"""What a refusal is about, by its status."""
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
    """The service answered, and did not let the client in, or threw it out: key, quota, account, model or address.

    What it sees: a handshake that was answered with something else than 101, with the status and the server's own
    words; an `error` with a code such as `invalid_api_key`, `insufficient_quota` or `invalid_model`; a close frame of
    the server's with 3000, or 4000 and above.

    Why it matters: there is no call. OpenAI accepts the connection first and refuses it with its first event, so
    that a client which only looks at the handshake believes it is connected; Azure, and gateways in between, refuse
    the handshake itself, with a status that many clients show without the words.

    What to do: read the message. 401 and 403: the key, whether it is whole, of this service and of a project that
    may use the model. 404: the model's or deployment's name, and the path of the URL. 400: the URL's query, such as
    `api-version`, and the headers. 429: a rate limit or a used-up quota; wait, or have it raised. 5xx: the service,
    or what stands before it; try again with growing pauses. All others are final: do not try again in a loop.

    Seen in: openai-realtime-console#46, twilio-samples/speech-assistant-openai-realtime-api-node#37.
    """
    ending, refusal = call.session.ending, call.session.refusal
    told = [one for one in call.session.errors if one.code in _REFUSED]
    if any(one.code == _BETA for one in call.session.errors) or _BETA in ending.reason:
        return
    mark = ending.mark
    expired = told_expired(call)  # RT200 speaks of these
    closed = mark is not None and ending.by == "server" and ending.code is not None and mark.seq not in expired
    if refusal is not None:
        if mark is not None and refusal.status is not None:
            said = f": {quote(refusal.said, 300)}" if refusal.said else ""
            words = f"the server refused the connection with {quote(refusal.answer, 60)}{said}"
            yield Hit(mark.seq, f"{words}; {_look_at(refusal.status)}")
    elif told:
        words = f"the server refused the client: {_REFUSED[told[0].code]} ({told[0].code})"
        more = (mark.seq,) if mark is not None and closed else ()
        yield Hit(told[0].mark.seq, words, more)
    elif mark is not None and ending.code is not None and closed and not expired and is_refusing(ending.code):
        yield Hit(mark.seq, f"the server closed with {ending.code}: {quote(ending.reason, 120) or 'no reason given'}")
    elif mark is not None and ending.by == "server" and ending.code is None and call.session.events == 0:
        yield Hit(mark.seq, f"there was no call: {quote(ending.reason, 160) or 'the server left at once'}")


@rule("RT205", "service-unreachable", "error")
def unreachable(call: Subject) -> Iterator[Hit]:
    """Nobody answered the client: the service could not be reached, or said nothing.

    What it sees: a handshake without an answer, with the reason: the name has no address, nobody listens there, the
    certificate cannot be trusted, no answer came in time, or what answered does not speak HTTP. A warning where the
    client left before there was an answer.

    Why it matters: there is no call, and it is not a matter of key, quota or model: nothing of the client's was read.

    What to do: look at `--upstream`: scheme (`wss://`, or `ws://` for a plain server), host and port. Then whether
    the server runs and listens there, whether this machine resolves the name and reaches the port (DNS, firewall,
    VPN, a proxy of the network's), and for a certificate of one's own at `--upstream-ca`. Where the client left, at
    its timeout for connecting.

    Seen in: rtdebug's own recordings of servers that were not there.
    """
    mark, refusal = call.session.ending.mark, call.session.refusal
    if mark is None or refusal is None or refusal.status is not None:
        return
    words = f"there was no call: {quote(refusal.message, 300)}"
    yield Hit(mark.seq, words, severity="warning" if refusal.is_by_client else None)


def _look_at(status: int) -> str:
    """Say where to look after a handshake was answered with a status."""
    if status >= 500:
        return "look at the service, or the gateway before it, and try again with growing pauses"
    if 300 <= status < 400:
        return "WebSocket clients do not follow that: look at the URL's host and path"
    return f"look at {_LOOK.get(status, 'the URL: what answers there speaks no WebSocket')}"


RULES = (context_lost, refused, unreachable)
