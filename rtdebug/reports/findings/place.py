"""Where the evidence of a finding is, for programs that open files: the entries, and a line of them."""

from pathlib import PurePath
from urllib.parse import quote

EVENTS = "events.jsonl"


def events_file(path: str) -> str:
    """Name the file that holds a recording's entries; the number of an entry is that of its line."""
    pure = PurePath(path)
    return (pure if pure.name == EVENTS else pure / EVENTS).as_posix()


def events_uri(path: str) -> str:
    """Write it as a URI: relative where the path is, so that it holds wherever the folder is put."""
    file = quote(events_file(path).encode("utf-8", "surrogateescape"))
    return f"file://{file}" if file.startswith("/") else file
