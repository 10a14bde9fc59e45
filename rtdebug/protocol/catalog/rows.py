"""What the catalogue says of one event type, and short ways to say it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from rtdebug.wire.messages import Sender

Shape = Literal["ga", "beta", "translation", "xai"]

BOTH: Final[tuple[Shape, ...]] = ("ga", "beta")
GA: Final[tuple[Shape, ...]] = ("ga",)
BETA: Final[tuple[Shape, ...]] = ("beta",)
XAI: Final[tuple[Shape, ...]] = ("xai",)
TRANSLATION: Final[tuple[Shape, ...]] = ("translation",)

PLACE: Final = {"response_id": "string", "item_id": "string", "output_index": "int", "content_index": "int"}
"""Where a piece of an answer belongs."""
PADDED: Final = {"obfuscation": "string?"}
"""Random padding, so that the length of a message does not tell what is said."""


@dataclass(frozen=True, slots=True)
class Row:
    """One event type, as it is spelled on the wire."""

    type: str
    senders: tuple[Sender, ...]
    shapes: tuple[Shape, ...]
    """The shapes of the protocol that know this name; "xai" where xAI alone does."""
    canonical: str
    """The GA name it is read as; its own for most."""
    meaning: str
    """One line for people."""
    fields: Mapping[str, str]
    """Fields besides `type` and `event_id`, and what they hold; `?` where it may be missing or null."""
    ids: tuple[str, ...]
    """Where ids stand, besides `event_id`: `item.id`, `response.output[].id`."""
    audio: str
    """Where a piece of a continuous audio stream stands as base64, "" for none."""
    secrets: tuple[str, ...]
    """Where credentials may stand."""
    before: tuple[str, ...] = ()
    """Types that it typically follows directly."""
    after: tuple[str, ...] = ()
    """Types that typically follow it directly."""
    aliases: tuple[str, ...] = ()
    """Other names on the wire that are read as this type."""

    @property
    def family(self) -> str:
        """What part of a session it is about."""
        return next((name for prefix, name in _FAMILIES.items() if self.type.startswith(prefix)), "connection")


_FAMILIES: Final = {
    "session.": "session",
    "transcription_session.": "session",
    "conversation.item.input_audio_transcription.": "transcription",
    "conversation.": "conversation",
    "input_audio_buffer.": "input audio",
    "output_audio_buffer.": "output audio",
    "response.mcp_": "MCP",
    "mcp_": "MCP",
    "response.": "response",
}

_IDS_OF: Final[dict[str, tuple[str, ...]]] = {
    "session": ("id",),
    "conversation": ("id",),
    "item": ("id", "call_id", "approval_request_id"),
    "response": ("id", "conversation_id", "output[].id", "output[].call_id", "output[].approval_request_id"),
    "response options": ("input[].id", "input[].call_id", "input[].approval_request_id"),
    "error": ("event_id",),
}
_SECRETS_OF: Final[dict[str, tuple[str, ...]]] = {
    "session": ("client_secret.value", "tools[].authorization", "tools[].headers.*"),
    "session options": ("client_secret.value", "tools[].authorization", "tools[].headers.*"),
    "response options": ("tools[].authorization", "tools[].headers.*"),
    "error": ("message",),
}


def _ids(fields: Mapping[str, str]) -> tuple[str, ...]:
    plain = [name for name in fields if name == "id" or name.endswith("_id")]
    return (*plain, *_inside(fields, _IDS_OF))


def _inside(fields: Mapping[str, str], known: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(f"{name}.{path}" for name, kind in fields.items() for path in known.get(kind.rstrip("?"), ()))


def _row(
    sender: Sender,
    type_: str,
    meaning: str,
    fields: Mapping[str, str],
    shapes: tuple[Shape, ...],
    audio: str,
    after: str,
) -> Row:
    secrets = _inside(fields, _SECRETS_OF)
    then = tuple(after.split())
    return Row(type_, (sender,), shapes, type_, meaning, dict(fields), _ids(fields), audio, secrets, after=then)


def client(
    type_: str,
    meaning: str,
    fields: Mapping[str, str] | None = None,
    *,
    shapes: tuple[Shape, ...] = BOTH,
    audio: str = "",
    after: str = "",
) -> Row:
    """Describe what a client sends; `after` names, with blanks between, what typically comes next."""
    return _row("client", type_, meaning, fields or {}, shapes, audio, after)


def server(
    type_: str,
    meaning: str,
    fields: Mapping[str, str] | None = None,
    *,
    shapes: tuple[Shape, ...] = BOTH,
    audio: str = "",
    after: str = "",
) -> Row:
    """Describe what a server sends; `after` names, with blanks between, what typically comes next."""
    return _row("server", type_, meaning, fields or {}, shapes, audio, after)


def renamed(row: Row, type_: str, *, after: str = "") -> Row:
    """Describe the beta name of `row`; what comes next is what follows `row`, unless `after` says so."""
    fields = {name: kind for name, kind in row.fields.items() if name not in PADDED}
    return replace(row, type=type_, shapes=BETA, canonical=row.type, fields=fields, after=tuple(after.split()))
