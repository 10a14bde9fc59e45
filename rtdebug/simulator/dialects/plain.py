"""OpenAI's GA shape, which is the machine's own: what the other dialects differ from."""

from collections.abc import Callable

from rtdebug.simulator.ids import Ids
from rtdebug.simulator.refusals import Json

Tell = Callable[[Json], list[Json]]
"""One event in the machine's shape to the events that a client is told."""


class Plain:
    """Says everything as the machine says it."""

    def __init__(self, ids: Ids) -> None:
        self._ids = ids

    def read(self, event: Json) -> Json:
        """Return a client event in the machine's shape, or refuse it."""
        return event

    def tell(self, event: Json) -> list[Json]:
        """Return what the client is told of a server event."""
        return [event]

    def said(self, kind: str, **fields: object) -> Json:
        """Make an event of which the machine knows nothing."""
        return {"type": kind, "event_id": self._ids.event(), **fields}
