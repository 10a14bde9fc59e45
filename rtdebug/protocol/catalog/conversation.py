"""What servers say about the conversation: its items, what the user said, and the tools of MCP servers."""

from typing import Final

from rtdebug.protocol.catalog.rows import GA, XAI, Row, renamed, server

_ITEM = {"item": "item", "previous_item_id": "string?"}
_SAID = {"item_id": "string", "content_index": "int"}
_MCP_TOOLS = {"item_id": "string"}

_ADDED = server(
    "conversation.item.added",
    "an item enters the conversation, the user's or the model's",
    _ITEM,
    shapes=GA,
    after="conversation.item.done response.content_part.added response.function_call_arguments.delta"
    " response.mcp_call_arguments.delta response.created",
)

CONVERSATION: Final[tuple[Row, ...]] = (
    server(
        "conversation.created",
        "the conversation begins; xAI says so, OpenAI does not",
        {"conversation": "conversation"},
        after="ping",
    ),
    _ADDED,
    renamed(_ADDED, "conversation.item.created"),
    server(
        "conversation.item.done",
        "an item is complete; its previous_item_id may be null all the same",
        _ITEM,
        shapes=GA,
        after="response.created response.output_item.done response.create"
        " conversation.item.input_audio_transcription.delta",
    ),
    server("conversation.item.retrieved", "the item that was asked for", {"item": "item"}),
    server(
        "conversation.item.truncated",
        "an answer's audio ends here from now on, and its transcript is gone",
        {"item_id": "string", "content_index": "int", "audio_end_ms": "int"},
    ),
    server("conversation.item.deleted", "an item has left the conversation", {"item_id": "string"}),
)

_TRANSCRIPTION = "conversation.item.input_audio_transcription"

TRANSCRIPTION: Final[tuple[Row, ...]] = (
    server(
        f"{_TRANSCRIPTION}.delta",
        "a piece of what the user said",
        {
            "item_id": "string",
            "content_index": "int?",
            "delta": "string?",
            "logprobs": "list?",
            "obfuscation": "string?",
        },
        after=f"{_TRANSCRIPTION}.delta {_TRANSCRIPTION}.completed {_TRANSCRIPTION}.failed",
    ),
    server(
        f"{_TRANSCRIPTION}.updated",
        "what the user said so far; takes the place of the last one (xAI)",
        {"item_id": "string", "content_index": "int?", "transcript": "string"},
        shapes=XAI,
        after=f"{_TRANSCRIPTION}.updated {_TRANSCRIPTION}.completed",
    ),
    server(
        f"{_TRANSCRIPTION}.segment",
        "a stretch of what was said, with its times and its speaker",
        {**_SAID, "id": "string", "speaker": "string", "start": "number", "end": "number", "text": "string"},
        after=f"{_TRANSCRIPTION}.segment {_TRANSCRIPTION}.completed",
    ),
    server(
        f"{_TRANSCRIPTION}.completed",
        "all that the user said in an item, and what the transcription used",
        {**_SAID, "transcript": "string", "usage": "usage", "logprobs": "list?", "languages": "list?"},
    ),
    server(
        f"{_TRANSCRIPTION}.failed",
        "the user's words could not be written down; the call goes on",
        {**_SAID, "error": "transcription error"},
    ),
)

MCP: Final[tuple[Row, ...]] = (
    server(
        "mcp_list_tools.in_progress",
        "an MCP server is being asked for its tools",
        _MCP_TOOLS,
        after="mcp_list_tools.completed mcp_list_tools.failed",
    ),
    server("mcp_list_tools.completed", "an MCP server's tools are known", _MCP_TOOLS),
    server("mcp_list_tools.failed", "an MCP server did not name its tools", _MCP_TOOLS),
)
