"""Sides of a comparison: from sample recordings, and from calls told by hand."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from session.telling import Call, events_of, folded, told

from rtdebug.opening import open_session
from rtdebug.protocol.event import EventReader
from rtdebug.recording.library import find
from rtdebug.recording.reader import RecordingReader
from rtdebug.reports.diff import ASPECTS, compare
from rtdebug.reports.diff.tolerance import Tolerance, read_tolerance
from rtdebug.reports.diff.values import Comparison, Difference, Side
from rtdebug.reports.recorded import Recorded

SAMPLES = find(Path(__file__).parents[2] / "recordings")
CONFIG = {"type": "realtime", "model": "gpt-realtime", "instructions": "Be brief."}


def sample(path: Path) -> Side:
    """A recording as `diff` reads it."""
    opened = open_session(path)
    with RecordingReader(path) as reader:
        events = [*map(EventReader().read, reader.entries())]
    types = [(event.sender or "", event.type) for event in events if event.kind == "message"]
    return Side(Recorded(opened.session, path.name, opened.header.started_ns, dialect=str(opened.dialect)), types)


def side(call: Call, dialect: str = "GA") -> Side:
    """A call told by hand."""
    events = events_of(told(call.lines))
    types = [(event.sender or "", event.type) for event in events]
    return Side(Recorded(folded(events), "told", 1, dialect=dialect), types)


class Talk(Call):
    """A call in which the user writes and is answered; ids have a prefix, and audio and text come in pieces."""

    def __init__(self, ids: str = "", pieces: int = 1, **config: Any) -> None:
        super().__init__()
        self.ids, self.pieces, self.number = ids, pieces, 0
        shown = {
            "id": f"sess_{ids}",
            "type": "realtime",
            "model": "gpt-realtime",
            "instructions": "Be brief.",
            **config,
        }
        self.server("session.created", session=shown)
        for _ in range(pieces):
            self.client("input_audio_buffer.append", 0, audio="AAAA" * (960 // pieces))

    def turn(self, says: str, hears: str = "", wait: int = 300, tool: str = "", **done: Any) -> "Talk":
        """One turn: what the user writes, after how many ms the first audio of the answer comes."""
        self.number += 1
        asked = f"item_{self.ids}u{self.number}"
        self.write(asked, "user", says)
        if tool:
            self._respond("f", wait, lambda response, at: self._call(response, at, tool))
        self._respond("a", wait, lambda response, at: self._speak(at, hears or f"You said: {says}"), **done)
        return self

    def write(self, id_: str, role: str, text: str) -> None:
        """The client writes an item, and the server confirms it."""
        item = {"id": id_, "type": "message", "role": role, "content": [{"type": "input_text", "text": text}]}
        self.client("conversation.item.create", item=item)
        self.server("conversation.item.added", item=item)

    def _respond(self, kind: str, wait: int, say: Callable[[str, dict[str, Any]], dict[str, Any]], **done: Any) -> None:
        response = f"resp_{self.ids}{kind}{self.number}"
        at = {"response_id": response, "item_id": f"item_{self.ids}{kind}{self.number}"}
        self.client("response.create")
        self.server("response.created", response={"id": response, "status": "in_progress"})
        self.now_ms += wait - 10
        item = say(response, {**at, "output_index": 0, "content_index": 0})
        self.server("response.output_item.done", 10, response_id=response, output_index=0, item=item)
        self.server("response.done", response={"id": response, "status": "completed", "output": [item], **done})

    def _speak(self, at: dict[str, Any], text: str) -> dict[str, Any]:
        item = {"id": at["item_id"], "type": "message", "role": "assistant", "content": []}
        self.server("conversation.item.added", 0, item=item)
        self.server("response.content_part.added", 0, **at, part={"type": "audio", "transcript": ""})
        size = -(-len(text) // self.pieces)
        for number in range(self.pieces):
            self.server(
                "response.output_audio.delta", 10 if not number else 0, **at, delta="AAAA" * (9600 // self.pieces)
            )
            part = text[number * size : (number + 1) * size]
            self.server("response.output_audio_transcript.delta", 0, **at, delta=part)
        self.server("response.output_audio_transcript.done", **at, transcript=text)
        return {**item, "status": "completed", "content": [{"type": "output_audio", "transcript": text}]}

    def _call(self, response: str, at: dict[str, Any], tool: str) -> dict[str, Any]:
        name, _, rest = tool.partition("(")
        arguments, _, output = rest.partition(") ")
        call_id = f"call_{self.ids}{self.number}"
        item = {"id": at["item_id"], "type": "function_call", "name": name, "call_id": call_id, "arguments": ""}
        self.server("response.output_item.added", response_id=response, output_index=0, item=item)
        self.server("response.function_call_arguments.done", **at, call_id=call_id, arguments=arguments)
        given = {"id": f"item_{self.ids}o{self.number}", "type": "function_call_output", "call_id": call_id}
        given["output"] = output.replace("ID", at["item_id"])
        self.client("conversation.item.create", 50, item=given)
        self.server("conversation.item.added", item=given)
        return {**item, "arguments": arguments, "status": "completed"}


def diff(a: Side | Call, b: Side | Call, *said: str, only: str = "") -> Comparison:
    first, second = (side(one) if isinstance(one, Call) else one for one in (a, b))
    tolerance = read_tolerance(said) if said else Tolerance()
    return compare(first, second, tolerance, only.split(",") if only else list(ASPECTS))


def found(comparison: Comparison) -> dict[str, list[tuple[str, object, object]]]:
    """What differs, by aspect."""
    parts = comparison.compared
    return {part.aspect: [(one.what, one.a, one.b) for one in part.differences] for part in parts if part.differences}


def all_of(comparison: Comparison) -> list[Difference]:
    return [one for part in comparison.compared for one in part.differences]
