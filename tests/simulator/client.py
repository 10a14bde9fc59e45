"""A client without a socket, and the rules that hold for whatever it is told."""

from base64 import b64encode
from collections import Counter
from math import inf
from typing import Any

from rtdebug.simulator.ids import Ids
from rtdebug.simulator.machine import Machine
from rtdebug.simulator.options import MANNER, Manner
from rtdebug.simulator.script import Script, ToolCall, Turn

MS = 1_000_000
TOOL = {"type": "function", "name": "look", "parameters": {"type": "object", "properties": {}}}
SCRIPT = Script(
    turns=(
        Turn("Look it up.", "It is there.", ToolCall("look", '{"at": "sky"}')),
        Turn("Two.", "A second reply, a little longer than the first one."),
    ),
    afterwards=(Turn("More?", "There is more."),),
    greeting="Hello there!",
)


def hum(text: str) -> bytes:
    """Fifty milliseconds of sound for each letter."""
    return b"\x00\x20\x00\xe0" * 600 * len(text)


class Client:
    """A client with its own clock in front of a machine, and all it was told."""

    def __init__(
        self,
        *,
        script: Script = SCRIPT,
        pace: float = inf,
        model: str = "gpt-realtime",
        seed: int = 1,
        manner: Manner = MANNER,
        limit_s: float = inf,
    ):
        ids = Ids(seed, uuids=manner.flavour == "xai")
        self.machine = Machine(
            speak=hum, script=script, pace=pace, model=model, ids=ids, manner=manner, limit_s=limit_s
        )
        self.now_ns = 0
        self.events: list[dict[str, Any]] = []
        self.lines: list[tuple[str, dict[str, Any]]] = []
        """Both sides of the session, each event with who sent it."""
        self._take(self.machine.open(0))

    def say(self, kind: str, **fields: Any) -> list[dict[str, Any]]:
        return self.send({"type": kind, **fields})

    def send(self, message: dict[str, Any] | str) -> list[dict[str, Any]]:
        if isinstance(message, dict):
            self.lines.append(("client", message))
        return self._take(self.machine.receive(message, self.now_ns))

    def wait(self, ms: float) -> list[dict[str, Any]]:
        self.now_ns += int(ms * MS)
        return self._take(self.machine.poll(self.now_ns))

    def wait_for(self, kind: str) -> dict[str, Any]:
        while (due := self.machine.next_ns) is not None:
            self.now_ns = max(self.now_ns, due)
            for event in self._take(self.machine.poll(self.now_ns)):
                if event["type"] == kind:
                    return event
        raise AssertionError(f"no {kind}")

    def configure(self, **session: Any) -> list[dict[str, Any]]:
        return self.say("session.update", session={"type": "realtime", **session})

    def write(self, text: str) -> list[dict[str, Any]]:
        content = [{"type": "input_text", "text": text}]
        return self.say("conversation.item.create", item={"type": "message", "role": "user", "content": content})

    def speak(self, audio: bytes, chunk: int = 960) -> list[dict[str, Any]]:
        """Append audio in pieces, as a microphone would."""
        pieces = (audio[start : start + chunk] for start in range(0, len(audio), chunk))
        said = [self.say("input_audio_buffer.append", audio=b64encode(piece).decode()) for piece in pieces]
        return [event for events in said for event in events]

    def the(self, kind: str) -> dict[str, Any]:
        """Return the last event of a type."""
        return next(event for event in reversed(self.events) if event["type"] == kind)

    def all(self, kind: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["type"] == kind]

    def error(self) -> dict[str, Any]:
        error: dict[str, Any] = self.the("error")["error"]
        return error

    def _take(self, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
        self.events += events
        self.lines += [("server", event) for event in events]
        return events


def kinds(events: list[dict[str, Any]]) -> list[str]:
    """Return the types in order, a run of deltas as one."""
    types = [event["type"] for event in events]
    return [
        kind
        for place, kind in enumerate(types)
        if not (kind.endswith(".delta") and place and types[place - 1].endswith(".delta"))
    ]


def assert_usage_adds_up(usage: dict[str, Any]) -> None:
    read, made = usage["input_token_details"], usage["output_token_details"]
    cached = read["cached_tokens_details"]
    modes = ("text_tokens", "audio_tokens", "image_tokens")
    assert usage["total_tokens"] == usage["input_tokens"] + usage["output_tokens"]
    assert usage["input_tokens"] == sum(read[mode] for mode in modes)
    assert usage["output_tokens"] == made["text_tokens"] + made["audio_tokens"]
    assert read["cached_tokens"] == sum(cached[mode] for mode in modes)
    assert all(cached[mode] <= read[mode] for mode in modes)
    assert read["cached_tokens"] % 64 == 0


def assert_in_order(events: list[dict[str, Any]]) -> None:
    """Check the ordering rules that hold whatever the client does."""
    ids = [event["event_id"] for event in events]
    assert len(set(ids)) == len(ids)
    assert events[0]["type"] == "session.created"
    known: Counter[str] = Counter()
    running: set[str] = set()
    in_band: set[str] = set()
    open_items: dict[str, str] = {}
    said: dict[str, str] = {}
    items: set[str] = set()
    for event in events:
        kind = event["type"]
        if kind == "response.created":
            response = event["response"]
            running.add(response["id"])
            known[response["id"]] += 1
            assert response["status"] == "in_progress" and response["output"] == []
            if response["conversation_id"] is not None:
                assert not in_band
                in_band.add(response["id"])
        elif kind == "response.done":
            response = event["response"]
            assert response["id"] in running
            assert response["id"] not in open_items.values()
            assert response["status"] in ("completed", "cancelled", "incomplete")
            assert (response["status_details"] is None) == (response["status"] == "completed")
            assert_usage_adds_up(response["usage"])
            running.remove(response["id"])
            in_band.discard(response["id"])
        elif kind == "response.output_item.added":
            open_items[event["item"]["id"]] = event["response_id"]
        elif kind == "response.output_item.done":
            del open_items[event["item"]["id"]]
        elif kind.startswith("response."):
            assert open_items[event["item_id"]] == event["response_id"]
        elif kind == "conversation.item.added":
            assert event["item"]["id"] not in items
            assert event["previous_item_id"] is None or event["previous_item_id"] in items
            items.add(event["item"]["id"])
        elif kind == "conversation.item.deleted":
            items.remove(event["item_id"])
        if kind.startswith("response.") and kind.endswith(".delta") and "audio.delta" not in kind:
            said[event["item_id"]] = said.get(event["item_id"], "") + event["delta"]
        for key in ("transcript", "text", "arguments"):
            if kind.startswith("response.") and kind.endswith(".done") and key in event:
                assert event[key] == said.get(event["item_id"], "")
    assert set(known.values()) <= {1}
