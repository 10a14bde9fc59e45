"""Audio in other chunks, a little less of it, or far too little."""

import pytest

from rtdebug.replay.load import load
from rtdebug.replay.policy import Policy
from rtdebug.replay.server import ReplayServer
from rtdebug.replay.steps import Say
from rtdebug.replay.terms import Terms
from rtdebug.replay.verdict import Verdict

from .actor import RECORDINGS, played

VOICE = ["vad-conversation", "barge-in", "audio-turn"]


async def verdict_on(name: str, *, terms: Terms | None = None, **options: float) -> Verdict:
    async with ReplayServer([RECORDINGS / name], terms=terms or Terms(patience_s=1)) as server:
        await played(RECORDINGS / name, server.ws_url, **options)
    (verdict,) = server.verdicts.connections
    return verdict


@pytest.mark.parametrize("chunk_ms", [10, 20, 40, 100, 250, 60_000])
@pytest.mark.parametrize("name", VOICE)
async def test_the_size_of_chunks_is_no_matter(name: str, chunk_ms: float) -> None:
    verdict = await verdict_on(name, chunk_ms=chunk_ms)
    assert verdict.clean, verdict.text
    assert verdict.done == verdict.steps


async def test_a_little_less_audio_will_do() -> None:
    verdict = await verdict_on("vad-conversation", chunk_ms=20, share=0.95)
    assert verdict.clean, verdict.text


async def test_half_of_the_audio_is_another_call() -> None:
    verdict = await verdict_on("vad-conversation", chunk_ms=20, share=0.5)
    (mismatch,) = verdict.mismatches
    assert mismatch.kind == "audio"
    assert mismatch.what.endswith(" ms were sent")
    assert "input_audio_buffer.speech_st" in mismatch.what
    assert not verdict.complete


async def test_a_loose_replay_takes_any_audio() -> None:
    terms = Terms(policy=Policy("loose"), patience_s=1)
    assert (await verdict_on("vad-conversation", terms=terms, chunk_ms=20, share=0.3)).clean


async def test_a_strict_replay_wants_all_of_it() -> None:
    terms = Terms(policy=Policy("strict"), patience_s=1)
    assert (await verdict_on("vad-conversation", terms=terms, chunk_ms=20)).clean
    recorded = load(RECORDINGS / "vad-conversation")
    needed_ms = max(step.heard_ms for step in recorded.script.steps if isinstance(step, Say))
    share = (needed_ms - 100) / recorded.script.speech_ms
    assert (await verdict_on("vad-conversation", chunk_ms=20, share=share)).clean
    assert not (await verdict_on("vad-conversation", terms=terms, chunk_ms=20, share=share)).clean


async def test_a_turn_ended_by_hand_with_no_audio_in_it() -> None:
    verdict = await verdict_on("audio-turn", chunk_ms=20, share=0.0)
    (mismatch,) = verdict.mismatches
    assert mismatch.kind == "audio"
    assert mismatch.what.startswith("step ") and "input_audio_buffer.commit comes of" in mismatch.what
    assert mismatch.what.endswith("and only 0 ms were sent")
