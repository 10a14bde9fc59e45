"""Limits that are nearly reached, and gaps."""

from pathlib import Path
from typing import Any

from rtdebug.diagnosis.linting import diagnose
from rtdebug.diagnosis.rules.recorder import RULES
from rtdebug.opening import examined
from tests.diagnosis.sounding import RATE, VoiceCall, noise, pcm
from tests.diagnosis.telling import Talk


def limited(*remaining: Any) -> Talk:
    talk = Talk()
    for number, left in enumerate(remaining):
        told = [{"name": "tokens", "limit": 40_000, "remaining": left, "reset_seconds": 3.5}]
        talk.server(1000 + number, "rate_limits.updated", rate_limits=told)
    return talk


def test_a_limit_that_is_nearly_reached_is_found_where_least_is_left() -> None:
    (found,) = limited(30_000, 3000, 1200, 39_000).findings(*RULES)
    assert (found.code, found.severity, found.seqs) == ("RT230", "warning", (5, 4))
    assert found.message == "1,200 of 40,000 tokens were left of the rate limit (3 %); whole again in 3.5 s"


def test_enough_is_none_and_so_is_nonsense() -> None:
    assert limited(39_000, 4000, "none", -1, None, True).findings(*RULES) == []


def test_gaps_are_one_finding() -> None:
    talk = Talk()
    talk.lines += [(100, "server", "gap", {"reason": "the disk is full"}), (200, "server", "gap", {})]
    (found,) = talk.findings(*RULES)
    assert (found.code, found.severity, found.seqs) == ("RT231", "warning", (3, 4))
    assert found.message == "the recording has 2 gaps: the disk is full"


def test_entries_that_are_not_there_are_found() -> None:
    subject = limited(*[30_000] * 20).subject()
    subject.events = [one for one in subject.events if not 8 <= one.seq <= 11]
    (found,) = diagnose(subject, RULES).findings
    assert (found.code, found.seqs) == ("RT231", (7, 12))
    assert found.message == "4 entries of the recording are missing, the first behind #7"


def test_audio_that_was_lost_on_the_way_is_found(tmp_path: Path) -> None:
    call = VoiceCall(tmp_path)
    call.microphone(pcm(noise(5, 20)), rate=RATE)
    folder = call.record()
    assert _judged(folder) == []
    wav = folder / "client.wav"
    wav.write_bytes(wav.read_bytes()[: RATE * 2 * 2])
    (found,) = _judged(folder)
    assert found.startswith("3.0 s of the 5.0 s of audio that the entries put in client.wav")
    wav.unlink()
    (found,) = _judged(folder)
    assert found.startswith("5.0 s of the 5.0 s")


def _judged(folder: Path) -> list[str]:
    with examined(folder) as (_, subject):
        return [one.message for one in diagnose(subject, RULES).findings]


def cut(talk: Talk, **more: Any) -> list[tuple[str, str, str, tuple[int, ...]]]:
    found = talk.findings(*RULES, **more)
    return [(one.code, one.severity, one.message, one.seqs) for one in found]


def test_a_recording_that_ends_in_mid_answer_is_found() -> None:
    talk = Talk()
    talk.begin(1000, "resp_1")
    talk.say(1100, "resp_1", "item_1", 400)
    words = "the recording was cut off while resp_1 was being made; nothing is known of what came after"
    assert cut(talk) == [("RT232", "info", words, (8, 3))]


def test_so_is_one_that_ends_while_the_user_speaks() -> None:
    talk = Talk()
    talk.server(1000, "input_audio_buffer.speech_started", item_id="item_1", audio_start_ms=700)
    [(code, _, words, seqs)] = cut(talk)
    assert (code, seqs) == ("RT232", (3,))
    assert words.startswith("the recording was cut off while the user was speaking")


def test_where_nothing_was_under_way_or_the_end_is_known_there_is_none() -> None:
    quiet = Talk()
    quiet.answer(1000, 1, 400)
    assert cut(quiet) == []
    ended, whole, live = Talk(), Talk(), Talk()
    for talk in (ended, whole, live):
        talk.begin(1000, "resp_1")
    ended.hang_up(2000)
    whole.lines.append((2000, "", "end", {}))
    assert (cut(ended), cut(whole), cut(live, live=True)) == ([], [], [])
