import json
from pathlib import Path
from typing import Any

import pytest
from pybase64 import b64encode

from rtdebug.errors import UsageError
from rtdebug.imports.log import logs
from rtdebug.imports.source import Source

from .logs import CREATED, DONE, UPDATE, Imported, import_log

KEY = "sk-proj-averysecretkey1234567890"
TEXTS = [json.dumps(event) for event in (CREATED, UPDATE, DONE)]


def entry(*messages: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "startedDateTime": "2026-01-02T03:04:05.000Z",
        "_resourceType": "websocket",
        "request": {
            "method": "GET",
            "url": f"wss://user:pass@api.openai.com/v1/realtime?model=gpt-realtime&api_key={KEY}",
            "httpVersion": "HTTP/1.1",
            "headers": [
                {"name": ":path", "value": "/v1/realtime"},
                {"name": "Authorization", "value": f"Bearer {KEY}"},
                {"name": "Cookie", "value": "session=abcdefghijkl"},
                {"name": "Sec-WebSocket-Protocol", "value": f"realtime, openai-insecure-api-key.{KEY}"},
            ],
        },
        "response": {
            "status": 101,
            "statusText": "Switching Protocols",
            "headers": [{"name": "Upgrade", "value": "websocket\r\nX: y"}],
            "content": {},
        },
        "_webSocketMessages": list(messages),
        **changes,
    }


def message(way: str, at: float, data: str, opcode: int = 1) -> dict[str, Any]:
    return {"type": way, "time": 1767323045 + at, "opcode": opcode, "data": data}


CALL = [message("receive", 0.25, TEXTS[0]), message("send", 0.5, TEXTS[1]), message("receive", 2, TEXTS[2])]


def import_har(folder: Path, *entries: dict[str, Any]) -> list[Imported]:
    path = folder / "call.har"
    path.write_text(json.dumps({"log": {"version": "1.2", "entries": list(entries)}}, indent=2))
    return [import_log(log, folder / "recordings") for log in logs(Source(path))]


def test_a_socket_becomes_a_recording_with_its_handshake(tmp_path: Path) -> None:
    [made] = import_har(tmp_path, {"request": {"url": "https://x/"}, "response": {"status": 200}}, entry(*CALL))
    assert made.senders == "scs"
    assert [text.decode() for _, text in made.said] == TEXTS
    assert made.times == [250, 500, 2000]
    assert made.built.folder.name == "2026-01-02T03-04-05.000Z_sess_C9G5"
    assert made.header.upstream == "wss://api.openai.com"
    assert made.header.target == "/v1/realtime?model=gpt-realtime&api_key=[redacted]"
    assert made.header.source == "call.har (HAR)"
    [opened] = made.of_kind("opened")
    assert made.entries[0].kind == "opened"
    assert opened["request"]["head"][0] == "GET /v1/realtime?model=gpt-realtime&api_key=[redacted] HTTP/1.1"
    assert opened["response"]["head"] == ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket X: y"]


def test_secrets_of_the_handshake_are_nowhere(tmp_path: Path) -> None:
    error = {"type": "error", "error": {"message": f"Incorrect API key: {KEY}"}}
    [made] = import_har(tmp_path, entry(*CALL, message("receive", 3, json.dumps(error))))
    text = (made.built.folder / "events.jsonl").read_text()
    for secret in (KEY, "abcdefghijkl", "user:pass"):
        assert secret not in text


def test_every_socket_becomes_a_recording_of_its_own(tmp_path: Path) -> None:
    made = import_har(tmp_path, entry(*CALL), entry(message("send", 9, TEXTS[1])))
    assert [len(one.said) for one in made] == [3, 1]
    assert made[1].header.source == "call.har, entry 2 (HAR)"
    assert made[1].built.folder.name.endswith("_call-2")


def test_binary_messages_and_control_frames_are_kept(tmp_path: Path) -> None:
    binary = message("send", 1, b64encode(b"\x00\xff").decode(), 2)
    close = {**message("receive", 3, "bye", 8), "code": 1000}
    [made] = import_har(tmp_path, entry(*CALL[:1], binary, message("receive", 2, "x", 9), close))
    assert made.said[1] == ("client", b"\x00\xff")
    assert made.entries[-1].fields["ending"] == "server closed 1000"
    assert made.of_kind("ping") == [{"from": "server", "text": "x"}]
    assert made.of_kind("close") == [{"from": "server", "code": 1000, "text": "bye"}]


def test_http_toolkits_close_is_kept(tmp_path: Path) -> None:
    [made] = import_har(
        tmp_path, entry(*CALL, _webSocketClose={"code": 4000, "reason": "done", "timestamp": 1767323049})
    )
    assert made.entries[-1].fields["ending"] == "closed 4000"


def test_a_refusal_says_so(tmp_path: Path) -> None:
    answer = {
        "status": 401,
        "statusText": "Unauthorized",
        "headers": [
            {"name": "Content-Encoding", "value": "gzip"},
            {"name": "Content-Type", "value": "application/json"},
        ],
        "content": {"text": json.dumps({"error": {"message": f"bad key {KEY}"}})},
    }
    [made] = import_har(tmp_path, entry(*CALL[:1], response=answer))
    [opened] = made.of_kind("opened")
    assert opened["response"]["body"]["text"] == '{"error": {"message": "bad key [redacted]"}}'
    assert made.entries[-1].fields["ending"] == "refused 401"


def test_messages_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    odd = [message("error", 1, "x", -1), message("send", 1, "%%%", 2), {"type": "send"}, 7]
    [made] = import_har(tmp_path, entry(*CALL, *odd))  # type: ignore[arg-type]
    assert len(made.said) == 3
    assert made.survey.misread == 4
    assert made.survey.named[0].place == "entry 1, message 4"


def test_a_har_without_times_lacks_them(tmp_path: Path) -> None:
    [made] = import_har(tmp_path, entry(*({**one, "time": None} for one in CALL)))
    assert made.header.lacks == ("times",)
    assert made.header.started_ns == 1767323045_000_000_000


def test_a_har_without_messages_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no WebSocket messages"):
        import_har(tmp_path, entry())


@pytest.mark.parametrize(
    "odd", [None, 7, "x", [], {}, {"url": 7, "headers": 7}, {"url": "wss://[", "headers": [{}, 7]}]
)
def test_odd_heads_do_not_stop_it(odd: object, tmp_path: Path) -> None:
    [made] = import_har(tmp_path, entry(*CALL, request=odd or {}, response=odd, startedDateTime=odd))
    assert len(made.said) == 3
