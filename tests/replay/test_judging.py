"""Verdicts on the calls of a test: what is wrong with them, by what the test asks for."""

from dataclasses import replace
from typing import Any

from rtdebug.replay.mismatch import Mismatch
from rtdebug.replay.terms import Terms
from rtdebug.replay.testing.judging import judged
from rtdebug.replay.verdict import Verdict, Verdicts

from .telling import CREATE, CREATED, Stage, Told


def played(*events: dict[str, Any], gone: str = "closed 1000") -> Verdict:
    """Play a call of one question, and of speech that is answered."""
    script = (
        Told()
        .server(CREATED["type"], event_id=CREATED["event_id"], session=CREATED["session"])
        .client("response.create")
        .server("response.created", response={"id": "resp_recorded01"})
        .server("response.done", response={"id": "resp_recorded01"})
        .script()
    )
    stage = Stage(script, Terms(patience_s=1))
    for event in events:
        stage.send(event)
    if gone:
        stage.part.left(gone, stage.now_ns)
    return stage.part.verdict


UPDATE = {"type": "session.update", "session": {"instructions": "Be kind."}}


def test_a_call_as_recorded() -> None:
    verdicts = Verdicts([played(CREATE)])
    for complete in (None, True, False):
        assert not judged(verdicts, complete)
        assert not judged(Verdicts([played(CREATE, gone="")]), complete)


def test_a_client_that_leaves_early_may_if_that_is_said() -> None:
    early = Verdicts([played()])
    assert not judged(early, complete=False)
    assert judged(early, complete=None).headline.endswith("response.create was not sent; the client closed 1000")
    there = Verdicts([played(gone="")])
    assert not judged(there, complete=False)
    assert judged(there, complete=None).headline.endswith("response.create was not sent before the test ended")


def test_what_is_wrong_with_a_call_hangs_on_no_words() -> None:
    early = replace(played(), ending="gone")
    assert not judged(Verdicts([early]), complete=False)
    other = Mismatch("connection", "the client asked for another model")
    judgement = judged(Verdicts([replace(early, mismatches=(*early.mismatches, other))]), complete=False)
    assert judgement.calls[0].mismatches == (other,)
    there = replace(played(gone=""), ending="still talking")
    assert judged(Verdicts([there]), complete=None).calls[0].ending == "the client was connected at the end"
    over = replace(played(CREATE), ending="under way")
    assert judged(Verdicts([over], [Told().script()]), complete=True).calls == ()


def test_a_speaker_that_leaves_early_may_if_that_is_said() -> None:
    script = (
        Told()
        .client("input_audio_buffer.append", audio="AAAA" * 8000)
        .server("input_audio_buffer.speech_started", item_id="item_recorded01", audio_start_ms=0)
        .script()
    )
    stage = Stage(script, Terms(patience_s=1))
    stage.part.left("closed 1000", stage.now_ns)
    verdicts = Verdicts([stage.part.verdict])
    assert judged(verdicts, complete=None).calls[0].mismatches[0].kind == "audio"
    assert not judged(verdicts, complete=False)


def test_what_was_never_recorded_is_never_right() -> None:
    for complete in (None, True, False):
        judgement = judged(Verdicts([played(UPDATE, gone="reset")]), complete)
        assert judgement.headline.startswith("session.update (instructions) was sent, which the recording does not")
    assert "response.create was not sent" not in judgement.text


def test_recordings_that_nobody_asked_for() -> None:
    script = Told().script()
    assert not judged(Verdicts([], [script]), complete=False)
    assert not judged(Verdicts([played(CREATE)], [script]), complete=None)
    assert judged(Verdicts([played(CREATE)], [script]), complete=True)
    for complete in (None, True):
        judgement = judged(Verdicts([], [script]), complete)
        assert judgement.text == "✘ told: nobody connected"
        assert judgement.headline.startswith("nobody connected to be played told. Does the client read OPENAI_BASE_URL")
