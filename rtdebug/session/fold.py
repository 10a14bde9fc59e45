"""The fold: events in, one at a time, and the session is what happened so far. Total: it never raises.

Which handler takes which event stands here, whole; what each does stands in the file of its subject.
"""

from collections.abc import Callable
from typing import Final

from rtdebug.protocol.catalog import row
from rtdebug.protocol.event import Event
from rtdebug.session import configuring, connection, conversation, listening, refusing, responding
from rtdebug.session.model import Note, Session
from rtdebug.session.state import State

Handler = Callable[[State, Event], None]

CLIENT: Final[dict[str, Handler]] = {
    "session.update": configuring.update_asked,
    "input_audio_buffer.append": listening.appended,
    "input_audio_buffer.commit": listening.commit_asked,
    "input_audio_buffer.clear": listening.clear_asked,
    "session.input_audio_buffer.append": listening.appended,
    "conversation.item.create": conversation.create_asked,
    "conversation.item.truncate": conversation.truncate_asked,
    "response.create": responding.create_asked,
    "response.cancel": responding.cancel_asked,
}
SERVER: Final[dict[str, Handler]] = {
    "session.created": configuring.session_created,
    "session.updated": configuring.session_updated,
    "session.closed": connection.session_closed,
    "conversation.created": configuring.conversation_created,
    "conversation.item.added": conversation.item_added,
    "conversation.item.done": conversation.item_done,
    "conversation.item.retrieved": conversation.item_shown,
    "conversation.item.deleted": conversation.item_deleted,
    "conversation.item.truncated": conversation.item_truncated,
    "conversation.item.input_audio_transcription.delta": listening.transcription_delta,
    "conversation.item.input_audio_transcription.updated": listening.transcription_updated,
    "conversation.item.input_audio_transcription.completed": listening.transcription_completed,
    "conversation.item.input_audio_transcription.failed": listening.transcription_failed,
    "conversation.item.input_audio_transcription.segment": listening.transcription_segment,
    "mcp_list_tools.in_progress": conversation.mcp_moved,
    "mcp_list_tools.completed": conversation.mcp_moved,
    "mcp_list_tools.failed": conversation.mcp_moved,
    "response.mcp_call.in_progress": conversation.mcp_moved,
    "response.mcp_call.completed": conversation.mcp_moved,
    "response.mcp_call.failed": conversation.mcp_moved,
    "input_audio_buffer.dtmf_event_received": listening.key_pressed,
    "input_audio_buffer.speech_started": listening.speech_started,
    "input_audio_buffer.speech_stopped": listening.speech_stopped,
    "input_audio_buffer.committed": listening.committed,
    "input_audio_buffer.cleared": listening.cleared,
    "input_audio_buffer.timeout_triggered": listening.timeout_triggered,
    "output_audio_buffer.started": responding.playback_started,
    "output_audio_buffer.stopped": responding.playback_ended,
    "output_audio_buffer.cleared": responding.playback_ended,
    "response.created": responding.created,
    "response.output_item.added": responding.output_item,
    "response.output_item.done": responding.output_item,
    "response.content_part.added": responding.content_part,
    "response.content_part.done": responding.content_part,
    "response.output_text.delta": responding.text_delta,
    "response.output_text.done": responding.text_done,
    "response.output_audio_transcript.delta": responding.text_delta,
    "response.output_audio_transcript.done": responding.text_done,
    "response.output_audio.delta": responding.audio_delta,
    "response.function_call_arguments.delta": responding.arguments_delta,
    "response.function_call_arguments.done": responding.arguments_done,
    "response.mcp_call_arguments.delta": responding.arguments_delta,
    "response.mcp_call_arguments.done": responding.arguments_done,
    "response.done": responding.done,
    "session.input_transcript.delta": listening.translation_heard,
    "session.output_transcript.delta": listening.translation_said,
    "session.output_audio.delta": listening.translation_spoken,
    "rate_limits.updated": connection.rate_limits,
    "error": refusing.error,
}
OTHER: Final[dict[str, Handler]] = {
    "opened": connection.opened,
    "track": connection.track,
    "close": connection.close,
    "closed": connection.closed,
    "stopped": connection.stopped,
    "gap": connection.gap,
    "end": connection.end,
}
_OF_FORMATS: Final = frozenset(
    ["session.update", "session.created", "session.updated", "response.created", "response.done", "error"]
)
"""Events that tell which format audio is in."""
_STREAMS: Final = frozenset(["input_audio_buffer.append", "response.output_audio.delta"])
"""Nearly all events: they say nothing but their audio."""
_MOST_EXAMPLES = 10


class Fold:
    """A session that grows with every event."""

    def __init__(self) -> None:
        self._state = State()

    @property
    def session(self) -> Session:
        """What happened so far."""
        return self._state.session

    def take(self, event: Event) -> None:
        """Let one event change the session."""
        state = self._state
        session = state.session
        if event.at_ns is not None:
            session.duration_ns = event.at_ns
        if event.kind != "message":
            handler = OTHER.get(event.kind)
        else:
            session.events += 1
            handler = (CLIENT if event.sender == "client" else SERVER).get(event.type)
            if event.type not in _STREAMS:
                _heed(state, event, known=handler is not None)
        if handler is not None:
            handler(state, event)


def _heed(state: State, event: Event, *, known: bool) -> None:
    """Take from an event what does not depend on its type."""
    session = state.session
    if event.problem:
        session.notes.append(Note(event.seq, event.problem))
    if event.sender == "client":
        event_id = event.data.get("event_id")
        if isinstance(event_id, str):
            state.sent[event_id] = event.seq
    if event.sender is not None and event.type in _OF_FORMATS:
        state.formats.observe(event.sender, dict(event.data))
    if not known and event.type and row(event.type) is None:
        examples = session.unknown.setdefault(event.type, [])
        if len(examples) < _MOST_EXAMPLES:
            examples.append(event.seq)
