"""How the connection ended: at the session's age, without an answer to a ping, or without a word."""

from collections.abc import Iterator
from typing import Final

from rtdebug.diagnosis.expiry import told_expired
from rtdebug.diagnosis.finding import Hit, Severity
from rtdebug.diagnosis.rule import rule
from rtdebug.diagnosis.subject import Subject
from rtdebug.protocol.event import Event
from rtdebug.session.model import Ending, Mark
from rtdebug.units import count, delay, duration, quote

_NS = 1_000_000_000
_NEARLY = 0.9
_SHORTEST_S, _LONGEST_S = 60, 86_400
_PONG_NS = 20 * _NS
_AGAIN: Final = {1001: "going away", 1012: "restart", 1013: "try again later", 1014: "bad gateway"}
_SHORTLY_NS = 5 * _NS


@rule("RT200", "session-expired", "error")
def expired(call: Subject) -> Iterator[Hit]:
    """The session ended because of its age, or nearly did.

    What it sees: an `error` with the code `session_expired`; a close frame whose reason tells of the maximum
    duration; a warning where the recording ends in the last tenth of the time until `expires_at`.

    Why it matters: the service ends the call in the middle of a sentence, and nothing of it can be resumed: a new
    session knows nothing of what was said.

    What to do: watch `expires_at`; before it, open a new session, give it a summary or the last items of the old
    one, and change over between two turns.

    Seen in: livekit/agents#1073 and #2358, reachy_mini_conversation_app#134, pipecat#3170.
    """
    ending, began = call.session.ending, call.session.created
    if seqs := told_expired(call):
        after = f" after {duration(call.end_ns)}" if call.has("times") and call.end_ns else ""
        said = f": {quote(ending.reason, 120)}" if ending.reason else ""
        yield Hit(
            seqs[0], f"the server ended the session{after}: it had reached its maximum age{said}", tuple(seqs[1:4])
        )
        return
    life_ns = _life_ns(call)
    if life_ns is not None and began is not None and began.at_ns is not None:
        age_ns = call.end_ns - began.at_ns
        if _NEARLY * life_ns <= age_ns <= 2 * life_ns:
            words = f"the session was {duration(age_ns)} old at the end; it expires at {duration(life_ns)}"
            yield Hit(began.seq, words, severity="warning")


@rule("RT201", "keepalive-failed", "error")
def keepalive(call: Subject) -> Iterator[Hit]:
    """The connection broke off because a ping was not answered, or for an internal error.

    What it sees: a close frame with the code 1011; a warning for a ping that got no pong for 20 s and more.

    Why it matters: the call ends. A ping goes unanswered when a program is busy and does not read its socket: it
    decodes, writes to disk or waits for a tool on the loop that should answer.

    What to do: look at the side that did not answer. Keep slow work off the loop that reads the socket, and raise
    the ping timeout only after that.

    Seen in: FunASR#3533, DEMON#248, python-websockets/websockets#1128.
    """
    ending = call.session.ending
    late = _unanswered(call)
    if ending.code == 1011 and ending.mark is not None:
        said = f": {quote(ending.reason, 120)}" if ending.reason else ""
        about = f"; the {_other(late[-1])} had not answered its ping" if late and late[-1].sender == ending.by else ""
        words = f"the {ending.by} closed with 1011, as for a ping without answer or an internal error{said}{about}"
        yield Hit(ending.mark.seq, words, tuple(one.seq for one in late[-1:]))
    elif late:
        first = late[0]
        words = (
            f"the {_other(first)} did not answer {count(len(late), 'ping')} of the {first.sender}'s for 20 s and more"
        )
        yield Hit(first.seq, words, tuple(one.seq for one in late[1:6]), severity="warning")


@rule("RT202", "connection-lost", "warning")
def lost(call: Subject) -> Iterator[Hit]:
    """The connection ended without a word.

    What it sees: the server's side ended without a close frame (1006), with an empty one (1005), or with a code that
    means it went away; or the client's side without a close frame. An error where the server left in the middle of
    an answer; info where the client left and nothing was under way. Named are the last event of each side and an
    error shortly before.

    Why it matters: nobody said goodbye: the user hears the call die, and a client that does not notice waits for
    ever.

    What to do: connect again and tell the user so. Look at the error before it, if there is one, then at load
    balancers and their idle timeouts, then at the network.

    Seen in: community.openai.com topic 1365511.
    """
    ending, session = call.session.ending, call.session
    mark = ending.mark
    if mark is None or session.created is None or ending.by not in ("client", "server") or ending.code == 1011:
        return
    how = _how(call, ending)
    if not how or told_expired(call):
        return  # RT200 speaks of a session that expired
    open_ = [one.id for one in session.responses.values() if one.created and one.done is None]
    words = f"the {ending.by} {how}"
    words += f" while {open_[-1]} was being made" if open_ else ""
    last = [one for one in (_last(call, "server", mark.seq), _last(call, "client", mark.seq)) if one]
    words += "".join(f"; the {sender}'s last event was {quote(type_, 60)}" for sender, type_, _ in last)
    error = session.errors[-1] if session.errors else None
    since = _between(error.mark, mark) if error is not None else None
    if error is not None and since is not None and since < _SHORTLY_NS:
        words += f"; {delay(since)} before it the error {quote(error.code or error.type, 60)}"
    severity: Severity | None = "error" if open_ and ending.by == "server" else None
    if ending.by == "client" and not open_:
        severity = "info"
    yield Hit(mark.seq, words, tuple(seq for _, _, seq in last), severity=severity)


RULES = (expired, keepalive, lost)


def _life_ns(call: Subject) -> int | None:
    """Say how long the session may last, by the clock of the recording; None where that makes no sense."""
    began, expires = call.session.created, call.session.expires_at
    if expires is None or began is None or began.at_ns is None or not call.started_ns or not call.has("times"):
        return None
    life_ns = expires * _NS - (call.started_ns + began.at_ns)
    return life_ns if _SHORTEST_S * _NS <= life_ns <= _LONGEST_S * _NS else None


def _unanswered(call: Subject) -> list[Event]:
    """Return pings of the socket that got no pong for 20 s and more."""
    open_: dict[str, list[Event]] = {"client": [], "server": []}
    late: list[Event] = []
    for event in call.events:
        if event.at_ns is None or event.sender is None or event.kind not in ("ping", "pong"):
            continue
        if event.kind == "ping":
            open_[event.sender].append(event)
            continue
        answered = open_["client" if event.sender == "server" else "server"]
        late += [one for one in answered if one.at_ns is not None and event.at_ns - one.at_ns >= _PONG_NS]
        answered.clear()
    rest = [one for pings in open_.values() for one in pings]
    late += [one for one in rest if one.at_ns is not None and call.end_ns - one.at_ns >= _PONG_NS]
    return sorted(late, key=lambda one: one.seq)


def _other(event: Event) -> str:
    return "server" if event.sender == "client" else "client"


def _how(call: Subject, ending: Ending) -> str:
    """Say how a side left, "" where it said goodbye."""
    assert ending.mark is not None
    kind = next((one.kind for one in reversed(call.events) if one.seq == ending.mark.seq), "")
    if kind == "closed":
        return f"{ending.reason or 'left'}" + ("" if "close frame" in ending.reason else " (1006)")
    if ending.by == "client" or kind != "close":
        return ""  # an empty close frame is how browsers say goodbye
    if ending.code is None or ending.code in (1005, 1006):
        return "closed without a code or a reason (1005)"
    said = f" and said {quote(ending.reason, 120)}" if ending.reason else ""
    return f"closed with {ending.code} ({_AGAIN[ending.code]}){said}" if ending.code in _AGAIN else ""


def _last(call: Subject, sender: str, seq: int) -> tuple[str, str, int] | None:
    """Return the last event that a side sent before an entry: whose it is, its type, its entry."""
    found = (one for one in reversed(call.events) if one.seq < seq and one.sender == sender and one.wire_type)
    event = next(found, None)
    heard = [one for one in call.session.input.seqs[-1:] if sender == "client" and one < seq]
    if heard and (event is None or event.seq < heard[0]):
        return sender, "input_audio_buffer.append", heard[0]
    return None if event is None else (sender, event.wire_type, event.seq)


def _between(start: Mark, end: Mark) -> int | None:
    return None if start.at_ns is None or end.at_ns is None else end.at_ns - start.at_ns
