"""What clients send."""

from typing import Final

from rtdebug.protocol.catalog.rows import TRANSLATION, Row, client, renamed

_UPDATE = client(
    "session.update",
    "change the session's configuration; only what is named changes",
    {"session": "session options"},
    shapes=("ga", "beta", "translation"),
    after="session.updated",
)

CLIENT: Final[tuple[Row, ...]] = (
    _UPDATE,
    renamed(_UPDATE, "transcription_session.update"),
    client("session.close", "end a translation session", shapes=TRANSLATION, after="session.closed"),
    client(
        "session.input_audio_buffer.append",
        "a piece of the speech to be translated",
        {"audio": "base64"},
        shapes=TRANSLATION,
        audio="audio",
        after="session.input_audio_buffer.append session.input_transcript.delta session.output_audio.delta",
    ),
    client(
        "input_audio_buffer.append",
        "a piece of the microphone's audio; the one event that nothing answers",
        {"audio": "base64"},
        audio="audio",
        after="input_audio_buffer.append input_audio_buffer.commit input_audio_buffer.speech_started",
    ),
    client(
        "input_audio_buffer.commit",
        "make the audio so far an item of the user's; asks for no answer",
        after="input_audio_buffer.committed",
    ),
    client(
        "input_audio_buffer.clear",
        "throw away audio that is not committed",
        after="input_audio_buffer.cleared",
    ),
    client(
        "output_audio_buffer.clear",
        "stop playback on WebRTC or SIP; cancel the response first",
        after="output_audio_buffer.cleared",
    ),
    client(
        "conversation.item.create",
        "put an item into the conversation: words, a tool's output, history",
        {"item": "item", "previous_item_id": "string?"},
        after="conversation.item.added response.create",
    ),
    client(
        "conversation.item.retrieve",
        "ask for an item as the server holds it",
        {"item_id": "string"},
        after="conversation.item.retrieved",
    ),
    client(
        "conversation.item.truncate",
        "say how much of an answer's audio was heard, and forget the rest",
        {"item_id": "string", "content_index": "int", "audio_end_ms": "int"},
        after="conversation.item.truncated",
    ),
    client(
        "conversation.item.delete",
        "take an item out of the conversation",
        {"item_id": "string"},
        after="conversation.item.deleted",
    ),
    client(
        "response.create",
        "ask for an answer, with options that differ from the session's",
        {"response": "response options?"},
        after="response.created",
    ),
    client(
        "response.cancel",
        "stop the answer under way, or the one that is named",
        {"response_id": "string?"},
        after="response.done",
    ),
)
