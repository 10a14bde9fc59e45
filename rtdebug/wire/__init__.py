"""Bytes to messages. This room knows WebSocket and HTTP heads, and has never heard of OpenAI. No sockets."""
