"""Keys that were left in a recording."""

from rtdebug.diagnosis.rules.hygiene import RULES
from tests.diagnosis.telling import Talk

KEY = "sk-" + "proj-" + "aB3dE5gH7jK9mN1pQ3sT5"


def saying(text: str) -> Talk:
    talk = Talk()
    talk.client(100, "session.update", session={"type": "realtime", "instructions": text})
    return talk


def test_a_key_in_the_instructions_is_found_and_not_printed() -> None:
    (found,) = saying(f"Call the weather service with {KEY}.").findings(*RULES)
    assert (found.code, found.severity, found.seqs) == ("RT240", "warning", (3,))
    assert found.message == "an API key (sk-…) stands in session.update at session.instructions: entry 3"
    assert KEY not in repr(found)


def test_a_key_in_many_events_of_one_type_is_one_finding() -> None:
    talk = saying("Be brief.")
    for number in range(20):
        talk.client(200 + number, "conversation.item.create", item={"type": "message", "content": [{"text": KEY}]})
    (found,) = talk.findings(*RULES)
    assert found.message.startswith("an API key (sk-…) stands in conversation.item.create at item.content[0].text")


def test_a_key_in_the_handshake_is_found() -> None:
    talk = saying("Be brief.")
    head = ["GET / HTTP/1.1", f"Authorization: Bearer {KEY}"]
    talk.lines.append((0, "client", "opened", {"request": {"head": head}}))
    (found,) = talk.findings(*RULES)
    assert found.message.startswith("a bearer token stands in opened at request.head[1]")


def test_words_that_only_look_a_little_like_keys_are_none() -> None:
    words = "A task-force on risk-management-and-insurance; Bearer [redacted]; sk-learn; ek_something_long_in_words"
    assert saying(words).findings(*RULES) == []


def test_what_the_server_says_after_the_client_is_told_once() -> None:
    talk = Talk()
    told = {"type": "realtime", "instructions": f"use {KEY}"}
    talk.client(100, "session.update", session=told)
    talk.server(130, "session.updated", session=told)
    (found,) = talk.findings(*RULES)
    assert found.seqs == (3, 4)
    assert found.message.endswith("stands in session.update at session.instructions: entry 3, and 1 later entry")
