"""What happened to a response or a session, in words: why it ended, who ended it, what was heard of it."""

from rtdebug.protocol.reading import text_in
from rtdebug.reports.recorded import Recorded
from rtdebug.session.handshake import Refusal
from rtdebug.session.heard import Heard
from rtdebug.session.model import Mark, Response, Session
from rtdebug.units import NONE, count, duration, length, plain, quote, statuses

_ASKED = {
    "response.create": "the client",
    "turn_detection": "end of speech",
    "idle_timeout": "the user's silence",
}
_MOST = 300


def asked_by(response: Response) -> str:
    """Say what a response was asked for by."""
    return _ASKED.get(response.asked.by, quote(response.asked.by, 30)) or NONE


def outcome(session: Session, response: Response) -> str:
    """Say why a response ended as it did, "" where it simply came to its end."""
    if response.status == "completed":
        return ""
    if response.status == "in_progress":
        return "not finished when the recording ends" if session.ending.mark else "under way where the recording ends"
    if response.status == "cancelled":
        return f"cancelled{_after(response)} {_canceller(response)}"
    if response.status == "incomplete":
        return f"incomplete: {_short_of(response)}"
    if response.status == "failed":
        return f"failed: {failure(response)}"
    return f"{quote(response.status, 40)}{_after(response)}{_bracketed(response.reason)}"


def sound(told: Heard) -> str:
    """Say how much audio was made and heard, "" where there is none."""
    if not told.made_ns:
        return f"{length(told.heard_ns)} of audio heard" if told.heard_ns is not None else ""
    words = f"{length(told.made_ns)} of audio made"
    if told.heard_ns is None:
        return words
    words += f", {length(told.heard_ns)} heard"
    over = f" (the client says {length(told.claimed_ns)}, more than there was)" if told.claimed_ns is not None else ""
    return words + over


def account(recorded: Recorded, response: Response) -> str:
    """Tell how a response went, where there is more to tell than that it completed."""
    told = recorded.heard(response)
    parts = [outcome(recorded.session, response)]
    if parts[0] or told.heard_ns is not None:
        parts.append(sound(told))
    return "; ".join(part for part in parts if part)


def failure(response: Response) -> str:
    """Say what made a response fail."""
    error = response.error
    code, message = error.get("code") or error.get("type"), error.get("message")
    named = quote(code, 60) if isinstance(code, str) and code else quote(response.reason, 60)
    said = quote(message, _MOST) if isinstance(message, str) and message else ""
    return " — ".join(part for part in (named, said) if part) or "the server does not say why"


def ending(session: Session, *, live: bool = False) -> str:
    """Say how a connection ended."""
    ended = session.ending
    if live:
        return "still going on"
    if ended.mark is None and not ended.by:
        return "not known: no close is recorded" if session.complete else "cut off: the recording has no end"
    if session.refusal is not None:
        return refused(session.refusal)
    if ended.code is None and ended.reason:
        return quote(f"{ended.by} {ended.reason}" if ended.by != "proxy" else ended.reason, _MOST)
    code = f" with code {ended.code}" if ended.code is not None else ""
    reason = f": {quote(ended.reason, _MOST)}" if ended.reason else ""
    return f"closed by the {plain(ended.by or 'other side')}{code}{reason}"


def refused(refusal: Refusal) -> str:
    """Say how a handshake was answered that became no call; in the server's own words, or why nobody answered."""
    why = f"refused by the server with {refusal.answer}" if refusal.answer else ""
    return quote(": ".join(part for part in (why, refusal.said) if part), _MOST)


def broken_off(session: Session) -> str:
    """Say in a few words what ended a call, one that is over, in the middle of something."""
    ended = session.ending
    if ended.mark is None:
        return "the recording ends here" if session.complete else "the recording is cut off here"
    if ended.by == "proxy":
        return "the proxy was stopped"
    if ended.is_lost:
        return "connection lost"
    if ended.by == "client":
        return "the client hung up"
    code = f" with {ended.code}" if ended.code is not None else ""
    return f"{'the server ' if ended.by else ''}closed{code}"


def answers(session: Session) -> str:
    """Count turns and responses: `5 turns, 6 responses: 4 ✔ completed, 2 ✕ cancelled`."""
    ended: dict[str, int] = {}
    for response in session.responses.values():
        ended[response.status] = ended.get(response.status, 0) + 1
    turns = count(len(session.turns), "turn")
    if not ended:
        return f"{turns}, no responses"
    return f"{turns}, {count(len(session.responses), 'response')}: {statuses(ended)}"


def voice(session: Session) -> str:
    """Name the voice that answers, "" where there is none."""
    return text_in(session.config, "audio", "output", "voice")


def seqs(first: Mark | None, last: Mark | None) -> str:
    """Name the entries something rests on: `#200-345`."""
    found = [mark.seq for mark in (first, last) if mark is not None]
    return span(found[0], found[-1]) if found else ""


def span(first: int, last: int) -> str:
    """Name entries from one to another: `#200-345`."""
    return f"#{first}" if first == last else f"#{first}-{last}"


def _canceller(response: Response) -> str:
    by = response.cancellation.by if response.cancellation else ""
    if by == "turn_detection":
        return "because the user began to speak" + _bracketed(response.reason or by)
    if by == "client":
        asked = response.cancellation.mark if response.cancellation else None
        return "by the client" + _bracketed("response.cancel" if asked else response.reason)
    return "by whom, nothing shows" + _bracketed(response.reason)


def _short_of(response: Response) -> str:
    words = {
        "max_output_tokens": "max_output_tokens reached",
        "content_filter": "stopped by the content filter (content_filter)",
    }
    return words.get(response.reason) or quote(response.reason, 60) or "the server does not say why"


def _after(response: Response) -> str:
    begun, ended = response.created, response.done
    if begun is None or ended is None or begun.at_ns is None or ended.at_ns is None:
        return ""
    return f" after {duration(ended.at_ns - begun.at_ns)}"


def _bracketed(word: str) -> str:
    return f" ({quote(word, 60)})" if word else ""
