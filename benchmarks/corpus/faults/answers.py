"""Answers that do not arrive as they were made (RT10x)."""

from benchmarks.corpus.planting import edited
from benchmarks.corpus.sound import numbers, pcm, resampled, spread, whole
from benchmarks.corpus.take import Line, Take

_SPOKEN = "audio-turn vad-conversation spoken telephone spoken-beta written spoken-azure spoken-xai beta"


def _tail_missing(take: Take) -> None:
    deltas = take.deltas(take.random.choice(take.answers()))
    least = max(2, round(len(deltas) * take.random.uniform(0.3, 0.7)))
    take.drop(deltas[-least:])


def _cut_by_client(take: Take) -> None:
    response = max(take.answers(), key=lambda one: len(whole(take.deltas(one))))
    deltas = take.deltas(response)
    done = take.one("response.done", response)
    bytes_a_ms = 8 if take.rate == 8000 else 48
    made_ms = len(whole(deltas)) / bytes_a_ms
    end_ms = round(made_ms * take.random.uniform(0.45, 0.6))
    cut = {"item_id": deltas[0].event["item_id"], "content_index": 0, "audio_end_ms": end_ms}
    asked = take.put(Line(0, "client", {"type": "conversation.item.truncate", **cut}), after=done)
    asked.ms = max(done.ms + 1, deltas[0].ms + end_ms + 60)
    told = {"type": "conversation.item.truncated", "event_id": "event_cut", **cut}
    take.put(Line(0, "server", told), after=asked).ms = asked.ms + 12
    take.sort()


def _late(take: Take) -> None:
    response = take.random.choice(take.answers())
    deltas = take.deltas(response)
    behind = take.one(take.random.choice(("response.output_audio.done", "response.done")), response)
    for line in reversed(deltas[-take.random.randint(1, 3) :]):
        take.move(line, after=behind)


def _silent(take: Take) -> None:
    for line in take.deltas(take.random.choice(take.answers())):
        line.audio = (b"\xff" if take.rate == 8000 else b"\0") * len(line.audio)


def _other_rate(take: Take) -> None:
    rate = take.random.choice((8000, 16000, 48000))
    for response in take.answers():
        deltas = take.deltas(response)
        spread(deltas, pcm(resampled(numbers(whole(deltas)), 24000, rate)))


PLANTERS = (
    edited("RT101", _SPOKEN, _tail_missing),
    edited("RT102", "long spoken telephone spoken-beta spoken-azure", _cut_by_client, "RT161 RT173"),
    edited("RT103", _SPOKEN, _late, "RT904 RT913 RT914 RT925"),
    edited("RT104", _SPOKEN, _silent),
    edited("RT105", "spoken long written", _other_rate, "RT101 RT113 RT191 RT193"),
)
