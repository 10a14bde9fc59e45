"""Transcripts of the user that are late, missing or not what was said (RT18x)."""

import numpy as np

from benchmarks.corpus.planting import edited
from benchmarks.corpus.sound import heard, wire
from benchmarks.corpus.take import Line, Take

_SPOKEN = "vad-conversation spoken telephone spoken-beta spoken-azure spoken-xai long"
_COMPLETED = "conversation.item.input_audio_transcription.completed"
_DELTA = "conversation.item.input_audio_transcription.delta"


def _late(take: Take, ms: float) -> None:
    """Let the transcript of a turn come so long after the answer to it."""
    done = take.random.choice(take.find(_COMPLETED)[:-1] or take.find(_COMPLETED))
    item = done.event["item_id"]
    answer = next(line for line in take.find("response.done") if line.ms > _committed(take, item).ms)
    for line in [*[one for one in take.find(_DELTA) if one.event["item_id"] == item], done]:
        line.ms = answer.ms + ms
    take.sort()


def _committed(take: Take, item: str) -> Line:
    return next(line for line in take.find("input_audio_buffer.committed") if line.event["item_id"] == item)


def _out_of_order(take: Take) -> None:
    _late(take, take.random.uniform(60, 900))


def _very_late(take: Take) -> None:
    _late(take, take.random.uniform(3500, 7000))


def _failed(take: Take) -> None:
    done = take.random.choice(take.find(_COMPLETED))
    item = done.event["item_id"]
    take.drop([line for line in take.find(_DELTA) if line.event["item_id"] == item])
    error = {
        "type": "transcription_error",
        "code": "audio_unintelligible",
        "message": "The audio could not be transcribed.",
        "param": None,
    }
    kind = done.event["type"].replace("completed", "failed")
    where = {key: done.event[key] for key in ("event_id", "item_id", "content_index")}
    done.event = {"type": kind, **where, "error": error}


def _missing(take: Take) -> None:
    done = take.find(_COMPLETED)[0]
    item = done.event["item_id"]
    take.drop([done, *[line for line in take.find(_DELTA) if line.event["item_id"] == item]])
    if take.now - done.ms < 12000:
        take.room(13000)


def _of_silence(take: Take) -> None:
    """Let the words stand, and take the sound away."""
    item = take.random.choice(take.find("input_audio_buffer.speech_started")).event["item_id"]
    start, end = _span(take, item)
    at = 0.0
    for line in take.microphone:
        ms = len(line.audio) * 1000 / take.rate
        if at + ms > start and at < end:
            line.audio = wire(take, np.zeros(len(heard(take, line.audio))))
        at += ms


def _span(take: Take, item: str) -> tuple[float, float]:
    started = next(line for line in take.find("input_audio_buffer.speech_started") if line.event["item_id"] == item)
    stopped = next(line for line in take.find("input_audio_buffer.speech_stopped") if line.event["item_id"] == item)
    return started.event["audio_start_ms"] - 40, stopped.event["audio_end_ms"] + 40


PLANTERS = (
    edited("RT180", _SPOKEN, _out_of_order),
    edited("RT181", _SPOKEN, _of_silence, "RT194 RT190 RT151 RT156"),
    edited("RT182", _SPOKEN, _failed),
    edited("RT182", _SPOKEN, _missing),
    edited("RT183", _SPOKEN, _very_late, "RT180"),
)
