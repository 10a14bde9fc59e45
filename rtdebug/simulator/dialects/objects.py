"""The objects of xAI's shape, made of the machine's: sessions, items, responses, usage."""

from typing import Any

from rtdebug.simulator.refusals import Json

_NO_DETAILS = "unimplemented"
_TOKEN_S = 0.05


def session_of(held: Json) -> Json:
    """Return a session as it is shown first."""
    heard = held["audio"]["input"]
    return {
        "id": held["id"],
        "object": held["object"],
        "instructions": held["instructions"],
        "voice": held["audio"]["output"]["voice"],
        "modalities": held["output_modalities"],
        "turn_detection": heard["turn_detection"] or {"type": None},
        "tools": [_tool(tool) for tool in held["tools"]],
        "model": held["model"],
    }


def _tool(tool: Json) -> Json:
    if tool["type"] != "function":
        return tool
    return {"type": "function", "function": {name: value for name, value in tool.items() if name != "type"}}


def without_transport(audio: Any) -> Any:
    """Return a configuration of audio without how it travels: here it is always JSON."""
    if not isinstance(audio, dict):
        return audio
    sides = {name: side for name, side in audio.items() if isinstance(side, dict)}
    return audio | {
        name: {key: value for key, value in side.items() if key != "transport"} for name, side in sides.items()
    }


def item_of(item: Json) -> Json:
    """Return an item as it is shown everywhere."""
    return {"id": item["id"], "object": "realtime.item", **item}


def bare(item: Json) -> Json:
    """Return an output item; what it says stands in the response's end only."""
    return {name: value for name, value in item_of(item).items() if name != "content"}


def response_of(response: Json, output: tuple[Json, ...] = ()) -> Json:
    """Return a response as it is shown with that output."""
    told = {"id": response["id"], "object": response["object"], "output": list(output), "status": response["status"]}
    told |= {"status_details": _NO_DETAILS, "usage": {}}
    out_of_band = {"conversation_id": None} if response["conversation_id"] is None else {}
    return told | out_of_band | ({"metadata": response["metadata"]} if response["metadata"] else {})


def ended(event: Json) -> list[Json]:
    """Return the end of a response, what it used beside it."""
    response = event["response"]
    output = tuple(item_of(_as_audio(item)) for item in response["output"])
    return [
        {
            **event,
            "response": response_of(response, output),
            "response_id": response["id"],
            "usage": _usage(response["usage"]),
        }
    ]


def _as_audio(item: Json) -> Json:
    if item.get("role") != "assistant":
        return item
    parts = [{**part, "type": "audio"} if part["type"] == "output_audio" else part for part in item["content"]]
    return {**item, "content": parts}


def _usage(used: Json) -> Json:
    read, made = used["input_token_details"], used["output_token_details"]
    seconds = made["audio_tokens"] * _TOKEN_S
    return {
        "input_tokens": used["input_tokens"],
        "input_token_details": {
            "text_tokens": read["text_tokens"],
            "audio_tokens": read["audio_tokens"],
            "grok_tokens": 0,
        },
        "output_tokens": used["output_tokens"],
        "output_token_details": {**made, "grok_tokens": 0},
        "total_tokens": used["total_tokens"],
        "output_audio_seconds": seconds,
        "billable_audio_seconds": int(seconds),
    }
