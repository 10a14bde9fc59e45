"""Which request an event answers, where it does not say so itself; and what was refused leaves no false facts."""

from rtdebug.session.heard import heard
from rtdebug.session.latency import latencies
from rtdebug.session.playing import heard_between

from .telling import Call
from .test_fold import SESSION, VAD, begun, spoken

MS = 1_000_000


def refuse(call: Call, message: str, code: str | None = None, param: str | None = None) -> None:
    call.server("error", error={"type": "invalid_request_error", "code": code, "message": message, "param": param})


def test_a_refused_response_does_not_shift_those_after_it() -> None:
    for code, param in ((None, "response.max_output_tokens"), ("conversation_already_has_active_response", None)):
        call = begun()
        call.client("response.create", response={"instructions": "refused"})
        refuse(call, "Invalid value", code, param)
        call.client("response.create", after=10_000, response={"instructions": "good"})
        call.answer("resp_1", "item_1", "Hello")
        session = call.session()
        assert session.responses["resp_1"].asked.overrides == {"instructions": "good"}
        assert [mark.seq for mark in session.refused] == [3]
        assert latencies(session)[0].response_ns == 10 * MS


def test_an_error_without_a_code_is_told_by_its_words() -> None:
    call = begun()
    call.client("response.create", response={"instructions": "refused"})
    refuse(call, "Conversation already has an active response in progress")
    call.client("response.create", response={"instructions": "good"})
    call.answer("resp_1", "item_1", "Hello")
    assert call.session().responses["resp_1"].asked.overrides == {"instructions": "good"}


def test_a_turn_that_nobody_answers_does_not_claim_a_later_response() -> None:
    call = begun(**VAD)
    spoken(call, "item_u", 100, 900)
    call.client("response.create", after=30_000, response={"instructions": "at last"})
    call.answer("resp_1", "item_a", "Hello")
    call.client("response.create", response={"instructions": "next"})
    call.answer("resp_2", "item_b", "Hello")
    asked = [response.asked for response in call.session().responses.values()]
    assert [(one.by, one.overrides.get("instructions")) for one in asked] == [
        ("response.create", "at last"),
        ("response.create", "next"),
    ]


def test_a_cancel_in_vain_is_not_the_reason_of_a_later_one() -> None:
    call = begun()
    call.client("response.cancel")
    refuse(call, "Cancellation failed: no active response found")
    call.client("response.create")
    call.server("response.created", response={"id": "resp_1", "status": "in_progress", "conversation_id": "conv"})
    call.client("response.cancel")
    details = {"type": "cancelled", "reason": "client_cancelled"}
    call.server("response.done", response={"id": "resp_1", "status": "cancelled", "status_details": details})
    cancellation = call.session().responses["resp_1"].cancellation
    assert cancellation is not None
    assert cancellation.mark is not None
    assert cancellation.mark.seq == 7


def test_a_voice_that_cannot_be_changed_is_a_refused_update() -> None:
    call = begun(instructions="x")
    call.client("session.update", session={"audio": {"output": {"voice": "ash"}}})
    refuse(call, "Cannot update a conversation's voice if assistant audio is present", "cannot_update_voice")
    call.client("session.update", session={"instructions": "be kind"})
    call.server("session.updated", session={**SESSION, "instructions": "be kind"})
    assert [change.answer for change in call.session().changes] == ["refused", "updated"]


def test_an_update_nobody_refused_is_found_by_what_it_asked_for() -> None:
    call = begun(instructions="x")
    call.client("session.update", session={"instructions": "no"})
    call.client("session.update", session={"instructions": "yes"})
    call.server("session.updated", session={**SESSION, "instructions": "yes"})
    assert [change.answer for change in call.session().changes] == ["", "updated"]


def test_what_was_appended_while_a_clear_was_on_its_way_belongs_to_the_next_turn() -> None:
    call = begun()
    for _ in range(100):
        call.client("input_audio_buffer.append", audio="AAAA" * 320)
    call.client("input_audio_buffer.clear")
    for _ in range(25):
        call.client("input_audio_buffer.append", audio="AAAA" * 320)
    call.server("input_audio_buffer.cleared")
    for _ in range(25):
        call.client("input_audio_buffer.append", audio="AAAA" * 320)
    call.client("input_audio_buffer.commit")
    call.server("input_audio_buffer.committed", item_id="item_u")
    item = call.session().items["item_u"]
    assert (item.input_start_ms, item.input_end_ms) == (2000.0, 3000.0)


def test_silence_that_was_answered_is_no_speech() -> None:
    call = begun(audio={"input": {"turn_detection": {"type": "server_vad", "idle_timeout_ms": 5000}}})
    call.server("input_audio_buffer.timeout_triggered", item_id="item_u", audio_start_ms=1500, audio_end_ms=6620)
    call.server("input_audio_buffer.committed", item_id="item_u")
    call.answer("resp_1", "item_a", "Are you there?")
    session = call.session()
    item = session.items["item_u"]
    assert (item.input_start_ms, item.input_end_ms) == (1500.0, 6620.0)
    assert item.speech is not None
    assert item.speech.is_silence
    assert session.responses["resp_1"].asked.by == "idle_timeout"
    assert latencies(session)[0].voice_to_voice_ns is None


def test_a_truncation_that_was_refused_tells_nothing() -> None:
    call = begun()
    call.client("response.create")
    call.answer("resp_1", "item_a", "Hello")
    call.client("conversation.item.truncate", item_id="item_a", content_index=0, audio_end_ms=99_000)
    refuse(call, "Audio content of 100ms is already shorter than 99000ms", "invalid_value")
    session = call.session()
    truncation = session.items["item_a"].truncation
    assert truncation is not None
    assert truncation.refused is not None
    assert heard(session, session.responses["resp_1"]).heard_ns is None
    span = heard_between(session)["item_a"]
    assert span.end_ns == span.start_ns + 100 * MS


def test_the_wait_ends_with_the_first_answer_that_is_heard() -> None:
    call = begun(audio={"input": {"turn_detection": {"type": "server_vad", "silence_duration_ms": 300}}})
    spoken(call, "item_u", 100, 900)
    aside = {"id": "resp_g", "status": "in_progress", "conversation_id": None}
    call.client("response.create", response={"conversation": "none"})
    call.server("response.created", response=aside)
    call.server("response.done", response={**aside, "status": "completed"})
    call.answer("resp_1", "item_a", "Hello")
    waits = {one.response_id: one for one in latencies(call.session())}
    assert waits["resp_g"].voice_to_voice_ns is None
    assert waits["resp_1"].voice_to_voice_ns is not None
    assert waits["resp_1"].endpointing_ns is not None


def test_the_silence_that_counts_is_the_one_in_force_when_the_user_stopped() -> None:
    detection = {"type": "server_vad", "silence_duration_ms": 300}
    call = begun(audio={"input": {"turn_detection": detection}})
    spoken(call, "item_u", 100, 900)
    call.answer("resp_1", "item_a", "Hello")
    before = latencies(call.session())[0]
    longer = {"audio": {"input": {"turn_detection": {**detection, "silence_duration_ms": 2000}}}}
    call.client("session.update", session=longer)
    call.server("session.updated", session={**SESSION, **longer})
    assert latencies(call.session())[0] == before


def test_where_the_service_goes_by_meaning_the_end_of_speech_is_not_known() -> None:
    call = begun(audio={"input": {"turn_detection": {"type": "semantic_vad"}}})
    spoken(call, "item_u", 100, 900)
    call.answer("resp_1", "item_a", "Hello")
    found = latencies(call.session())[0]
    assert (found.endpointing_ns, found.voice_to_voice_ns) == (None, None)
    assert found.ttfa_speech_ns is not None


def test_an_item_nobody_announced_belongs_to_its_response() -> None:
    call = begun()
    call.client("response.create")
    call.server("response.created", response={"id": "resp_1", "status": "in_progress", "conversation_id": "conv"})
    at = {"response_id": "resp_1", "item_id": "item_a", "output_index": 0, "content_index": 0}
    call.server("response.output_audio_transcript.delta", **at, delta="Hello there")
    call.server("response.output_audio.delta", **at, delta="AAAA" * 1600)
    session = call.session()
    assert session.responses["resp_1"].item_ids == ["item_a"]
    assert (session.items["item_a"].role, session.items["item_a"].response_id) == ("assistant", "resp_1")


def test_an_item_asked_for_at_the_root_stands_first() -> None:
    call = begun()
    user = {"id": "item_u", "type": "message", "role": "user"}
    call.server("conversation.item.added", previous_item_id=None, item=user)
    system = {"id": "sys", "type": "message", "role": "system"}
    call.client("conversation.item.create", previous_item_id="root", item=system)
    call.server("conversation.item.added", previous_item_id=None, item=system)
    assert call.session().order == ["sys", "item_u"]


def test_a_barge_in_is_known_before_its_speech_is_an_item() -> None:
    call = begun(**VAD)
    call.server("response.created", response={"id": "resp_1", "status": "in_progress", "conversation_id": "conv"})
    call.server("input_audio_buffer.speech_started", item_id="item_v", audio_start_ms=1500)
    details = {"type": "cancelled", "reason": "turn_detected"}
    call.server("response.done", response={"id": "resp_1", "status": "cancelled", "status_details": details})
    session = call.session()
    assert session.responses["resp_1"].barge_in is not None
    assert latencies(session)[0].barge_in_ns == 10 * MS


def test_what_becomes_of_mcp_items_is_kept() -> None:
    call = begun()
    call.server("conversation.item.added", item={"id": "mcpl_1", "type": "mcp_list_tools", "server_label": "s"})
    call.server("mcp_list_tools.failed", item_id="mcpl_1")
    assert call.session().items["mcpl_1"].status == "failed"


def test_a_second_session_in_one_recording_is_said() -> None:
    call = begun()
    call.server("session.created", session={**SESSION, "id": "sess_2"})
    (note,) = call.session().notes
    assert "more than one" in note.text


def test_a_refused_truncation_stays_refused_when_it_is_tried_again() -> None:
    call = Call()
    call.answer("resp_1", "item_1", "Hello.")
    for end_ms in (9000, 40):
        call.client("conversation.item.truncate", item_id="item_1", content_index=0, audio_end_ms=end_ms)
        if end_ms > 100:
            call.server("error", error={"message": f"Audio content of 100ms is already shorter than {end_ms}ms"})
    call.server("conversation.item.truncated", item_id="item_1", content_index=0, audio_end_ms=40)
    session = call.session()
    first, second = session.truncations
    assert (first.audio_end_ms, first.refused is not None, first.done) == (9000, True, None)
    assert (second.audio_end_ms, second.refused, second.done is not None) == (40, None, True)
    assert session.items["item_1"].truncation is second
    assert second.item_id == "item_1"


def test_speech_knows_what_the_server_was_to_make_of_it() -> None:
    call = Call()
    detection = {"type": "server_vad", "prefix_padding_ms": 250, "interrupt_response": False}
    call.server("session.created", session={"audio": {"input": {"turn_detection": detection}}})
    call.server("input_audio_buffer.speech_started", item_id="item_1", audio_start_ms=100)
    call.server("input_audio_buffer.committed", item_id="item_1")
    call.client("input_audio_buffer.commit")
    call.server("input_audio_buffer.committed", item_id="item_2")
    session = call.session()
    (speech,) = session.speeches
    assert (speech.prefix_ms, speech.interrupts) == (250, False)
    assert [item.expects_answer for item in session.items.values()] == [True, False]
