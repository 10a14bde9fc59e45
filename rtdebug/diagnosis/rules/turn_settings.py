"""Configurations that are in force and do not do what the call needs."""

from collections.abc import Iterator

from rtdebug.diagnosis.finding import Hit
from rtdebug.diagnosis.grouping import grouped, listed
from rtdebug.diagnosis.rule import rule
from rtdebug.diagnosis.subject import Subject
from rtdebug.session.model import ConfigChange, Response
from rtdebug.session.settings import PROMPT, detects_turns, transcriber_of, transcription_of
from rtdebug.units import length

_LEAST_NS = 2_000_000_000


@rule("RT214", "update-during-response", "info")
def during_response(call: Subject) -> Iterator[Hit]:
    """The client changed what the model is told while an answer was being made.

    What it sees: a `session.update` that changes instructions or tools, sent between `response.created` and
    `response.done` of an answer in the conversation.

    Why it matters: the answer under way goes on with the settings it began with; the change is heard one answer
    later than one might think.

    What to do: update between answers, or give `response.create` the instructions that this answer needs.

    Seen in: no public thread yet; told by the API's reference for `session.update`.
    """
    hits = []
    for change in call.session.changes:
        names = sorted({path.partition(".")[0] for path in change.changed} & PROMPT)
        if change.answer != "updated" or not change.requested or not names:
            continue
        under_way = next((one for one in call.session.responses.values() if _covers(one, change)), None)
        if under_way is not None:
            words = f"the client changed {listed(names)} while {under_way.id} was being made, which keeps the old"
            hits.append(Hit(change.mark.seq, words, response_id=under_way.id))
    if hits:
        yield grouped(hits, f"the client changed what the model is told during answers, {len(hits):,} times")


@rule("RT215", "turn-never-committed", "warning")
def never_ends(call: Subject) -> Iterator[Hit]:
    """The client sent audio, with turn detection off, and never committed it.

    What it sees: more than 2 s of appended audio, `turn_detection` null from the first of it to the end, and
    neither `input_audio_buffer.commit` nor `clear` in the whole call.

    Why it matters: the server waits for the client to say that the user has finished, and the client waits for the
    server: the user is never answered.

    What to do: send `input_audio_buffer.commit` and then `response.create` when the user lets the key go, or turn
    `server_vad` or `semantic_vad` on.

    Seen in: no public thread yet; the mirror image of openai-agents-js#748, where both commit.
    """
    session = call.session
    if (
        call.live
        or not session.complete
        or session.input.length_ns < _LEAST_NS
        or detects_turns(session.config) is not False
    ):
        return
    if any(
        path.startswith("audio.input.turn_detection")
        for one in session.changes
        for path in one.changed
        if one.mark.seq > session.input.seqs[0] and _began_on(one)
    ):
        return
    said = call.traffic.said("input_audio_buffer.commit", "input_audio_buffer.clear")
    if said or not call.is_whole or any(item.committed for item in session.items.values()):
        return
    words = f"the client sent {length(session.input.length_ns)} of audio and never committed it; turn detection is off"
    yield Hit(session.input.seqs[0], words)


@rule("RT216", "transcriber-missing", "warning", "medium")
def transcriber_missing(call: Subject) -> Iterator[Hit]:
    """Transcription of the user was switched on without a model that does it, and no transcript came.

    What it sees: an `audio.input.transcription` object without `model` in force, at least one turn of the user's
    that was committed, and no transcript.

    Why it matters: what the user said is nowhere written down: not in the app, not in its history.

    What to do: name a model, as `gpt-4o-mini-transcribe`; on Azure, the name of a deployment.

    Seen in: openai-realtime-console#46.
    """
    config = call.session.config
    if transcription_of(config) is None or transcriber_of(config):
        return
    items = list(call.session.items.values())
    spoken = [item for item in items if item.committed]
    if spoken and not any(item.transcription for item in items):
        mark = next((one.mark for one in call.session.changes if _asks_for_transcripts(one)), spoken[0].committed)
        if mark is not None:
            yield Hit(mark.seq, "transcription is on and names no model: nothing the user said was transcribed")


RULES = (during_response, never_ends, transcriber_missing)


def _covers(response: Response, change: ConfigChange) -> bool:
    begun, done = response.created, response.done
    if begun is None or not response.in_conversation:
        return False
    return begun.seq < change.mark.seq and (done is None or change.mark.seq < done.seq)


def _began_on(change: ConfigChange) -> bool:
    """Say whether turns were detected before a change."""
    return any(path.startswith("audio.input.turn_detection") and before for path, (before, _) in change.changed.items())


def _asks_for_transcripts(change: ConfigChange) -> bool:
    return transcription_of(change.requested) is not None
