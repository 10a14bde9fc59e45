"""An orderly session, written by hand as a GA server tells it: what the rules are tried on, one disorder at a time."""

from typing import Any

import orjson

from rtdebug.diagnosis.conformance import Verdict, judge
from rtdebug.diagnosis.traffic import Traffic
from rtdebug.protocol.event import EventReader
from rtdebug.recording.format import Entry

Json = dict[str, Any]
Lines = list[tuple[str, Json]]
FIRST = 1
"""The number of the first entry."""


class Session:
    """Both sides of a session, an event at a time; event ids count up."""

    def __init__(self) -> None:
        self.lines: Lines = []

    def server(self, type_: str, /, **fields: Any) -> None:
        self.lines.append(("server", {"type": type_, "event_id": f"event_{len(self.lines)}", **fields}))

    def client(self, type_: str, /, **fields: Any) -> None:
        self.lines.append(("client", {"type": type_, **fields}))

    # The user's side.

    def item(self, item_id: str, previous: str | None, **item: Any) -> None:
        shown = {"id": item_id, "type": "message", "role": "user", **item}
        self.server("conversation.item.added", previous_item_id=previous, item=shown)
        self.server("conversation.item.done", previous_item_id=previous, item=shown)

    def speech(self, item_id: str, previous: str | None, start_ms: int, end_ms: int) -> None:
        self.server("input_audio_buffer.speech_started", item_id=item_id, audio_start_ms=start_ms)
        self.server("input_audio_buffer.speech_stopped", item_id=item_id, audio_end_ms=end_ms)
        self.server("input_audio_buffer.committed", item_id=item_id, previous_item_id=previous)
        self.item(item_id, previous)

    # The model's side.

    def begin(self, response: str, conversation: str | None = "conv_1") -> None:
        shown = {"id": response, "status": "in_progress", "conversation_id": conversation, "output": []}
        self.server("response.created", response=shown)

    def add(self, response: str, item: Json, index: int = 0, *, previous: str = "", mirrored: bool = True) -> None:
        self.server("response.output_item.added", response_id=response, output_index=index, item=item)
        if mirrored:
            self.server("conversation.item.added", previous_item_id=previous or None, item=item)

    def close(self, response: str, item: Json, index: int = 0, *, mirrored: bool = True) -> None:
        if mirrored:
            self.server("conversation.item.done", previous_item_id=None, item=item)
        self.server("response.output_item.done", response_id=response, output_index=index, item=item)

    def say(self, response: str, item: str) -> None:
        at = {"response_id": response, "item_id": item, "output_index": 0, "content_index": 0}
        self.server("response.content_part.added", **at, part={"type": "audio", "transcript": ""})
        self.server("response.output_audio_transcript.delta", **at, delta="Good ")
        self.server("response.output_audio.delta", **at, delta="AAAA")
        self.server("response.output_audio_transcript.delta", **at, delta="morning.")
        self.server("response.output_audio.delta", **at, delta="AAAA")
        self.server("response.output_audio.done", **at)
        self.server("response.output_audio_transcript.done", **at, transcript="Good morning.")
        self.server("response.content_part.done", **at, part={"type": "audio", "transcript": "Good morning."})

    def write(self, response: str, item: str, text: str) -> None:
        at = {"response_id": response, "item_id": item, "output_index": 0, "content_index": 0}
        self.server("response.content_part.added", **at, part={"type": "text", "text": ""})
        self.server("response.output_text.delta", **at, delta=text)
        self.server("response.output_text.done", **at, text=text)
        self.server("response.content_part.done", **at, part={"type": "text", "text": text})

    def call(self, response: str, item: str) -> None:
        at = {"response_id": response, "item_id": item, "output_index": 1, "call_id": "call_1"}
        self.server("response.function_call_arguments.delta", **at, delta='{"at": ')
        self.server("response.function_call_arguments.delta", **at, delta='"sky"}')
        self.server("response.function_call_arguments.done", **at, name="look", arguments='{"at": "sky"}')

    def end(self, response: str, *items: Json, conversation: str | None = "conv_1") -> None:
        shown = {"id": response, "status": "completed", "status_details": None, "conversation_id": conversation}
        self.server("response.done", response={**shown, "output": list(items), "usage": usage()})
        self.server("rate_limits.updated", rate_limits=[])


def usage() -> Json:
    none = {"text_tokens": 0, "audio_tokens": 0, "image_tokens": 0}
    read = {"text_tokens": 100, "audio_tokens": 20, "image_tokens": 0}
    return {
        "total_tokens": 150,
        "input_tokens": 120,
        "output_tokens": 30,
        "input_token_details": {**read, "cached_tokens": 64, "cached_tokens_details": {**none, "text_tokens": 64}},
        "output_token_details": {"text_tokens": 10, "audio_tokens": 20},
    }


def orderly() -> Session:
    """A spoken turn; a reply with a tool call; a reply with another one out of band beside it; a second spoken turn."""
    one = Session()
    one.server("session.created", session={"type": "realtime", "audio": {}})
    one.speech("item_user", None, 100, 900)
    spoken, call = _message("item_spoken"), {"id": "item_call", "type": "function_call", "call_id": "call_1"}
    one.begin("resp_1")
    one.add("resp_1", spoken, previous="item_user")
    one.say("resp_1", "item_spoken")
    transcript = {"item_id": "item_user", "content_index": 0, "transcript": "Hello?"}
    one.server("conversation.item.input_audio_transcription.completed", **transcript)
    one.close("resp_1", spoken)
    one.add("resp_1", call, 1, previous="item_spoken")
    one.call("resp_1", "item_call")
    one.close("resp_1", call, 1)
    one.end("resp_1", spoken, call)
    one.item("item_output", "item_call", type="function_call_output", call_id="call_1")
    written, aside = _message("item_written"), _message("item_aside")
    one.begin("resp_2")
    one.add("resp_2", written, previous="item_output")
    one.begin("resp_3", None)
    one.add("resp_3", aside, mirrored=False)
    one.write("resp_2", "item_written", "There it is.")
    one.write("resp_3", "item_aside", "A bird.")
    one.close("resp_3", aside, mirrored=False)
    one.end("resp_3", aside, conversation=None)
    one.close("resp_2", written)
    one.end("resp_2", written)
    one.speech("item_again", "item_written", 3000, 4000)
    return one


def _message(item_id: str) -> Json:
    return {"id": item_id, "type": "message", "role": "assistant", "content": []}


def traffic(lines: Lines, **options: Any) -> Traffic:
    reader = EventReader()
    entries = (
        Entry(n, 0, sender, "message", {}, orjson.dumps(event)) for n, (sender, event) in enumerate(lines, FIRST)
    )
    events = [reader.read(entry) for entry in entries]
    return Traffic(events, reader.dialect, **options)


def verdicts(lines: Lines, **options: Any) -> list[Verdict]:
    return judge(traffic(lines, **options))


def broken(lines: Lines, **options: Any) -> dict[str, int]:
    """Return how often each rule is breached, rules without a breach left out."""
    return {one.rule.code: len(one.breaches) for one in verdicts(lines, **options) if one.breaches}
