"""Answers cut to what was heard: at the right place, in the right item, and whether it was done at all."""

from collections.abc import Iterator, Mapping

from rtdebug.diagnosis.finding import Hit
from rtdebug.diagnosis.moments import between, watched_ns
from rtdebug.diagnosis.playout import Playout, playouts
from rtdebug.diagnosis.rule import rule
from rtdebug.diagnosis.subject import Subject
from rtdebug.session.model import ApiError, Item, Mark, Truncation
from rtdebug.units import delay, length

_MS = 1_000_000
_LONGEST_MS = 10**9
_TOLERANCE_NS = 500 * _MS
"""A player's clock may be off by so much."""
_UNHEARD_NS = 3_000 * _MS
_TRUNCATE_NS = 2_000 * _MS
_OVER_NS = 1_000 * _MS


@rule("RT160", "bad-truncate-position", "warning")
def bad_position(call: Subject) -> Iterator[Hit]:
    """An answer was truncated at a place that cannot be.

    What it sees: a `conversation.item.truncate` that was refused ("already shorter", "only model output audio"), or
    that names 0 ms or more than all audio there was and got no answer; and one that was taken, but claims that more
    was heard than a player can have played in the time since the first audio came.

    Why it matters: a refused truncation leaves the whole answer in the conversation, and one at a wrong place leaves
    too much of it: the model believes that things were said which nobody heard.

    What to do: count the samples that were played of this item, from its own first one; not the time since the
    response began, and not audio of the item before. Never send more than was received, and nothing where nothing
    was played yet: cancel the response instead.

    Seen in: openai-agents-python#2374, #2385 and #4122, livekit/agents#6157, twilio speech-assistant-python#45.
    """
    heard = playouts(call)
    for cut in call.session.truncations:
        item = call.session.items.get(cut.item_id)
        if cut.asked is None or item is None or _is_wrong(call, cut, item, heard):
            continue
        made_ns, claimed_ns = _length(item), _claimed(cut)
        claim = f"the client truncated {item.id} at {delay(claimed_ns)}"
        if cut.audio_end_ms < 0:
            words = f"the client truncated {item.id} at {cut.audio_end_ms} ms"
        elif cut.audio_end_ms == 0 and cut.done is None:
            words = f"{claim}, when nothing of it had been played"
        elif made_ns and claimed_ns > made_ns and cut.done is None:
            words = f"{claim}, {delay(claimed_ns - made_ns)} beyond the end of its {delay(made_ns)} of audio"
        elif cut.refused is not None:
            words = f"{claim} of its {delay(made_ns)} of audio" if made_ns else f"{claim}, which had no audio"
        elif (too_much := _too_much(heard.get(item.id), cut)) > _TOLERANCE_NS:
            words = f"{claim}, {delay(too_much)} more than can have been played since its first audio came"
        else:
            continue
        words += "; it was refused" if cut.refused else ""
        more = (cut.refused.seq,) if cut.refused else ()
        yield Hit(cut.asked.seq, words, more, (), item.response_id, item.id)


@rule("RT161", "model-remembers-unheard", "warning", "medium", needs=("times",))
def remembers_unheard(call: Subject) -> Iterator[Hit]:
    """The model believes the user heard what was never played.

    What it sees: more than 3 s of an answer that were still to be heard when the client cancelled it, and no
    truncation after it; or when it was truncated, and that was refused and not tried again. Where the user broke in
    and nothing was truncated at all, see RT113.

    Why it matters: the text of the whole answer stays in the conversation. The model does not repeat what it believes
    said, and refers to it.

    What to do: a `response.cancel` ends the making, not the memory: send `conversation.item.truncate` after it, with
    what was played. Look at each `error` that answers a truncation, and correct its position.

    Seen in: OpenAI forum 1000703, agent-squad#561.
    """
    call.need("audio" not in call.lacks, "the recording has no audio of the server's")
    tries: dict[str, Truncation] = {one.item_id: one for one in call.session.truncations}
    for item_id, played in playouts(call).items():
        cut, response = tries.get(item_id), played.response
        at, how = None, ""
        if cut is not None and cut.refused is not None and cut.asked is not None:
            at, how = cut.asked, "was not truncated: the server refused it"
        elif cut is None and response.barge_in is None and played.item.truncation is None:
            cancelled = response.cancellation
            if cancelled is not None and cancelled.by == "client":
                at, how = cancelled.mark, "was cancelled and not truncated"
        if at is None or at.at_ns is None or played.item.deleted or watched_ns(call, at) < _TRUNCATE_NS:
            continue
        left = played.unheard_ns(at.at_ns)
        if left <= _UNHEARD_NS:
            continue
        words = f"{item_id} {how}, though about {length(left)} of its {length(played.length_ns)} had not been heard"
        more = (cut.refused.seq,) if cut and cut.refused else ()
        yield Hit(at.seq, words, more, (), response.id, item_id)


@rule("RT162", "wrong-item-truncated", "warning")
def wrong_item(call: Subject) -> Iterator[Hit]:
    """Another item was truncated than the one that was heard.

    What it sees: a `conversation.item.truncate` of an item that does not exist, of one that is no answer (the user's
    own, or a tool call), or of an answer that had been heard to its end a second or more before, while another one
    was being played.

    Why it matters: the answer that was really cut stays whole in the conversation, and where the truncation is taken,
    the text of an earlier answer is lost.

    What to do: keep the item's id with every piece of audio in the player's queue, and truncate the item whose piece
    is being played. The latest item that arrived is not it: answers arrive before they are heard.

    Seen in: openai-agents-python#2385, livekit/agents#6157.
    """
    heard = playouts(call)
    for cut in call.session.truncations:
        item = call.session.items.get(cut.item_id)
        if cut.asked is None or item is None or not (why := _is_wrong(call, cut, item, heard)):
            continue
        words = f"the client truncated {cut.item_id or 'an item without an id'}, {why}"
        words += "; it was refused" if cut.refused else ""
        more = (cut.refused.seq,) if cut.refused else ()
        yield Hit(cut.asked.seq, words, more, (), item.response_id, item.id)


def _is_wrong(call: Subject, cut: Truncation, item: Item, heard: Mapping[str, Playout]) -> str:
    """Say why it is the wrong item, "" where it is none."""
    answer = _answer_to(call, cut)
    unseen = cut.refused is not None and item.added is None and not item.response_id and not call.traffic.is_sideband
    if unseen or (answer is not None and answer.code == "item_truncate_invalid_item_id"):
        return "which does not exist"
    if item.role in ("user", "system") or item.type not in ("message", ""):
        what = f"the {item.role}'s" if item.type == "message" else f"a {item.type}"
        return f"which is {what}, not an answer"
    if cut.asked is None or cut.asked.at_ns is None or item.id not in heard:
        return ""
    at_ns, its_end = cut.asked.at_ns, heard[item.id].end_ns
    playing = next((one for one in heard.values() if one.start_ns <= at_ns < one.end_ns), None)
    if playing is None or playing.item.id == item.id or at_ns - its_end < _OVER_NS:
        return ""
    return f"which had been heard to its end {delay(at_ns - its_end)} before, while {playing.item.id} was being played"


def _answer_to(call: Subject, cut: Truncation) -> ApiError | None:
    return next((one for one in call.session.errors if cut.refused is not None and one.mark == cut.refused), None)


def _too_much(played: Playout | None, cut: Truncation) -> int:
    """Say by how much a claim is more than a player can have played."""
    first = played.item.audio.came_ns(0) if played is not None and played.item.audio is not None else None
    gone = between(Mark(0, first), cut.asked)
    return _claimed(cut) - gone if gone is not None else 0


def _claimed(cut: Truncation) -> int:
    return max(0, min(cut.audio_end_ms, _LONGEST_MS)) * _MS


def _length(item: Item) -> int:
    return sum(part.audio.length_ns for part in item.parts.values() if part.audio)


RULES = (bad_position, remembers_unheard, wrong_item)
