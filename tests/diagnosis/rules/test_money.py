"""Contexts that grow, caches that are lost, answers that nobody heard; and calls that cost what they should."""

from typing import Any

from rtdebug.diagnosis.rules.money import RULES
from tests.diagnosis.telling import VAD, Talk


def using(talk: Talk, number: int, tokens: int, cached: int = 0, **more: Any) -> None:
    read = {"text_tokens": tokens, "cached_tokens": cached, "cached_tokens_details": {"text_tokens": cached}}
    used = {"input_tokens": tokens, "output_tokens": 40, "input_token_details": read, **more}
    talk.answer(number * 10_000, number, 1000, usage=used)


def growing(*tokens: int) -> Talk:
    talk = Talk()
    for number, count in enumerate(tokens, 1):
        using(talk, number, count)
    return talk


def test_a_context_that_grows_is_worth_knowing() -> None:
    (found,) = growing(1000, 3000, 5000, 7000, 9000).findings(*RULES)
    assert (found.code, found.severity, found.response_id) == ("RT170", "info", "resp_5")
    assert found.message == (
        "the context grew from 1,000 to 9,000 input tokens, 2,000 an answer; 5 answers read 25,000 in all"
    )


def test_a_very_large_one_is_a_warning() -> None:
    (found,) = growing(1000, 8000, 14_000, 20_000, 26_000).findings(*RULES)
    assert found.severity == "warning"


def test_a_small_context_is_none() -> None:
    assert growing(100, 500, 900, 1300, 1700).findings(*RULES) == []


def cached(*counts: int, between: Any = None) -> Talk:
    talk = Talk()
    for number, count in enumerate(counts, 1):
        using(talk, number, 8000, count)
    if between is not None:
        between(talk)
    return talk


def instructions(talk: Talk) -> None:
    talk.client(25_000, "session.update", session={"type": "realtime", "instructions": "Be brief."})
    told = {"id": "sess_1", "type": "realtime", "audio": {"input": {"turn_detection": VAD}}, "tools": []}
    talk.server(25_050, "session.updated", session={**told, "instructions": "Be brief."})


def test_a_cache_that_is_lost_is_found_with_what_lost_it() -> None:
    (found,) = cached(6400, 6400, 0, 6400, between=instructions).findings(*RULES)
    assert (found.code, found.severity, found.confidence, found.response_id) == ("RT172", "warning", "high", "resp_3")
    assert found.message == (
        "the cached share of the input fell from 80 % to 0 %: resp_3 paid 6,400 tokens in full that were cached;"
        " before it the client changed instructions"
    )


def test_so_is_one_that_an_item_was_deleted_from() -> None:
    def delete(talk: Talk) -> None:
        talk.server(25_000, "conversation.item.deleted", item_id="item_1")

    (found,) = cached(6400, 6400, 0, between=delete).findings(*RULES)
    assert found.message.endswith("before it item_1 was deleted")


def test_one_that_nothing_explains_is_less_sure() -> None:
    (found,) = cached(6400, 6400, 0).findings(*RULES)
    assert (found.severity, found.confidence) == ("warning", "low")


def test_a_few_tokens_are_only_worth_knowing() -> None:
    talk = Talk()
    using(talk, 1, 2000, 1280)
    using(talk, 2, 2000, 0)
    (found,) = talk.findings(*RULES)
    assert (found.code, found.severity) == ("RT172", "info")


def test_a_cache_that_holds_is_none() -> None:
    assert cached(6400, 6400, 5120).findings(*RULES) == []
    assert cached(0, 0, 0).findings(*RULES) == []


def interrupted(*heard_ms: int) -> Talk:
    talk = Talk()
    for number, ms in enumerate(heard_ms, 1):
        at = number * 60_000
        talk.answer(at, number, 20_000, usage={"input_tokens": 10, "output_token_details": {"audio_tokens": 400}})
        if ms < 20_000:
            talk.truncate(at + 300 + ms, f"item_{number}", ms)
    return talk


def test_answers_that_nobody_heard_are_worth_knowing() -> None:
    (found,) = interrupted(20_000, 5000).findings(*RULES)
    assert (found.code, found.severity) == ("RT173", "info")
    assert found.message == "15.0 s of 40.0 s of answers were never heard (38 %), about 300 audio tokens"


def test_much_of_it_is_a_warning() -> None:
    (found,) = interrupted(2000, 2000, 2000).findings(*RULES)
    assert found.severity == "warning"


def test_a_little_is_none() -> None:
    assert interrupted(20_000, 18_000, 19_000).findings(*RULES) == []


def transcribed(times: int) -> Talk:
    talk = Talk()
    talk.speech(1000, "item_user")
    for number in range(times):
        kind = "conversation.item.input_audio_transcription.completed"
        used = {"type": "duration", "seconds": 2}
        talk.server(3000 + number, kind, item_id="item_user", content_index=0, transcript="Hi", usage=used)
    return talk


def test_usage_that_is_told_twice_is_found() -> None:
    (found,) = transcribed(2).findings(*RULES)
    assert (found.code, found.severity, found.item_id) == ("RT175", "info", "item_user")


def test_usage_that_is_told_once_is_none() -> None:
    assert transcribed(1).findings(*RULES) == []
