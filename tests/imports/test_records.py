import json
from pathlib import Path

import pytest

from .logs import CALL, CREATED, DONE, UPDATE, Imported, compact, import_bytes, import_lines

SPELLINGS = [
    ("from", "client", "server"),
    ("direction", "client", "server"),
    ("direction", "sent", "received"),
    ("direction", "send", "receive"),
    ("direction", "out", "in"),
    ("direction", "OUT", "IN"),
    ("direction", "outgoing", "incoming"),
    ("direction", "outbound", "inbound"),
    ("direction", "up", "down"),
    ("direction", "upstream", "downstream"),
    ("direction", "→", "←"),
    ("dir", "->", "<-"),
    ("dir", ">>>", "<<<"),
    ("dir", "tx", "rx"),
    ("dir", "c2s", "s2c"),
    ("direction", "client_to_server", "server_to_client"),
    ("direction", "Client -> Server", "Server -> Client"),
    ("sender", "user", "openai"),
    ("source", "client", "server"),
    ("role", "user", "assistant"),
    ("type", "send", "receive"),
    ("type", "client_event", "server_event"),
    ("kind", "sent", "received"),
    ("to", "server", "client"),
    ("from_client", True, False),
    ("fromClient", True, False),
    ("is_server", False, True),
    ("outgoing", True, False),
    ("incoming", False, True),
]


def check(made: Imported) -> None:
    assert made.senders == "scs"
    assert [text for _, text in made.said] == [compact(event) for _, event in CALL]


@pytest.mark.parametrize(("key", "client", "server"), SPELLINGS)
def test_who_spoke_is_read_in_every_spelling(key: str, client: object, server: object, tmp_path: Path) -> None:
    check(import_lines([{key: client if who == "client" else server, "event": event} for who, event in CALL], tmp_path))


@pytest.mark.parametrize("key", ["event", "data", "message", "payload", "msg", "body"])
def test_the_message_is_found_under_every_name_as_object_and_as_text(key: str, tmp_path: Path) -> None:
    check(import_lines([{"from": who, key: event} for who, event in CALL], tmp_path))
    texts = [json.dumps(event, indent=1) for _, event in CALL]
    made = import_lines([{key: text, "from": who} for (who, _), text in zip(CALL, texts, strict=True)], tmp_path)
    assert [text.decode() for _, text in made.said] == texts


def test_who_a_record_does_not_name_follows_from_the_type(tmp_path: Path) -> None:
    check(import_lines([{"ts": 1, "event": event} for _, event in CALL], tmp_path))


def test_bare_events_keep_their_text(tmp_path: Path) -> None:
    lines = [json.dumps(event) for _, event in CALL]
    made = import_lines(lines, tmp_path)
    assert made.senders == "scs"
    assert [text.decode() for _, text in made.said] == lines
    assert made.survey.form == "bare events"


def test_a_vendors_own_event_is_the_servers(tmp_path: Path) -> None:
    assert import_lines([UPDATE, {"type": "response.mood.delta", "mood": "fine"}], tmp_path).senders == "cs"


@pytest.mark.parametrize("wrapped", [lambda call: call, lambda call: {"events": call}, lambda call: {"messages": call}])
@pytest.mark.parametrize("indent", [None, 0, 2])
def test_one_json_value_may_hold_them_all(wrapped: object, indent: int | None, tmp_path: Path) -> None:
    assert callable(wrapped)
    for call in ([event for _, event in CALL], [{"from": who, "event": event} for who, event in CALL]):
        check(import_bytes(json.dumps(wrapped(call), indent=indent).encode(), tmp_path))


def test_records_in_records_are_opened(tmp_path: Path) -> None:
    lines = [{"type": "raw_model_event", "data": {"type": f"raw_{who}_event", "data": event}} for who, event in CALL]
    check(import_lines(lines, tmp_path))


def test_an_event_that_who_and_when_were_put_into_is_freed_of_them(tmp_path: Path) -> None:
    made = import_lines([{"direction": who, "timestamp": 1767323045, **event} for who, event in CALL], tmp_path)
    check(made)
    assert made.header.started_ns == 1767323045_000_000_000


def test_an_event_keeps_fields_that_look_like_a_records(tmp_path: Path) -> None:
    event = {"type": "response.output_text.done", "text": '{"type": "x.y", "data": 1}', "item_id": "item_1"}
    made = import_lines([event, {"from": "server", "event": event}], tmp_path)
    assert made.events == [event, event]


def test_sent_is_the_servers_where_most_of_it_is(tmp_path: Path) -> None:
    made = import_lines([{"dir": "in" if who == "client" else "out", "event": event} for who, event in CALL], tmp_path)
    check(made)
    assert made.survey.turned


def test_what_a_record_names_outright_is_believed(tmp_path: Path) -> None:
    assert (
        import_lines([{"from": "server", "event": UPDATE}, {"from": "client", "event": DONE}], tmp_path).senders == "sc"
    )


def test_text_that_is_no_json_is_a_message_where_somebody_spoke(tmp_path: Path) -> None:
    made = import_lines([{"from": "client", "data": "hello"}, {"from": "server", "event": CREATED}], tmp_path)
    assert made.said[0] == ("client", b"hello")


def test_a_loggers_words_are_no_message(tmp_path: Path) -> None:
    made = import_lines([{"level": "info", "source": "server", "msg": "connected to the API"}, UPDATE], tmp_path)
    assert len(made.said) == 1
    assert made.survey.misread == 1


def test_kinds_are_kept_as_what_they_are(tmp_path: Path) -> None:
    made = import_lines(
        [
            {"kind": "open", "url": "wss://api.openai.com/v1/realtime?api_key=sk-verysecret123"},
            {"from": "client", "event": UPDATE},
            {"from": "server", "kind": "ping", "text": "x"},
            {"from": "client", "kind": "pong"},
            {"from": "server", "kind": "close", "code": 1001, "reason": "going away"},
        ],
        tmp_path,
    )
    assert made.of_kind("ping") == [{"from": "server", "text": "x"}]
    assert made.of_kind("pong") == [{"from": "client"}]
    assert made.of_kind("close") == [{"from": "server", "code": 1001, "text": "going away"}]
    [told] = made.of_kind("told")
    assert (told["from"], told["what"]) == (None, "open")
    assert "sk-verysecret123" not in str(told)
    assert made.entries[-1].fields["ending"] == "server closed 1001"


@pytest.mark.parametrize(
    ("close", "kind", "ending"),
    [
        ({"type": "close", "code": 1000, "reason": "bye"}, "close", "closed 1000"),
        ({"event": "disconnected"}, "close", "closed"),
        ({"kind": "close", "from": "client"}, "close", "client closed"),
        ({"kind": "close", "from": "client", "code": 1005}, "close", "client closed"),
        ({"kind": "close", "from": "server", "code": 1006}, "closed", "server reset"),
        ({"type": "closed", "code": 1006}, "closed", "connection reset"),
        ({"kind": "close", "from": "client", "code": 99999999}, "close", "client closed"),
        ({"kind": "close", "from": "client", "code": 1000, "reason": "x" * 200_000}, "close", "client closed 1000"),
    ],
)
def test_an_end_is_told_in_many_ways(close: object, kind: str, ending: str, tmp_path: Path) -> None:
    made = import_lines([UPDATE, close], tmp_path)
    assert len(made.of_kind(kind)) == 1
    assert made.entries[-1].fields["ending"] == ending


def test_without_a_close_the_ending_says_it_was_imported(tmp_path: Path) -> None:
    assert import_lines([UPDATE], tmp_path).entries[-1].fields["ending"] == "imported"


def test_kinds_of_ours_cannot_be_forged(tmp_path: Path) -> None:
    lines = [{"kind": kind, "first": 1, "last": 9} for kind in ("end", "gap", "track", "opened", "stopped", "http")]
    made = import_lines([UPDATE, *lines], tmp_path)
    assert [entry.kind for entry in made.entries] == ["message", *["told"] * 6, "end"]


def test_odd_numbers_and_surrogates_survive(tmp_path: Path) -> None:
    line = '{"type":"response.x","n":NaN,"s":"\\ud800","big":123456789012345678901234567890}'
    made = import_bytes(f'{line}\n{{"from": "server", "event": {line}}}\n'.encode(), tmp_path)
    assert made.said[0][1].decode() == line
    assert len(made.said) == 2
