"""What `show --json` says of real sessions, against the raw files, which are read here on their own."""

import json
from pathlib import Path
from typing import Any

import pytest
from cli.terminal import rtdebug
from protocol.shared import REAL, needs_real

pytestmark = needs_real


def raw_events(path: Path) -> list[dict[str, Any]]:
    return [line["event"] for line in map(json.loads, path.read_text().splitlines()) if "event" in line]


def shown(path: Path, folder: Path) -> dict[str, Any]:
    recording = rtdebug("import", path, "-o", folder).text.strip()
    value: dict[str, Any] = json.loads(rtdebug("show", recording, "--json").out)
    return value


def spoken(item: dict[str, Any]) -> str:
    return " ".join(part.get("transcript") or part.get("text") or "" for part in item.get("content") or []).strip()


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
def test_responses_usage_and_words_are_those_of_the_raw_file(path: Path, tmp_path: Path) -> None:
    told = shown(path, tmp_path)
    ended = [event for event in raw_events(path) if event["type"] == "response.done"]
    assert [response["id"] for response in told["responses"]] == [event["response"]["id"] for event in ended]
    assert ended
    words = {item["id"]: item for item in told["items"]}
    total = 0
    for event, response in zip(ended, told["responses"], strict=True):
        raw = event["response"]
        assert response["status"] == raw["status"]
        details = raw.get("status_details")
        assert response["status_details"] == (details if isinstance(details, dict) else None)
        usage = raw.get("usage") or event.get("usage")
        for key in ("total_tokens", "input_tokens", "output_tokens"):
            assert response["usage"][key] == usage[key]
        total += usage["total_tokens"]
        assert response["output"] == [item["id"] for item in raw["output"]]
        for item in raw["output"]:
            if item["type"] == "function_call":
                assert (words[item["id"]]["name"], words[item["id"]]["arguments"]) == (item["name"], item["arguments"])
            else:
                assert spoken(words[item["id"]]) == spoken(item)
    assert told["usage"]["responses"]["total_tokens"] == total
    transcripts = "conversation.item.input_audio_transcription.completed"
    final = {event["item_id"]: event["transcript"] for event in raw_events(path) if event["type"] == transcripts}
    for item_id, transcript in final.items():  # xAI completes one more than once: the latest counts
        assert spoken(words[item_id]) == transcript.strip()
    assert not told["unknown"]
    assert not told["notes"]
    assert not told["recording"]["problems"]


@pytest.mark.parametrize("path", [path for path in REAL if "xai" not in path.stem], ids=lambda path: path.stem)
def test_the_numbers_of_usage_add_up(path: Path, tmp_path: Path) -> None:
    for response in shown(path, tmp_path)["responses"]:
        usage = response["usage"]
        put, got = usage["input_token_details"], usage["output_token_details"]
        assert usage["total_tokens"] == usage["input_tokens"] + usage["output_tokens"]
        assert usage["input_tokens"] == put["text_tokens"] + put["audio_tokens"] + put["image_tokens"]
        assert usage["output_tokens"] == got["text_tokens"] + got["audio_tokens"]
        assert put["cached_tokens"] == sum(put["cached_tokens_details"].values())
        assert put["cached_tokens"] % 64 == 0
