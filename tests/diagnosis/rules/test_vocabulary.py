"""Event types, names and ids that nobody knows."""

from rtdebug.diagnosis.rules.vocabulary import RULES
from tests.diagnosis.telling import Talk


def test_a_call_in_known_words_is_none() -> None:
    talk = Talk()
    talk.speech(1000, "item_user", text="Hello")
    talk.answer(3000, 1, 2000, by="server")
    talk.client(4000, "response.cancel", response_id="resp_1")
    talk.truncate(4100, "item_1", 500)
    talk.client(4200, "conversation.item.delete", item_id="item_user")
    talk.client(4300, "conversation.item.create", item={"id": "item_mine", "type": "message"})
    talk.client(4400, "conversation.item.retrieve", item_id="item_mine")
    assert talk.findings(*RULES) == []


def test_an_unknown_event_is_one_finding_for_its_type() -> None:
    talk = Talk()
    for number in range(3):
        talk.server(100 + number, "vendor.mood.changed", mood="fine")
    (found,) = talk.findings(*RULES)
    assert (found.code, found.severity, found.seqs) == ("RT220", "info", (3, 4, 5))
    assert found.message == "the server sent vendor.mood.changed, which no dialect knows, 3 times"


def test_a_misspelled_event_is_found_with_what_was_meant() -> None:
    talk = Talk()
    talk.client(100, "response.creat")
    (found,) = talk.findings(*RULES)
    assert (found.code, found.severity) == ("RT221", "warning")
    assert found.message == "the client sent response.creat; response.create was probably meant"


def test_from_the_server_it_is_only_worth_knowing() -> None:
    talk = Talk()
    talk.server(100, "response.outputs_audio.delta")
    assert [(one.code, one.severity) for one in talk.findings(*RULES)] == [("RT221", "info")]


def test_betas_names_on_a_ga_connection_are_found() -> None:
    talk = Talk()
    talk.client(100, "transcription_session.update", session={})
    talk.client(200, "transcription_session.update", session={})
    (found,) = talk.findings(*RULES)
    assert (found.code, found.severity, found.seqs) == ("RT222", "warning", (3, 4))
    assert found.message == "the client sent transcription_session.update, beta's name for session.update"


def test_a_beta_connection_has_betas_names() -> None:
    talk = Talk()
    talk.lines[0][3]["session"] = {"id": "sess_1", "modalities": ["text", "audio"], "input_audio_format": "pcm16"}
    talk.server(100, "response.audio.delta", response_id="resp_1", item_id="item_1", delta="")
    assert talk.findings(*RULES) == []


def test_ids_of_what_never_was_are_one_finding() -> None:
    talk = Talk()
    talk.truncate(100, "item_of_yesterday", 100, taken=False)
    (found,) = talk.findings(*RULES)
    assert (found.code, found.severity, found.seqs) == ("RT223", "warning", (3,))
    expected = "the client sent conversation.item.truncate for item_of_yesterday, an item that never was"
    assert found.message == expected
    talk.client(200, "response.cancel", response_id="resp_of_yesterday")
    (found,) = talk.findings(*RULES)
    assert found.message == "the client named items or responses that never were, 2 times"


def test_the_server_may_forget_too() -> None:
    talk = Talk()
    talk.server(100, "conversation.item.deleted", item_id="item_of_nobody")
    assert [(one.code, one.severity) for one in talk.findings(*RULES)] == [("RT223", "info")]


def test_who_listens_in_does_not_know_what_was() -> None:
    talk = Talk()
    talk.lines.clear()
    talk.server(50, "rate_limits.updated", rate_limits=[])
    talk.truncate(100, "item_before", 100)
    assert talk.findings(*RULES) == []
