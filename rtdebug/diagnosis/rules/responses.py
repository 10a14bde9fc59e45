"""Responses that get in each other's way: asked for too early, cancelled too late, heard at the same time."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping

from rtdebug.diagnosis.finding import Confidence, Hit
from rtdebug.diagnosis.moments import begun_after, between, client_sent, mark_at, watched_ns
from rtdebug.diagnosis.playout import Playout, playouts
from rtdebug.diagnosis.rule import rule
from rtdebug.diagnosis.subject import Subject
from rtdebug.session.model import ApiError, Mark, Response
from rtdebug.units import delay

_COLLISION = "conversation_already_has_active_response"
_NOTHING_ACTIVE = "response_cancel_not_active"
_MS = 1_000_000
_RACE_NS = 500 * _MS
"""A cancellation this long after the end may have crossed it on the way."""
_PATIENCE_NS = 3_000 * _MS
_OVERLAP_NS = 100 * _MS


@rule("RT120", "response-collision", "warning")
def collision(call: Subject) -> Iterator[Hit]:
    """A response was asked for while another was still being made.

    What it sees: an `error` with the code `conversation_already_has_active_response`, or an older one whose text
    says so. It tells what was in progress, for how long, and what it collided with: an answer that the server had
    begun by itself, a cancellation that had not taken effect, or another `response.create`. It is an error where the
    client had given something to be answered since, and never asked again.

    Why it matters: the service refuses the second `response.create` and makes nothing of it. If the client does not
    ask again, the user waits for an answer that never comes.

    What to do: ask for the next response when `response.done` of the last one is there, not when its audio has been
    played, its tool call has been read, or `response.cancel` has been sent. With server VAD and `create_response`
    on, the service answers by itself: leave `response.create` out.

    Seen in: openai-agents-python#1466, openai-realtime-agents#3, livekit/agents#1056 and #2064.
    """
    cancels = client_sent(call, "response.cancel")
    refused = list(call.session.refused)
    for error in call.session.errors:
        if error.code != _COLLISION and "already has an active response" not in error.message:
            continue
        asked = _refused_by(call, error, refused)
        open_ = _in_progress(call, error)
        words = _collision(error, asked, open_, cancels)
        waiting = open_ is not None and _left_waiting(call, open_, error.mark)
        if waiting:
            words += "; the client did not ask again, and nothing was answered since"
        more = (asked.seq,) if asked else ()
        named = open_.id if open_ else ""
        yield Hit(error.mark.seq, words, more, response_id=named, severity="error" if waiting else None)


@rule("RT121", "cancel-of-nothing", "warning")
def cancel_of_nothing(call: Subject) -> Iterator[Hit]:
    """A response was cancelled when none was in progress.

    What it sees: an `error` with the code `response_cancel_not_active`. It is no more than information where a
    response had ended within the last 500 ms, so that the two crossed, or where its audio was still to be heard.

    Why it matters: the error itself does no harm. But a client that cancels what is not there has a wrong picture of
    the call: the answer it wants to stop is made, and only its own player can stop it.

    What to do: keep count of responses by `response.created` and `response.done`. To silence an answer that has been
    made, empty the player and send `conversation.item.truncate`; `response.cancel` cannot help there.

    Seen in: OpenAI-Realtime-API-for-Unity#5, block/berd#318, openai-agents-js#220.
    """
    ended = [one for one in call.session.responses.values() if one.done is not None and one.in_conversation]
    ended.sort(key=lambda one: one.done.seq if one.done else 0)
    cancels, ends = client_sent(call, "response.cancel"), [one.done.seq for one in ended if one.done]
    heard = playouts(call)
    for error in call.session.errors:
        if error.code != _NOTHING_ACTIVE and "cancellation failed" not in error.message.lower():
            continue
        before = bisect_left(cancels, error.mark.seq, key=lambda one: one.seq)
        asked = cancels[before - 1] if before else error.mark
        asked = asked if error.about is None else mark_at(call, error.about)
        place = bisect_left(ends, error.mark.seq)
        last = ended[place - 1] if place else None
        ago = between(last.done, asked) if last else None
        if last is None:
            words, benign = "no response had begun", False
        elif ago is None:
            words, benign = f"{last.id} had ended", True
        elif ago <= _RACE_NS:
            crossed = ago < 0
            words, benign = f"{last.id} ended {delay(abs(ago))} {'after' if crossed else 'before'}", True
        else:
            words, benign = f"{last.id} had ended {delay(ago)} before", _still_heard(heard, last, asked)
            words += ", though its audio was still to be heard" if benign else ""
        more = (asked.seq,) if asked.seq != error.mark.seq else ()
        yield Hit(
            error.mark.seq,
            f"the client cancelled a response when none was in progress: {words}",
            more,
            response_id=last.id if last else "",
            severity="info" if benign else None,
        )


@rule("RT122", "overlapping-audio", "warning")
def overlapping_audio(call: Subject) -> Iterator[Hit]:
    """The audio of two responses came at the same time.

    What it sees: the first audio of one response came between the first and the last audio of another.

    Why it matters: a player that puts all audio into one queue plays two answers cut into pieces of each other.

    What to do: give each `response_id` a queue of its own, and drop what still comes for a response that has been
    cancelled. A response out of band (`conversation: "none"`) that nobody is to hear needs no audio: set its
    `output_modalities` to text.

    Seen in: hybridclaw#1503, ReviewStage/luke#12.
    """
    spoken = [one for one in call.session.responses.values() if one.first_audio and one.last_audio]
    spoken.sort(key=lambda one: one.first_audio.seq if one.first_audio else 0)
    longest: Response | None = None
    for response in spoken:
        begun, over = response.first_audio, longest.last_audio if longest else None
        if longest is not None and begun is not None and over is not None and begun.seq < over.seq:
            both = min((over, response.last_audio or over), key=lambda one: one.seq)
            shared = between(begun, both)
            how = f" for {delay(shared)}" if shared is not None and shared >= _OVERLAP_NS else ""
            words = f"the server sent audio of {longest.id} and of {response.id} at the same time{how}"
            sure = longest.in_conversation and response.in_conversation
            confidence: Confidence = "high" if sure else "medium"
            yield Hit(
                begun.seq, words, (both.seq,), response_id=response.id, until_ns=both.at_ns, confidence=confidence
            )
        if over is None or (response.last_audio and response.last_audio.seq > over.seq):
            longest = response


def _refused_by(call: Subject, error: ApiError, refused: list[Mark]) -> Mark | None:
    """Find the client's event that an error refused; each is taken once."""
    mine = [one for one in refused if one.seq < error.mark.seq and error.about in (None, one.seq)]
    if mine:
        refused.remove(mine[0])
        return mine[0]
    return mark_at(call, error.about) if error.about is not None else None


def _in_progress(call: Subject, error: ApiError) -> Response | None:
    """Find the response that an error speaks of, else the latest that was open."""
    responses = call.session.responses.values()
    open_ = [
        one
        for one in responses
        if one.in_conversation and one.created and one.created.seq < error.mark.seq
        if one.done is None or one.done.seq > error.mark.seq
    ]
    named = (one for one in open_ if one.id and one.id in error.message)
    return next(named, open_[-1] if open_ else None)


def _collision(error: ApiError, asked: Mark | None, open_: Response | None, cancels: list[Mark]) -> str:
    """Say who asked, and what was in the way."""
    at, client = error.mark, "the client asked for a response"
    client += f" ({error.event_id})" if error.event_id else ""
    name = open_.id if open_ else "another response"
    age = between(open_.created, asked or at) if open_ else None
    since = f", for {delay(age)}" if age is not None and age > 0 else ""
    begun = open_.created.seq if open_ and open_.created else at.seq
    cancelled = [one for one in cancels if begun < one.seq < (asked or at).seq]
    if asked is None:
        return f"the server could not answer the user's turn: {name} was in progress{since}"
    if cancelled:
        gap = between(cancelled[-1], asked)
        later = f" {delay(gap)} after" if gap is not None else " after"
        return f"{client}{later} it had cancelled {name}, before that was done; it was refused"
    if open_ is not None and open_.asked.by in ("turn_detection", "idle_timeout"):
        return f"{client} while the server was making {name} by itself{since}; it was refused"
    return f"{client} while {name} was in progress{since}; it was refused"


def _left_waiting(call: Subject, open_: Response, error: Mark) -> bool:
    """Say whether the client gave something to be answered while a response went on, and it never was."""
    if open_.created is None or open_.done is None or begun_after(call, error):
        return False
    begun = open_.created.seq
    given = [one.asked for one in call.session.tool_outputs if one.refused is None]
    given += [one.asked for one in call.session.items.values() if one.asked and one.added and one.role == "user"]
    return any(begun < one.seq < open_.done.seq for one in given) and watched_ns(call, open_.done) >= _PATIENCE_NS


def _still_heard(heard: Mapping[str, Playout], response: Response, asked: Mark) -> bool:
    """Say whether audio of a response was left to be heard."""
    if asked.at_ns is None:
        return False
    left = (heard[one].unheard_ns(asked.at_ns) for one in response.item_ids if one in heard)
    return any(left)


RULES = (collision, cancel_of_nothing, overlapping_audio)
