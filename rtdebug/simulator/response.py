"""One response as it stands: its settings, what it is to say, and what it has said so far."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Literal

from rtdebug.simulator.agenda import Steps
from rtdebug.simulator.audio import Format, format_of
from rtdebug.simulator.conversation import Item
from rtdebug.simulator.refusals import Json
from rtdebug.simulator.script_reply import Reply, ToolCall
from rtdebug.simulator.usage import Context, Tokens, text_tokens

_OUTPUT_MS_PER_TOKEN = 50

Kind = Literal["audio", "text", "call"]


@dataclass(frozen=True, slots=True)
class Say:
    """An assistant message."""

    text: str


Part = Say | ToolCall


@dataclass(slots=True)
class Output:
    """One output item under way."""

    item: Item
    kind: Kind
    index: int
    previous_item_id: str | None = None
    said: str = ""
    """Transcript, text or arguments so far."""

    def tokens(self) -> Tokens:
        """Count what was generated so far; a truncation takes nothing off that."""
        made_ms = self.item.format.ms(len(self.item.audio)) if self.item.format else 0
        return Tokens(text_tokens(self.said), -(-made_ms // _OUTPUT_MS_PER_TOKEN))


@dataclass(slots=True)
class Response:
    """One response."""

    id: str
    conversation_id: str | None
    """Null when it is out of band."""
    settings: Json
    reply: Reply
    context: Context
    outputs: list[Output] = field(default_factory=list)
    open: Output | None = None
    """The output item that still grows."""
    steps: Steps | None = None

    @property
    def parts(self) -> tuple[Part, ...]:
        """What it is to come out with, in order."""
        words = (Say(self.reply.say),) if self.reply.say else ()
        return (*words, *self.reply.calls)

    @property
    def speaks(self) -> bool:
        """Whether its messages are audio."""
        return bool(self.settings["output_modalities"] == ["audio"])

    @property
    def format(self) -> Format:
        """How its audio is written."""
        return format_of(self.settings["audio"]["output"]["format"])

    def tokens(self) -> Tokens:
        """Count what was generated so far."""
        made = [output.tokens() for output in self.outputs]
        return Tokens(sum(one.text for one in made), sum(one.audio for one in made))

    def is_full(self) -> bool:
        """Tell whether `max_output_tokens` is reached."""
        return self._left() <= 0

    def audible_ms(self) -> float:
        """Return how much more audio `max_output_tokens` leaves room for."""
        return self._left() * _OUTPUT_MS_PER_TOKEN

    def _left(self) -> float:
        limit = self.settings["max_output_tokens"]
        return inf if limit == "inf" else int(limit) - self.tokens().total

    def body(self, status: str, *, details: Json | None = None, usage: Json | None = None) -> Json:
        """Write it as `response.created` and `response.done` carry it."""
        return {
            "object": "realtime.response",
            "id": self.id,
            "status": status,
            "status_details": details,
            "output": [dict(output.item.body) for output in self.outputs],
            "conversation_id": self.conversation_id,
            "output_modalities": self.settings["output_modalities"],
            "max_output_tokens": self.settings["max_output_tokens"],
            "audio": self.settings["audio"],
            "usage": usage,
            "metadata": self.settings["metadata"],
            **({"temperature": self.settings["temperature"]} if "temperature" in self.settings else {}),
        }


def context(settings: Json, items: Sequence[Item]) -> Context:
    """Return what a response reads before it speaks."""
    rules = str(settings["instructions"])
    tools = str(settings["tools"]) if settings["tools"] else ""
    head = ((rules, Tokens(text_tokens(rules))), (tools, Tokens(text_tokens(tools))))
    return Context((*head, *((item.id, item.tokens()) for item in items)))
