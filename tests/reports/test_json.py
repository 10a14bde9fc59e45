import json
from typing import Any

from rtdebug.protocol.dialects.canonical import WIRE_STATUS_DETAILS
from rtdebug.reports.json import VERSION, session_json
from rtdebug.reports.recorded import Recorded
from rtdebug.session.model import ConfigChange, Response, Session, Truncation
from rtdebug.session.usage import read_usage

from .calls import USED, call, hostile, mark, recorded, timeless


def told(what: Recorded | Session) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(session_json(what if isinstance(what, Recorded) else recorded(what)))
    return value


def test_it_is_versioned_and_has_all_its_parts() -> None:
    value = told(call())
    assert value["rtdebug_session"] == VERSION == 1
    assert list(value) == [
        *("rtdebug_session", "recording", "session", "config", "turns", "responses", "items", "usage", "latency"),
        *("errors", "rate_limits", "refused", "unknown", "notes", "gaps", "findings"),
    ]
    assert list(told(Session())) == list(value)


def test_a_response_keeps_the_apis_words() -> None:
    _, cut, failed = told(call())["responses"]
    assert (cut["id"], cut["object"], cut["voice"]) == ("resp_2", "realtime.response", "marin")
    assert cut["status_details"] == {"type": "cancelled", "reason": "turn_detected"}
    assert cut["usage"] == USED.wire()
    assert cut["output"] == ["item_4"]
    assert "_private" not in cut
    assert failed["usage"] is None
    assert failed["status_details"]["error"]["code"] == "rate_limit_exceeded"


def test_every_fact_points_at_its_entry() -> None:
    cut = told(call())["responses"][1]
    assert cut["created"] == {"seq": 90, "at_ns": 4_000_000_000}
    assert cut["done"]["seq"] == 130
    assert cut["asked"] == {"by": "response.create", "seq": 84, "at_ns": 3_700_000_000, "overrides": {}}
    assert cut["cancelled"] == {"by": "turn_detection", "seq": 128, "at_ns": 5_200_000_000}
    audio = {"made_ns": 3_400_000_000, "heard_ns": 1_100_000_000, "claimed_ns": None, "seq": 132}
    assert cut["audio"] == audio
    assert cut["summary"].startswith("cancelled after 1.20 s because the user began to speak")
    [error] = told(call())["errors"]
    assert (error["code"], error["seq"], error["about_seq"]) == ("invalid_value", 200, 199)
    assert told(call())["turns"][1]["barge_in"]["seq"] == 128


def test_items_stand_in_true_order_with_what_became_of_them() -> None:
    items = told(call())["items"]
    assert [item["id"] for item in items] == ["item_1", "item_2", "item_3", "item_4", "item_5"]
    assert items[0]["content"][0]["transcript"] == "When is the next train?"
    assert items[0]["heard"] == {"start_ns": 400_000_000, "end_ns": 2_900_000_000}
    assert items[1]["arguments"] == '{"to": "Leeds"}'
    assert items[2]["output"] == '["10:15"]'
    assert items[3]["truncated"]["audio_end_ms"] == 1100
    assert items[4]["transcription"]["usage"]["type"] == "duration"


def test_prices_are_exact_text() -> None:
    value = told(call())
    assert value["responses"][0]["price"]["total"] == "0.0088576"
    assert value["responses"][2]["price"] is None
    assert value["usage"]["price"]["total"].startswith("0.01")
    assert value["usage"]["unheard"] == {"audio_ns": 2_300_000_000, "tokens": 64, "price": "0.004096"}
    assert value["usage"]["responses"]["total_tokens"] == 2 * USED.total_tokens


def test_changes_say_what_was_ignored() -> None:
    taken, refused = told(call())["config"]["changes"]
    assert taken["changed"] == {"voice": ["alloy", "marin"]}
    assert taken["ignored"] == {"temperature": [0.7, None]}
    assert (refused["answer"], refused["error"], refused["ignored"]) == ("refused", "Too late.", {})


def test_without_times_they_are_null_and_entries_stay() -> None:
    value = told(timeless())
    assert value["recording"]["duration_ns"] is None
    assert value["responses"][1]["created"] == {"seq": 90, "at_ns": None}
    assert value["latency"][1]["ttft_ns"] is None
    assert value["items"][0]["heard"] is None


def test_what_an_import_lacks_is_null() -> None:
    value = told(Recorded(call(), lacks=("audio",), source="a.jsonl"))
    assert value["recording"]["lacks"] == ["audio"]
    assert value["session"]["input_audio_ns"] is None
    assert value["responses"][1]["audio"]["made_ns"] is None
    assert value["responses"][1]["audio"]["heard_ns"] == 1_100_000_000
    assert value["latency"][1]["stall_ns"] is None
    assert value["items"][3]["content"][0]["audio_ns"] is None


def test_any_text_and_any_number_can_be_written() -> None:
    session = hostile()
    session.items[session.order[3]].truncation = Truncation(0, 10**400, mark(131, 5.4))
    session.config = {"deep": 10**300, "list": [2**70, float("inf")], "\ud800": "\ud800"}
    value = told(session)
    assert value["items"][3]["id"].endswith("item_4")
    nested: dict[str, Any] = {}
    for _ in range(5000):
        nested = {"a": nested}
    session.config = nested
    assert told(session)["config"]["effective"]["a"]


def test_the_apis_own_audio_stays_beside_what_was_heard() -> None:
    session = call()
    output = {"voice": "marin", "format": {"type": "audio/pcm", "rate": 24000}}
    session.responses["resp_2"].wire = {"id": "resp_2", "audio": {"output": output}}
    told_audio = told(session)["responses"][1]["audio"]
    assert told_audio["output"] == output
    assert told_audio["heard_ns"] == 1_100_000_000
    session.responses["resp_2"].wire = {"audio": "odd"}
    assert told(session)["responses"][1]["audio"] == {key: told_audio[key] for key in told_audio if key != "output"}


XAI = {
    "input_tokens": 156,
    "input_token_details": {"text_tokens": 10, "audio_tokens": 146, "grok_tokens": 0},
    "output_tokens": 185,
    "output_token_details": {"text_tokens": 15, "audio_tokens": 170, "grok_tokens": 3},
    "total_tokens": 341,
    "billable_audio_seconds": 5,
}


def test_what_only_one_service_tells_is_told() -> None:
    session = Session()
    one = session.responses["r"] = Response("r", usage=read_usage(XAI))
    one.wire = {"status_details": None, WIRE_STATUS_DETAILS: "unimplemented", "usage": XAI}
    value = told(session)
    [response] = value["responses"]
    assert (response["status_details"], response["status_details_wire"]) == (None, "unimplemented")
    unknown = {"image_tokens": 0, "cached_tokens": None, "cached_tokens_details": None}
    assert response["usage"] == {**XAI, "input_token_details": XAI["input_token_details"] | unknown}  # type: ignore[operator]
    assert value["usage"]["responses"]["input_token_details"]["cached_tokens"] is None
    assert value["usage"]["cache_hit_rate"] is None
    assert told(call())["responses"][0]["status_details_wire"] is None


def test_cached_tokens_that_were_told_are_told_be_they_none() -> None:
    session = Session()
    wire = {"input_tokens": 10, "input_token_details": {"text_tokens": 10, "cached_tokens": 0}}
    session.responses["r"] = Response("r", usage=read_usage(wire), wire={"usage": wire})
    value = told(session)
    assert value["responses"][0]["usage"]["input_token_details"]["cached_tokens"] == 0
    assert value["usage"]["cache_hit_rate"] == 0


def test_a_server_does_not_ignore_what_it_never_shows() -> None:
    session = Session()
    private = {"server_url": "https://a", "authorization": "[redacted]", "headers": {"x": "[redacted]"}}
    tool = {"type": "mcp", "server_label": "docs", "require_approval": "never"}
    session.config = {"tools": [{**tool, "allowed_tools": None}]}
    asked = {"tools": [{**tool, **private, "connector_id": "c"}]}
    session.changes = [ConfigChange(asked, mark(4), "updated", mark(5))]
    assert told(session)["config"]["changes"][0]["ignored"] == {}
    session.config = {"tools": [{**tool, "require_approval": "always"}]}
    assert list(told(session)["config"]["changes"][0]["ignored"]) == ["tools"]
