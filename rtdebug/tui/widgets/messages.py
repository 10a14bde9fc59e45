"""What widgets ask of the screen they are on."""

from pathlib import Path

from textual.message import Message


class Jump(Message):
    """Go to an entry."""

    def __init__(self, seq: int) -> None:
        self.seq = seq
        super().__init__()


class Seek(Message):
    """Put the playhead to a moment of the call."""

    def __init__(self, at_ns: int) -> None:
        self.at_ns = at_ns
        super().__init__()


class Open(Message):
    """Show a recording."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__()
