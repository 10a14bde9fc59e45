"""The user speaks while an answer is made or heard: what becomes of that answer."""

from collections.abc import Iterator, Mapping

from rtdebug.diagnosis.finding import Hit
from rtdebug.diagnosis.moments import between, watched_ns
from rtdebug.diagnosis.playout import playouts
from rtdebug.diagnosis.rule import rule
from rtdebug.diagnosis.subject import Subject
from rtdebug.session.model import BargeIn, Item, Response, Speech
from rtdebug.units import delay, length

_MS = 1_000_000
_UNHEARD_NS = 1_000 * _MS
_TRUNCATE_NS = 2_000 * _MS
"""A client that truncates has done so by then."""
_SPOKEN_NS = 1_000 * _MS
_SLOW_NS = 1_000 * _MS


@rule("RT113", "barge-in-without-truncate", "warning", "medium", needs=("times",))
def without_truncate(call: Subject) -> Iterator[Hit]:
    """The user broke into an answer, and the client did not say how much of it had been heard.

    What it sees: speech that began when a second or more of an answer was still to be heard, on a connection where
    the client plays the audio, and no `conversation.item.truncate` for that answer. What was heard is reckoned: a
    player begins with the first audio and plays one answer after the other.

    Why it matters: answers arrive faster than they are spoken. Without a truncation the model goes on as if the user
    had heard all of it, and refers to things that nobody has said to the user.

    What to do: at `input_audio_buffer.speech_started`, stop the player, empty its queue, and send
    `conversation.item.truncate` with the item's id and the milliseconds that were really played. On WebRTC and SIP
    the server does this itself.

    Seen in: agent-squad#561, OpenAI forum 1000703.
    """
    _need_audio(call)
    heard = playouts(call)
    truncated = {one.item_id for one in call.session.truncations}
    for response, barge_in, speech in _barge_ins(call):
        items = _items(call, response)
        at_ns = barge_in.speech.at_ns
        if at_ns is None or speech.interrupts is False or watched_ns(call, barge_in.speech) < _TRUNCATE_NS:
            continue
        if any(item.truncation is not None or item.id in truncated or item.deleted for item in items):
            continue
        cut = [heard[item.id] for item in items if item.id in heard]
        left, made = sum(one.unheard_ns(at_ns) for one in cut), sum(one.length_ns for one in cut)
        if left < _UNHEARD_NS:
            continue
        words = (
            f"the user broke into {response.id} when about {length(left)} of its {length(made)} were unheard, and "
            "the client did not truncate it: the model takes all of it for heard"
        )
        ended = (response.done.seq,) if response.done else ()
        yield Hit(barge_in.speech.seq, words, ended, (), response.id, cut[0].item.id)


@rule("RT114", "barge-in-ignored", "warning", "medium", needs=("times",))
def ignored(call: Subject) -> Iterator[Hit]:
    """The user spoke into an answer, and it went on.

    What it sees: speech of a second or more (without the silence that ends a turn) that began while an answer was
    made or heard and a second or more of it was to come, in a session whose turn detection has `interrupt_response`
    off; and neither a `response.cancel` nor a truncation from the client.

    Why it matters: the assistant talks on while the user talks. What the user said is answered only afterwards, or
    not at all, because a response cannot be begun while another is in progress.

    What to do: leave `interrupt_response` on, or have the client do its work: on `speech_started`, stop the player,
    send `response.cancel` if the response is not done, and `conversation.item.truncate`.

    Seen in: openai-agents-python#1466, livekit/agents#2072.
    """
    heard = playouts(call)
    for response, barge_in, speech in _barge_ins(call):
        at_ns = barge_in.speech.at_ns
        if at_ns is None or speech.interrupts is not False or response.status == "cancelled":
            continue
        items = _items(call, response)
        spoken = between(speech.started, speech.stopped)
        if speech.stopped is None:
            spoken = watched_ns(call, speech.started)
        elif spoken is not None:  # the server says stopped when the silence after it is over
            spoken -= (speech.silence_ms or 0) * _MS
        left = sum(heard[item.id].unheard_ns(at_ns) for item in items if item.id in heard)
        if spoken is None or spoken < _SPOKEN_NS or left < _UNHEARD_NS or any(item.truncation for item in items):
            continue
        words = (
            f"the user spoke for {delay(spoken)} into {response.id}, which went on for about {length(left)}: "
            "interrupt_response is off, and the client did not stop it"
        )
        more = (speech.stopped.seq,) if speech.stopped else ()
        yield Hit(barge_in.speech.seq, words, more, (), response.id, speech.item_id)


@rule("RT115", "slow-barge-in", "warning", needs=("times",))
def slow(call: Subject) -> Iterator[Hit]:
    """An answer went on for more than a second after the user had begun to speak.

    What it sees: `speech_started` while a response was in progress that it was to end, more audio of that response,
    and its `response.done` more than a second later or not at all.

    Why it matters: both speak at once, and most people stop and begin again.

    What to do: do not wait for `response.done` to stop the player: stop at `speech_started`. Where the client cancels
    by itself, send `response.cancel` at once and with the response's id. If the server is late by itself, tell its
    maker, with this recording.

    Seen in: livekit/agents#2072, hybridclaw#1503.
    """
    for response, barge_in, speech in _barge_ins(call):
        last = response.last_audio
        if barge_in.during != "generation" or speech.interrupts is False or last is None:
            continue
        went_on = between(barge_in.speech, response.done)
        if response.done is None:
            went_on = between(barge_in.speech, last)
        if went_on is None or went_on <= _SLOW_NS or last.seq < barge_in.speech.seq:
            continue
        end = response.done or last
        how = response.status if response.done else "is not done where the recording ends"
        words = f"{response.id} went on for {delay(went_on)} after the user had begun to speak ({how})"
        yield Hit(barge_in.speech.seq, words, (last.seq, end.seq), (), response.id, speech.item_id, end.at_ns)


def _barge_ins(call: Subject) -> Iterator[tuple[Response, BargeIn, Speech]]:
    """Go through the answers that somebody spoke into, each with the first speech that did."""
    first: dict[str, BargeIn] = {}
    for turn in call.session.turns:
        if turn.barge_in is not None:
            first.setdefault(turn.barge_in.response_id, turn.barge_in)
    speeches: Mapping[int, Speech] = {one.started.seq: one for one in call.session.speeches if not one.is_silence}
    for response in call.session.responses.values():
        barge_in = first.get(response.id) or response.barge_in
        speech = speeches.get(barge_in.speech.seq) if barge_in else None
        if barge_in is not None and speech is not None:
            yield response, barge_in, speech


def _items(call: Subject, response: Response) -> list[Item]:
    return [call.session.items[one] for one in response.item_ids if one in call.session.items]


def _need_audio(call: Subject) -> None:
    call.need("audio" not in call.lacks, "the recording has no audio of the server's")


RULES = (without_truncate, ignored, slow)
