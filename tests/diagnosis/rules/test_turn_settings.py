"""Settings in force that do not do what the call needs."""

from typing import Any

from rtdebug.diagnosis.rules.turn_settings import RULES
from tests.diagnosis.telling import VAD, Talk

SECOND = "AAAA" * 16_000


def spoken(vad: dict[str, Any] | None, seconds: int, *, commits: bool = False) -> Talk:
    talk = Talk(vad)
    for number in range(seconds):
        talk.client(1000 + number * 1000, "input_audio_buffer.append", audio=SECOND)
    if commits:
        talk.client(60_000, "input_audio_buffer.commit")
    talk.hang_up(70_000)
    talk.lines.append((70_001, "client", "end", {}))
    return talk


def test_audio_that_is_never_committed_is_found() -> None:
    (found,) = spoken(None, 5).findings(*RULES)
    assert (found.code, found.severity, found.seqs) == ("RT215", "warning", (3,))
    assert found.message == "the client sent 5.0 s of audio and never committed it; turn detection is off"


def test_a_turn_that_the_client_or_the_server_ends_is_none() -> None:
    assert spoken(None, 5, commits=True).findings(*RULES) == []
    assert spoken(VAD, 5).findings(*RULES) == []
    assert spoken(None, 1).findings(*RULES) == []


def test_nothing_is_said_of_a_call_that_goes_on_or_was_cut_off() -> None:
    assert spoken(None, 5).findings(*RULES, live=True) == []
    cut = spoken(None, 5)
    cut.lines.pop()
    assert cut.findings(*RULES) == []


def changing(at_ms: float) -> Talk:
    talk = Talk()
    talk.answer(1000, 1, 4000)
    talk.client(at_ms, "session.update", session={"type": "realtime", "instructions": "Be brief."})
    told = {"id": "sess_1", "type": "realtime", "audio": {"input": {"turn_detection": VAD}}, "tools": []}
    talk.server(at_ms + 20, "session.updated", session={**told, "instructions": "Be brief."})
    return talk


def test_a_change_of_instructions_during_an_answer_is_found() -> None:
    (found,) = changing(1500).findings(*RULES)
    assert (found.code, found.severity, found.response_id) == ("RT214", "info", "resp_1")
    assert found.message == "the client changed instructions while resp_1 was being made, which keeps the old"


def test_one_between_answers_is_none() -> None:
    assert changing(500).findings(*RULES) == []
    assert changing(9000).findings(*RULES) == []


def transcribing(transcription: dict[str, Any], text: str | None) -> Talk:
    talk = Talk()
    told = {"input": {"turn_detection": VAD, "transcription": transcription}}
    talk.server(100, "session.updated", session={"id": "sess_1", "type": "realtime", "audio": told})
    talk.speech(1000, "item_user", text=text)
    return talk


def test_transcription_without_a_model_is_found() -> None:
    (found,) = transcribing({"language": "de"}, None).findings(*RULES)
    assert (found.code, found.severity) == ("RT216", "warning")


def test_transcription_that_works_is_none() -> None:
    assert transcribing({"language": "de"}, "Hallo").findings(*RULES) == []
    assert transcribing({"model": "whisper-1"}, None).findings(*RULES) == []
