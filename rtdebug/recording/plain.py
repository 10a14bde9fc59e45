"""A message as one line of JSON, readable without this program: what `rtdebug cat --json` prints."""

import orjson
from pybase64 import b64encode


def as_json(seq: int, at_ns: int, sender: str, message: bytes) -> bytes:
    """Write a message as `{"seq","at_ns","from","text"}`, `base64` instead of `text` where it is not text."""
    line: dict[str, object] = {"seq": seq, "at_ns": at_ns, "from": sender}
    try:
        line["text"] = message.decode()
    except UnicodeDecodeError:
        line["base64"] = b64encode(message).decode()
    return orjson.dumps(line)
