"""What a session is made of. Plain values: the fold changes them, everything else reads them.

Times are nanoseconds since the recording began, None where the recording has none. `seq` fields name the
entries that a fact rests on. Words of the API (status, reason, type) are kept as the API spells them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rtdebug.protocol.audio import AudioFormat
from rtdebug.session.audio import InputAudio, OutputAudio
from rtdebug.session.handshake import Refusal
from rtdebug.session.usage import TranscriptionUsage, Usage


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened at one entry."""

    seq: int
    at_ns: int | None = None


@dataclass(slots=True)
class ContentPart:
    """One piece of an item's content, canonical type: input_text, input_audio, output_text, output_audio …"""

    type: str = ""
    text: str = ""
    """What was written, or the transcript of what was said."""
    audio: OutputAudio | None = None
    """The assistant's audio, as it arrived."""
    first: Mark | None = None
    """The first delta."""
    done: Mark | None = None


@dataclass(slots=True)
class Truncation:
    """An answer that was cut to what the user heard."""

    content_index: int
    audio_end_ms: int
    asked: Mark | None = None
    """The client's `conversation.item.truncate`; None where the server cut unasked."""
    done: Mark | None = None
    """The server's `conversation.item.truncated`."""
    refused: Mark | None = None
    """The error that refused it."""
    item_id: str = ""


@dataclass(slots=True)
class ToolOutput:
    """The result of a call, as the client sent it."""

    call_id: str
    asked: Mark
    """The client's `conversation.item.create`."""
    refused: Mark | None = None
    """The error that refused it."""


@dataclass(slots=True)
class Speech:
    """A stretch that voice activity detection took for speech."""

    item_id: str
    started: Mark
    audio_start_ms: int | None = None
    stopped: Mark | None = None
    audio_end_ms: int | None = None
    silence_ms: int | None = None
    """The silence that server VAD waited for before it said stopped; None where it goes by something else."""
    is_silence: bool = False
    """Nobody spoke: the idle timeout made a turn of it."""
    prefix_ms: int | None = None
    """What server VAD puts in front of the speech; None where it goes by something else."""
    interrupts: bool | None = None
    """Whether the server was to end an answer for it; None where the session does not say."""


@dataclass(slots=True)
class Transcription:
    """The input transcript of a user's item."""

    status: str = "in_progress"
    """in_progress, completed or failed."""
    first: Mark | None = None
    done: Mark | None = None
    usage: TranscriptionUsage | None = None
    error: str = ""
    segments: list[Mapping[str, Any]] = field(default_factory=list)
    """Who said what, from when to when, where the model tells speakers apart."""


@dataclass(slots=True)
class Item:
    """One item of the conversation, or of an out-of-band response."""

    id: str
    type: str = ""
    role: str = ""
    status: str = ""
    parts: dict[int, ContentPart] = field(default_factory=dict)
    """By content index."""
    response_id: str = ""
    """The response that made it; "" for the user's and the client's."""
    name: str = ""
    call_id: str = ""
    arguments: str = ""
    output: str | None = None
    server_label: str = ""
    error: str = ""
    """Of an MCP call."""
    approval_request_id: str = ""
    approve: bool | None = None
    asked: Mark | None = None
    """The client's `conversation.item.create`."""
    added: Mark | None = None
    done: Mark | None = None
    arguments_done: Mark | None = None
    committed: Mark | None = None
    expects_answer: bool = False
    """The server has committed it, and was to answer it by itself."""
    deleted: Mark | None = None
    truncation: Truncation | None = None
    speech: Speech | None = None
    transcription: Transcription | None = None
    input_start_ms: float | None = None
    input_end_ms: float | None = None
    """The stretch of the input audio it holds, milliseconds of all audio appended."""
    wire: Mapping[str, Any] = field(default_factory=dict)
    """The item as last shown, canonical."""

    @property
    def text(self) -> str:
        """What was said or written in it."""
        return " ".join(part.text for _, part in sorted(self.parts.items()) if part.text)

    @property
    def audio(self) -> OutputAudio | None:
        """The first part's audio that the assistant made, None where it made none."""
        return next((part.audio for _, part in sorted(self.parts.items()) if part.audio), None)


@dataclass(slots=True)
class Asked:
    """What a response was asked for by."""

    by: str
    """response.create, turn_detection, idle_timeout, or "" where nothing shows it."""
    mark: Mark | None = None
    overrides: Mapping[str, Any] = field(default_factory=dict)
    """The parameters of `response.create`: they hold for this response only."""


@dataclass(slots=True)
class Cancellation:
    """Who ended a response before its time."""

    by: str
    """client, turn_detection, or "" where nothing shows it."""
    mark: Mark | None = None


@dataclass(slots=True)
class Response:
    """One answer of the model's."""

    id: str
    created: Mark | None = None
    asked: Asked = field(default_factory=lambda: Asked(""))
    conversation_id: str | None = None
    in_conversation: bool = True
    """False for an out-of-band response."""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    status: str = "in_progress"
    status_details: Mapping[str, Any] | None = None
    item_ids: list[str] = field(default_factory=list)
    """In order of their output index."""
    tool_outputs: list[str] = field(default_factory=list)
    """Ids of the items that gave it the results of calls."""
    first_delta: Mark | None = None
    first_audio: Mark | None = None
    last_audio: Mark | None = None
    done: Mark | None = None
    cancellation: Cancellation | None = None
    barge_in: "BargeIn | None" = None
    """The user began to speak while it was made or heard."""
    usage: Usage | None = None
    config: Mapping[str, Any] = field(default_factory=dict)
    """The session's configuration in force when it was created."""
    playback: tuple[Mark | None, Mark | None] = (None, None)
    """`output_audio_buffer` started, and stopped or cleared (WebRTC and SIP)."""
    wire: Mapping[str, Any] = field(default_factory=dict)
    """The response as last shown, canonical, without its output."""
    turn: int = 0
    """The number of its turn."""

    @property
    def reason(self) -> str:
        """Why it did not complete, in the API's word."""
        reason = (self.status_details or {}).get("reason")
        return reason if isinstance(reason, str) else ""

    @property
    def error(self) -> Mapping[str, Any]:
        """What made it fail."""
        error = (self.status_details or {}).get("error")
        return error if isinstance(error, dict) else {}


@dataclass(slots=True)
class BargeIn:
    """User speech that began while an answer was under way or still being heard."""

    speech: Mark
    response_id: str
    during: str
    """generation or playback."""


@dataclass(slots=True)
class Turn:
    """A user's say and the responses it led to."""

    number: int
    item_ids: list[str] = field(default_factory=list)
    """The user's items."""
    response_ids: list[str] = field(default_factory=list)
    barge_in: BargeIn | None = None
    """The user's say cut this answer of the turn before."""


@dataclass(slots=True)
class ConfigChange:
    """A `session.update` and what came of it."""

    requested: Mapping[str, Any]
    """Canonical; empty where the server changed the session unasked."""
    mark: Mark
    answer: str = ""
    """updated, refused, or "" while the server has not answered."""
    answered: Mark | None = None
    changed: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    """What is different since, by dotted path: before and after; None for what was or is not there."""
    error: str = ""


@dataclass(frozen=True, slots=True)
class ApiError:
    """An `error` event."""

    mark: Mark
    type: str
    code: str
    message: str
    param: str
    event_id: str
    """The client event it answers, where it says so."""
    about: int | None = None
    """The entry of that event."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something odd that reading met."""

    seq: int
    text: str


@dataclass(slots=True)
class Ending:
    """How the connection ended."""

    by: str = ""
    """client, server, proxy; "" while it goes on or where the recording was cut off."""
    code: int | None = None
    reason: str = ""
    mark: Mark | None = None
    is_lost: bool = False
    """A side ended without a close frame."""


@dataclass(slots=True)
class Session:
    """All that one connection shows."""

    id: str = ""
    model: str = ""
    """The one that the session names; until it does, the one that the URL asks for."""
    kind: str = ""
    """realtime, transcription or translation."""
    expires_at: int | None = None
    client_secret: Mapping[str, Any] = field(default_factory=dict)
    """Beta `session` objects carry one; its value is struck out."""
    conversation_id: str = ""
    target: str = ""
    dialled_ns: int | None = None
    """How long the upstream took to answer the handshake."""
    refusal: Refusal | None = None
    """How the handshake was answered, where it became no call; `ending` has its mark."""
    is_model_asked: bool = False
    """The model is what the URL asks for: the session has not named any."""
    events: int = 0
    duration_ns: int | None = None
    created: Mark | None = None
    config: Mapping[str, Any] = field(default_factory=dict)
    """The effective configuration, canonical."""
    changes: list[ConfigChange] = field(default_factory=list)
    order: list[str] = field(default_factory=list)
    """Ids of the conversation's items in true order; deleted ones stay."""
    items: dict[str, Item] = field(default_factory=dict)
    responses: dict[str, Response] = field(default_factory=dict)
    turns: list[Turn] = field(default_factory=list)
    speeches: list[Speech] = field(default_factory=list)
    input: InputAudio = field(default_factory=InputAudio)
    tracks: dict[str, AudioFormat] = field(default_factory=dict)
    """What the samples of each track are, as the session declared them."""
    refused: list[Mark] = field(default_factory=list)
    """`response.create` events that were answered by an error."""
    errors: list[ApiError] = field(default_factory=list)
    truncations: list[Truncation] = field(default_factory=list)
    """All that the client asked for, also those that a later one of the same item took the place of."""
    tool_outputs: list[ToolOutput] = field(default_factory=list)
    """The results of calls, in the order in which the client sent them."""
    keys: list[tuple[Mark, str]] = field(default_factory=list)
    """Telephone keys that were pressed."""
    rate_limits: list[tuple[Mark, Mapping[str, Any]]] = field(default_factory=list)
    unknown: dict[str, list[int]] = field(default_factory=dict)
    """Event types the catalogue does not know, with the first entries of each."""
    notes: list[Note] = field(default_factory=list)
    gaps: list[Note] = field(default_factory=list)
    ending: Ending = field(default_factory=Ending)
    complete: bool = False
    """The recording has its last line."""

    def item(self, id_: str) -> Item:
        """Return an item, begun if need be."""
        found = self.items.get(id_)
        if found is None:
            found = self.items[id_] = Item(id_)
        return found

    @property
    def usage(self) -> Usage:
        """What all responses used together."""
        total = Usage()
        for response in self.responses.values():
            if response.usage:
                total = total + response.usage
        return total
