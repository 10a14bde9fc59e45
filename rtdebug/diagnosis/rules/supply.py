"""How answers are supplied: audio that comes too slowly to be played, and answers that stop in the middle."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from rtdebug.diagnosis.finding import Hit
from rtdebug.diagnosis.grouping import grouped
from rtdebug.diagnosis.rule import rule
from rtdebug.diagnosis.subject import Subject
from rtdebug.session.audio import OutputAudio
from rtdebug.session.model import Response
from rtdebug.units import count, delay

_MS = 1_000_000
_BUFFER_NS = 100 * _MS
"""What a player keeps in hand before it begins."""
_LEAST_NS = 20 * _MS
_CHOPPY_NS = 200 * _MS
_STALL_NS = 1_000 * _MS
_SILENT_NS = 3_000 * _MS
_MOST_APART: Final = 5


class Underrun(NamedTuple):
    """A player had nothing to play."""

    seq: int
    """The piece it waited for."""
    came_ns: int
    waited_ns: int


@rule("RT191", "choppy-audio", "warning", needs=("times",))
def choppy(call: Subject) -> Iterator[Hit]:
    """An answer's audio came more slowly than it is spoken.

    What it sees: a player that begins 100 ms after the first piece would run dry in the answer for 200 ms or more in
    all. Waits of a second and more are RT193's.

    Why it matters: the user hears gaps in the middle of words.

    What to do: buffer more before playing. Look at the network between the server and here, and at whatever else
    the client does while it receives: decoding or logging on the same thread is enough to fall behind.

    Seen in: Azure-Samples/aisearch-openai-rag-audio#60.
    """
    hits = []
    for response, dry in _played(call).items():
        short = [one for one in dry if one.waited_ns < _STALL_NS]
        total = sum(one.waited_ns for one in short)
        if total >= _CHOPPY_NS:
            words = f"{response} came too slowly to be played: {count(len(short), 'gap')}, {delay(total)} in all"
            more = tuple(one.seq for one in short[1:6])
            hits.append(Hit(short[0].seq, words, more, response_id=response, until_ns=short[-1].came_ns))
    if len(hits) <= _MOST_APART:
        yield from hits
    else:
        yield grouped(
            hits, f"{count(len(hits), 'answer')} came too slowly to be played; the first is {hits[0].response_id}"
        )


@rule("RT193", "answer-stalls", "warning", needs=("times",))
def stalls(call: Subject) -> Iterator[Hit]:
    """An answer stopped in the middle and went on later.

    What it sees: a player with nothing to play for a second or more in the middle of an answer; in an answer without
    audio, 3 s or more between two deltas.

    Why it matters: the user takes the silence for the end and begins to speak, which cuts the rest.

    What to do: compare with other answers of the same time: one stall is the service's, stalls in all are the
    network's. Report the response's id to the service.

    Seen in: livekit/agents#1988, openai-dotnet#879.
    """
    hits = []
    for response, dry in _played(call).items():
        for one in dry:
            if one.waited_ns >= _STALL_NS:
                words = f"{response} fell silent for {delay(one.waited_ns)} in the middle: its audio came late"
                hits.append(Hit(one.seq, words, response_id=response, until_ns=one.came_ns))
    for response_ in call.session.responses.values():
        if response_.first_audio is None:
            hits += _silences(call, response_)
    if len(hits) <= _MOST_APART:
        yield from hits
    else:
        yield grouped(hits, f"answers stopped in the middle {len(hits):,} times; the first is {hits[0].response_id}")


RULES = (choppy, stalls)


def _silences(call: Subject, response: Response) -> Iterator[Hit]:
    """Find where the text of an answer, or the arguments of a call, stopped for a while."""
    stream = call.traffic.streams.get(response.id)
    deltas = [one for one in stream.events if one.type.endswith(".delta")] if stream else []
    for before, behind in pairwise(deltas):
        if before.at_ns is None or behind.at_ns is None or behind.at_ns - before.at_ns < _SILENT_NS:
            continue
        words = f"{response.id} stopped for {delay(behind.at_ns - before.at_ns)} between two deltas"
        yield Hit(before.seq, words, (behind.seq,), response_id=response.id, until_ns=behind.at_ns)


def _played(call: Subject) -> Mapping[str, list[Underrun]]:
    """Play the answers one after the other; return where the player ran dry, by response."""
    found: dict[str, list[Underrun]] = {}
    free_ns = 0
    for response in call.session.responses.values():
        cut_ns = response.barge_in.speech.at_ns if response.barge_in else None
        items = [call.session.items[id_] for id_ in response.item_ids if id_ in call.session.items]
        for audio in (part.audio for item in items for _, part in sorted(item.parts.items()) if part.audio):
            dry, free_ns = _play(audio, free_ns, cut_ns)
            if dry:
                found.setdefault(response.id, []).extend(dry)
        if cut_ns is not None:
            free_ns = min(free_ns, cut_ns)
    return found


def _play(audio: OutputAudio, free_ns: int, cut_ns: int | None) -> tuple[list[Underrun], int]:
    """Play one stream from when the player is free; return where it ran dry, and when it is free again."""
    times, ends = _numbers(audio.times), _numbers(audio.ends)
    if not len(times) or times[0] < 0:
        return [], free_ns
    begun = max(int(times[0]) + _BUFFER_NS, free_ns)
    base = np.maximum.accumulate(np.concatenate([[begun], times[1:] - ends[:-1]]))
    waits = np.diff(base)
    late = [int(index) + 1 for index in np.flatnonzero(waits >= _LEAST_NS)]
    dry = [Underrun(audio.seqs[index], int(times[index]), int(waits[index - 1])) for index in late]
    if cut_ns is not None:
        dry = [one for one in dry if one.came_ns < cut_ns]
    return dry, int(base[-1] + ends[-1])


def _numbers(values: object) -> npt.NDArray[np.int64]:
    return np.array(values, np.int64)
