"""Answers that are slow to begin, or stutter (RT19x)."""

from benchmarks.corpus.good import FIRST, LEEDS, TURNS, Good, spoken, written
from benchmarks.corpus.planting import edited, held
from benchmarks.corpus.take import Take

_SPOKEN = "audio-turn vad-conversation spoken telephone spoken-beta written spoken-azure spoken-xai"


def _one(take: Take) -> str:
    """Choose an answer: the last one where a microphone is open, as the user would wait for it."""
    return take.answers()[-1] if take.microphone else take.random.choice(take.answers())


def _slow(take: Take) -> None:
    """Let the first audio of an answer come late."""
    response = _one(take)
    take.delay(take.of(response)[1], take.random.uniform(3400, 8000))


def _choppy(take: Take) -> None:
    """Let an answer come more slowly than it is spoken."""
    response = _one(take)
    deltas = take.deltas(response)
    at = deltas[0].ms
    bytes_a_ms = 8 if take.rate == 8000 else 48
    # Long enough to be heard: 100 ms are in the player's buffer, and 200 ms of silence are the rule's least.
    slow = 1 + max(take.random.uniform(0.15, 0.5), 450 * bytes_a_ms / sum(len(line.audio) for line in deltas))
    for line in deltas:
        if line.ms < at:
            take.delay(line, at - line.ms)
        at = line.ms + len(line.audio) / bytes_a_ms * slow


def _stalls(take: Take) -> None:
    """Let an answer stop in the middle, for longer than what had come lasts."""
    response = _one(take)
    deltas = take.deltas(response)
    middle = len(deltas) // 2
    bytes_a_ms = 8 if take.rate == 8000 else 48
    plays_until = deltas[0].ms + sum(len(line.audio) for line in deltas[:middle]) / bytes_a_ms
    take.delay(deltas[middle], plays_until - deltas[middle].ms + take.random.uniform(1300, 4000))


def _drifting(take: Take) -> None:
    """Let each answer take longer than the one before, and read more."""
    step = take.random.uniform(150, 260)
    for turn, response in enumerate(take.answers()):
        take.delay(take.of(response)[1], step * turn)
        done = take.one("response.done", response)
        used = done.event["response"]["usage"]
        read = {**used["input_token_details"], "text_tokens": 100 + 300 * turn}
        total = read["text_tokens"] + read["audio_tokens"]
        used = {
            **used,
            "input_token_details": read,
            "input_tokens": total,
            "total_tokens": total + used["output_tokens"],
        }
        done.event = {**done.event, "response": {**done.event["response"], "usage": used}}


_MANY = Good("many", written(*TURNS, *TURNS))
_PATIENT = [Good(f"waits-{ms}", spoken(LEEDS, FIRST, silence_ms=ms)) for ms in (1400, 1800, 2200)]

PLANTERS = (
    edited("RT190", _SPOKEN, _slow, "RT193 RT191"),
    edited("RT191", _SPOKEN, _choppy, "RT193"),
    held("RT192", _MANY, "RT190", _drifting),
    edited("RT193", _SPOKEN, _stalls, "RT191"),
    *(held("RT194", good, "RT190") for good in _PATIENT),
)
