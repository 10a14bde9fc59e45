"""Responses that fail, are cut short or have nothing in them, and responses that end as they should."""

import pytest

from rtdebug.diagnosis.rules.endings import RULES
from tests.diagnosis.telling import Talk


def ended(status: str, **details: object) -> Talk:
    talk = Talk()
    talk.begin(1000, "resp_1")
    talk.end(1400, "resp_1", status=status, status_details={"type": status, **details})
    return talk


def test_what_completes_or_is_cancelled_is_in_order() -> None:
    talk = Talk()
    talk.answer(1000, 1, 1000)
    talk.answer(3000, 2, 1000, status="cancelled", status_details={"reason": "turn_detected"})
    talk.call(5000, 3, "look")
    assert talk.findings(*RULES) == []


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        ("rate_limit_exceeded", ": a rate limit was reached"),
        ("insufficient_quota", ": the account's quota is used up"),
        ("server_error", ": the service had an error of its own"),
        ("something_else", ""),
    ],
)
def test_a_failure_is_told_in_the_services_words(code: str, cause: str) -> None:
    talk = ended("failed", error={"type": code, "code": code, "message": "Please  try\nagain."})
    (found,) = talk.findings(*RULES)
    assert (found.code, found.severity, found.response_id) == ("RT140", "error", "resp_1")
    assert found.message == f"resp_1 failed{cause} ({code} — Please try again.)"
    assert found.seqs == (4, 3)


def test_a_failure_without_a_reason_says_so() -> None:
    (found,) = ended("failed").findings(*RULES)
    assert found.message == "resp_1 failed (no reason given)"


def test_a_response_with_nothing_in_it_is_found() -> None:
    (found,) = ended("completed").findings(*RULES)
    assert (found.code, found.severity) == ("RT143", "warning")
    assert found.message == "resp_1 completed with nothing in it: no words, no audio, no call"


def test_a_response_whose_audio_the_recording_lacks_is_not_silent() -> None:
    talk = Talk()
    talk.begin(1000, "resp_1")
    content = [{"type": "output_audio", "transcript": ""}]
    talk.end(1400, "resp_1", {"id": "item_1", "type": "message", "role": "assistant", "content": content})
    assert [one.code for one in talk.findings(*RULES)] == ["RT143"]
    assert talk.findings(*RULES, lacks=["times", "audio"]) == []


@pytest.mark.parametrize(
    ("reason", "why"),
    [
        ("max_output_tokens", "its limit of output tokens was reached (max_output_tokens)"),
        ("content_filter", "the content filter stopped it (content_filter)"),
        ("whim", "the server gave it up (whim)"),
    ],
)
def test_a_response_that_is_cut_short_tells_why(reason: str, why: str) -> None:
    talk = ended("incomplete", reason=reason)
    talk.lines[-1][3]["response"]["usage"] = {"input_tokens": 10, "output_tokens": 80, "total_tokens": 90}
    (found,) = talk.findings(*RULES)
    assert (found.code, found.severity) == ("RT171", "warning")
    assert found.message == f"resp_1 was cut short after 80 output tokens: {why}"
