"""Tokens that need not have been paid for (RT170, RT172, RT175, RT230)."""

from benchmarks.corpus.planting import edited
from benchmarks.corpus.take import Json, Take

_TURNS = "long"


def _usage(text: int, sound: int, cached: int, out: Json) -> Json:
    kept_text = min(text, cached)
    return {
        "total_tokens": text + sound + out["output_tokens"],
        "input_tokens": text + sound,
        "output_tokens": out["output_tokens"],
        "output_token_details": out["output_token_details"],
        "input_token_details": {
            "text_tokens": text,
            "audio_tokens": sound,
            "image_tokens": 0,
            "cached_tokens": cached,
            "cached_tokens_details": {"text_tokens": kept_text, "audio_tokens": cached - kept_text, "image_tokens": 0},
        },
    }


def _charge(take: Take, shares: list[tuple[int, float]]) -> None:
    """Let answers read so many tokens, of which such a share is cached."""
    done = [line for line in take.find("response.done") if line.event["response"].get("usage")]
    for line, (tokens, share) in zip(done, shares, strict=False):
        response = line.event["response"]
        used = _usage(tokens // 3, tokens - tokens // 3, int(tokens * share) // 64 * 64, response["usage"])
        line.event = {**line.event, "response": {**response, "usage": used}}


def _growth(take: Take) -> None:
    first, last = take.random.randrange(900, 2500), take.random.randrange(9000, 20000)
    _charge(take, [(round(first + (last - first) * turn / 5), 0.9 if turn else 0.0) for turn in range(6)])


def _cache_lost(take: Take) -> None:
    size, lost = take.random.randrange(2000, 9000), take.random.randrange(2, 6)
    _charge(take, [(size + 200 * turn, 0.0 if turn in (0, lost) else 0.92) for turn in range(6)])


def _told_twice(take: Take) -> None:
    done = take.random.choice(take.find("conversation.item.input_audio_transcription.completed"))
    again = {**done.event, "event_id": f"{done.event['event_id']}b"}
    take.put(type(done)(0, "server", again), after=done).ms = done.ms + 40


def _limit_near(take: Take) -> None:
    share = take.random.uniform(0.01, 0.08)
    for line in take.find("rate_limits.updated"):
        limits = [{**one, "remaining": int(one["limit"] * share)} for one in line.event["rate_limits"]]
        line.event = {**line.event, "rate_limits": limits}


PLANTERS = (
    edited("RT170", _TURNS, _growth),
    edited("RT172", _TURNS, _cache_lost),
    edited("RT175", "vad-conversation spoken telephone spoken-azure transcription-only", _told_twice, "RT923"),
    edited("RT230", "text-turn vad-conversation written spoken", _limit_near),
)
