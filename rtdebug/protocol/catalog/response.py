"""What servers say while they answer: `response.*`."""

from typing import Final

from rtdebug.protocol.catalog.rows import GA, PADDED, PLACE, Row, renamed, server

_ITEM = {"response_id": "string", "output_index": "int", "item": "item"}
_PART = {**PLACE, "part": "part"}
_CALL = {"response_id": "string", "item_id": "string", "output_index": "int"}
_MCP_CALL = {"item_id": "string", "output_index": "int"}

_AUDIO_DELTA = server(
    "response.output_audio.delta",
    "a piece of the answer's speech",
    {**PLACE, "delta": "base64"},
    shapes=GA,
    audio="delta",
    after="response.output_audio.delta response.output_audio_transcript.delta response.output_audio.done",
)
_AUDIO_DONE = server(
    "response.output_audio.done",
    "all speech of this part has been sent; nobody has heard it yet",
    PLACE,
    shapes=GA,
    after="response.output_audio_transcript.done",
)
_TRANSCRIPT_DELTA = server(
    "response.output_audio_transcript.delta",
    "a piece of what the answer's speech says",
    {**PLACE, "delta": "string", **PADDED},
    shapes=GA,
    after="response.output_audio_transcript.delta response.output_audio.delta response.output_audio.done",
)
_TRANSCRIPT_DONE = server(
    "response.output_audio_transcript.done",
    "all that the answer's speech says",
    {**PLACE, "transcript": "string"},
    shapes=GA,
    after="response.content_part.done",
)
_TEXT_DELTA = server(
    "response.output_text.delta",
    "a piece of a written answer",
    {**PLACE, "delta": "string", **PADDED},
    shapes=GA,
    after="response.output_text.delta response.output_text.done",
)
_TEXT_DONE = server(
    "response.output_text.done",
    "a written answer, whole",
    {**PLACE, "text": "string"},
    shapes=GA,
    after="response.content_part.done",
)

RESPONSE: Final[tuple[Row, ...]] = (
    server(
        "response.created",
        "an answer is under way",
        {"response": "response"},
        after="response.output_item.added response.done",
    ),
    server(
        "response.output_item.added",
        "the answer begins an item: a message or a call of a tool",
        _ITEM,
        after="conversation.item.added response.content_part.added",
    ),
    server(
        "response.content_part.added",
        "a message begins a part: speech or text",
        _PART,
        after="response.output_audio_transcript.delta response.output_audio.delta response.output_text.delta"
        " output_audio_buffer.started",
    ),
    _TRANSCRIPT_DELTA,
    _AUDIO_DELTA,
    _TEXT_DELTA,
    _AUDIO_DONE,
    _TRANSCRIPT_DONE,
    _TEXT_DONE,
    renamed(_TRANSCRIPT_DELTA, "response.audio_transcript.delta"),
    renamed(_AUDIO_DELTA, "response.audio.delta"),
    renamed(_TEXT_DELTA, "response.text.delta"),
    renamed(_AUDIO_DONE, "response.audio.done"),
    renamed(_TRANSCRIPT_DONE, "response.audio_transcript.done"),
    renamed(_TEXT_DONE, "response.text.done"),
    server(
        "response.content_part.done",
        "a part is complete",
        _PART,
        after="conversation.item.done response.output_item.done",
    ),
    server(
        "response.function_call_arguments.delta",
        "a piece of the arguments for a tool",
        {**_CALL, "call_id": "string", "delta": "string", **PADDED},
        after="response.function_call_arguments.delta response.function_call_arguments.done",
    ),
    server(
        "response.function_call_arguments.done",
        "the model calls a tool, with these arguments",
        {**_CALL, "call_id": "string", "name": "string", "arguments": "string"},
        after="conversation.item.done response.output_item.done",
    ),
    server(
        "response.output_item.done",
        "an item of the answer is complete, or was cut off",
        _ITEM,
        after="response.done response.output_item.added",
    ),
    server(
        "response.done",
        "the answer has ended: how, all its items, and what it used",
        {"response": "response"},
        after="rate_limits.updated conversation.item.create",
    ),
)

MCP_CALLS: Final[tuple[Row, ...]] = (
    server(
        "response.mcp_call_arguments.delta",
        "a piece of the arguments for an MCP tool",
        {**_CALL, "delta": "string", **PADDED},
        after="response.mcp_call_arguments.delta response.mcp_call_arguments.done",
    ),
    server(
        "response.mcp_call_arguments.done",
        "all arguments for an MCP tool",
        {**_CALL, "arguments": "string"},
        after="response.mcp_call.in_progress",
    ),
    server(
        "response.mcp_call.in_progress",
        "the server calls an MCP tool",
        _MCP_CALL,
        after="response.mcp_call.completed response.mcp_call.failed",
    ),
    server("response.mcp_call.completed", "an MCP tool has answered", _MCP_CALL, after="response.output_item.done"),
    server("response.mcp_call.failed", "an MCP tool has failed", _MCP_CALL, after="response.output_item.done"),
)
