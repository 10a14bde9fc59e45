"""The conversation: items in order, with what the wire does not show of them."""

from dataclasses import dataclass, field

from rtdebug.simulator.audio import Format
from rtdebug.simulator.refusals import Json, Refused, quoted
from rtdebug.simulator.script import Turn
from rtdebug.simulator.usage import Tokens, text_tokens

_USER_MS_PER_TOKEN = 100
_ASSISTANT_MS_PER_TOKEN = 50
_WORDS = ("name", "arguments", "output", "text", "transcript")
"""Where an item keeps words."""
_MOST_AUDIO = 512 << 10
"""Bytes of audio that a conversation keeps for those who retrieve its items: ten seconds of PCM at 24 kHz."""


@dataclass(slots=True)
class Item:
    """One item: its wire form, its audio, and the turn it stands for."""

    body: Json
    turn: Turn | None = None
    """Set on what the user said."""
    audio: bytearray = field(default_factory=bytearray)
    format: Format | None = None
    forgotten: int = 0
    """Bytes of audio that it had and that are no longer kept."""
    heard_ms: int | None = None
    """Where a truncation cut it; its transcript is gone then."""

    @property
    def id(self) -> str:
        """Its id."""
        return str(self.body["id"])

    @property
    def is_output_audio(self) -> bool:
        """Whether the assistant spoke it."""
        return self.body.get("role") == "assistant" and self.format is not None

    @property
    def audio_ms(self) -> int:
        """How much audio it holds and the model still knows of."""
        if self.heard_ms is not None:
            return self.heard_ms
        return self.format.ms(self.forgotten + len(self.audio)) if self.format else 0

    def forget_audio(self) -> None:
        """Keep no more than how long its audio was."""
        self.forgotten += len(self.audio)
        self.audio = bytearray()

    def tokens(self) -> Tokens:
        """Count what it adds to the input of the next response."""
        per_token = _ASSISTANT_MS_PER_TOKEN if self.is_output_audio else _USER_MS_PER_TOKEN
        return Tokens(text=text_tokens(self._read()), audio=self.audio_ms // per_token)

    def _read(self) -> str:
        """Return the words a model reads: not what a truncation took, nor what another model wrote down."""
        keys = _WORDS if self.is_output_audio and self.heard_ms is None else _WORDS[:-1]
        parts = [self.body, *self.body.get("content", ())]
        return " ".join(str(part[key]) for part in parts for key in keys if part.get(key))


@dataclass(slots=True)
class Conversation:
    """The default conversation of a session."""

    id: str
    items: list[Item] = field(default_factory=list)

    def find(self, item_id: str) -> Item | None:
        """Return the item of that id, if it is there."""
        return next((item for item in self.items if item.id == item_id), None)

    def add(self, item: Item, previous_item_id: str | None = None) -> str | None:
        """Put an item behind another, or at the end; return the id of the one before it."""
        place = len(self.items) if previous_item_id is None else self._behind(previous_item_id)
        self.items.insert(place, item)
        self._forget_old_audio()
        return self.items[place - 1].id if place else None

    def remove(self, item: Item) -> None:
        """Take an item out."""
        self.items.remove(item)

    def call_ids(self) -> set[str]:
        """Return the ids of the function calls made so far."""
        calls = (item.body for item in self.items if item.body["type"] == "function_call")
        return {str(body["call_id"]) for body in calls}

    def _forget_old_audio(self) -> None:
        # Many long calls at a time must fit into memory; the latest items can still be retrieved with their sound.
        kept = sum(len(item.audio) for item in self.items[-2:])
        for item in reversed(self.items[:-2]):
            kept += len(item.audio)
            if kept > _MOST_AUDIO:
                item.forget_audio()

    def _behind(self, item_id: str) -> int:
        if item_id == "root":
            return 0
        for place, item in enumerate(self.items, start=1):
            if item.id == item_id:
                return place
        raise Refused(
            f"Error creating item: the previous item with id '{quoted(item_id)}' does not exist.",
            code="item_create_invalid_previous_item_id",
            param="previous_item_id",
        )
