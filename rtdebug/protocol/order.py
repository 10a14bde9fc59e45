"""Which client events may change places without the conversation being another one."""

from typing import Final, NamedTuple

from rtdebug.protocol.answers import asks_for_answer, is_commit
from rtdebug.protocol.event import Event
from rtdebug.protocol.identity import is_tool_output
from rtdebug.protocol.reading import object_in

_ASIDE: Final = (
    "response.cancel",
    "conversation.item.truncate",
    "conversation.item.delete",
    "conversation.item.retrieve",
    "input_audio_buffer.clear",
    "output_audio_buffer.clear",
)
_UPDATE: Final = "session.update"
_CREATE: Final = "conversation.item.create"


class Bond(NamedTuple):
    """What of a client event decides with which others it may change places. There are few different ones."""

    is_aside: bool
    """It belongs to a moment, not to an order."""
    is_output: bool
    """It hands in what a tool gave."""
    type: str = ""
    """Its type, where that matters."""
    ends_turn: bool = False
    """What comes behind it belongs to another turn."""

    def is_loose(self, other: "Bond") -> bool:
        """Say whether two client events mean the same in either order."""
        if self.is_aside or other.is_aside or (self.is_output and other.is_output):
            return True
        return {self.type, other.type} == {_UPDATE, _CREATE}


def bond_of(asked: Event) -> Bond:
    """Return what binds a client event to its place among others."""
    ends_turn = asks_for_answer(asked) or is_commit(asked)
    type_ = asked.type if asked.type in (_UPDATE, _CREATE) else ""
    return Bond(_stands_alone(asked), is_tool_output(asked), type_, ends_turn)


def _stands_alone(asked: Event) -> bool:
    """Say whether a client event may come earlier or later than others."""
    return asked.type in _ASIDE or _is_about_tracing(asked)


def _is_about_tracing(asked: Event) -> bool:
    """Say whether an update sets tracing and nothing else: openai-agents sends one when it comes to it."""
    keys = object_in(asked.data, "session").keys()
    return asked.type == _UPDATE and "tracing" in keys and keys <= {"type", "model", "tracing"}
