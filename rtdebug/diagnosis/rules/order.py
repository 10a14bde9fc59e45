"""Transcripts of the user that are out of order, late or missing."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Final

from rtdebug.diagnosis.finding import Hit
from rtdebug.diagnosis.grouping import grouped
from rtdebug.diagnosis.rule import rule
from rtdebug.diagnosis.spoken import spoken
from rtdebug.diagnosis.subject import Subject
from rtdebug.session.calling import speaks
from rtdebug.session.model import Mark, Response
from rtdebug.session.settings import transcriber_of
from rtdebug.units import count, delay, quote

_NS = 1_000_000_000
_MISSING_NS = 10 * _NS
_LATE_NS = 3 * _NS
_MOST_APART: Final = 5


@rule("RT180", "transcripts-out-of-order", "info")
def out_of_order(call: Subject) -> Iterator[Hit]:
    """Transcripts of the user did not come in the order of the conversation.

    What it sees: a transcript that was whole only when the answer to it was complete, or after the transcript of a
    later turn. (Transcripts more than 3 s behind the answer are RT183's.)

    Why it matters: an app that shows what comes as it comes writes the answer above the question.

    What to do: place items by `previous_item_id`, keep a place free for the transcript when the item is added, and
    fill it in when it comes.

    Seen in: livekit/agents#6579, pipecat#1788, openclaw#113723.
    """
    hits = []
    told = [(item, item.transcription.done) for item in spoken(call) if item.transcription and item.transcription.done]
    for (item, done), (_, later) in pairwise(told):
        if later.seq < done.seq:
            words = f"the transcript of {item.id} came after that of the next turn"
            hits.append(Hit(done.seq, words, (later.seq,), item_id=item.id))
    answers = _answers(call)
    late = {hit.item_id for hit in hits}
    for item, done in told:
        ended = answers[item.id].done if item.id in answers else None
        behind = _since(ended, done)
        if ended is not None and ended.seq < done.seq and item.id not in late and (behind or 0) <= _LATE_NS:
            words = f"the transcript of {item.id} came after the answer to it was done"
            hits.append(Hit(done.seq, words, (ended.seq,), item_id=item.id))
    if hits:
        hits.sort(key=lambda hit: hit.seq)
        yield grouped(hits, f"{len(hits):,} of {count(len(told), 'transcript')} of the user's came out of order")


@rule("RT182", "transcript-missing", "warning")
def missing(call: Subject) -> Iterator[Hit]:
    """A turn of the user's was not transcribed.

    What it sees: an `…input_audio_transcription.failed`; or transcription that is on, a committed turn, and no whole
    transcript within 10 s, though the recording goes on.

    Why it matters: what the user said is missing in the app and its history. The answer is not touched by it.

    What to do: read the error: on Azure the model must be the name of a deployment. Leave a gap for the turn rather
    than wait for its transcript.

    Seen in: openai-realtime-console#46.
    """
    failed, silent = [], []
    for item in call.session.items.values():
        told = item.transcription
        if told is not None and told.status == "failed" and told.done is not None:
            words = f"{item.id} was not transcribed: {quote(told.error, 160) or 'the server does not say why'}"
            failed.append(Hit(told.done.seq, words, item_id=item.id))
    since = _transcribes_since(call)
    for item in spoken(call) if since is not None and call.is_whole else ():
        begun = item.committed
        if begun is None or begun.at_ns is None or begun.seq < (since or 0):
            continue
        told = item.transcription
        done = told.done if told else None
        waited = (done.at_ns if done and done.at_ns is not None else call.end_ns) - begun.at_ns
        if done is None and waited > _MISSING_NS and item.deleted is None:
            words = f"{item.id} was committed and has no transcript {delay(waited)} later"
            silent.append(Hit(begun.seq, words, item_id=item.id, confidence="medium"))
    if failed:
        yield grouped(failed, f"{count(len(failed), 'turn')} of the user's were not transcribed: {failed[0].message}")
    if silent:
        yield grouped(
            silent, f"{count(len(silent), 'turn')} of the user's have no transcript; the first is {silent[0].item_id}"
        )


@rule("RT183", "transcript-late", "warning", "medium", needs=("times",))
def late(call: Subject) -> Iterator[Hit]:
    """A transcript came long after the answer to it.

    What it sees: more than 3 s from the answer's `response.done` to the whole transcript of what it answers.

    Why it matters: whatever the app does with the user's words (show them, search, decide) it does a turn late.

    What to do: choose a quicker transcription model or one that streams; do not wait for transcripts before anything
    that the user hears.

    Seen in: pipecat#1788, livekit/agents#6579.
    """
    answers, hits = _answers(call), []
    for item in spoken(call):
        done = item.transcription.done if item.transcription else None
        ended = answers[item.id].done if item.id in answers else None
        behind = _since(ended, done)
        if done is not None and ended is not None and behind is not None and behind > _LATE_NS:
            words = f"the transcript of {item.id} came {delay(behind)} after the answer to it was done"
            hits.append(Hit(done.seq, words, (ended.seq,), item_id=item.id))
    if len(hits) <= _MOST_APART:
        yield from hits
    else:
        yield grouped(
            hits, f"{count(len(hits), 'transcript')} came more than {delay(_LATE_NS)} after the answer was done"
        )


RULES = (out_of_order, missing, late)


def _answers(call: Subject) -> Mapping[str, Response]:
    """Return the first answer to each of the user's items that has words and was made to its end."""
    found: dict[str, Response] = {}
    for turn in call.session.turns:
        made = (call.session.responses[id_] for id_ in turn.response_ids if id_ in call.session.responses)
        first = next((one for one in made if _is_answer(call, one)), None)
        if first is not None:
            found |= dict.fromkeys(turn.item_ids, first)
    return found


def _is_answer(call: Subject, response: Response) -> bool:
    return response.in_conversation and response.status == "completed" and speaks(call.session, response)


def _since(start: Mark | None, end: Mark | None) -> int | None:
    if start is None or end is None or start.at_ns is None or end.at_ns is None:
        return None
    return end.at_ns - start.at_ns


def _transcribes_since(call: Subject) -> int | None:
    """Return the entry from which on the user's words are written down; None where they are not."""
    if not transcriber_of(call.session.config):
        return None
    changed = [
        change.answered.seq
        for change in call.session.changes
        if change.answered and any(path.startswith("audio.input.transcription") for path in change.changed)
    ]
    return max(changed, default=0)
