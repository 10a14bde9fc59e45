"""What the conformance rules say of a simulated session."""

from typing import Any

import orjson

from rtdebug.diagnosis.conformance import judge
from rtdebug.diagnosis.traffic import Traffic
from rtdebug.protocol.event import EventReader
from rtdebug.recording.format import Entry

from .client import Client


def breaches(client: Client) -> list[str]:
    """Return every breach of a rule whose breach is an error.

    The rules do not know that an id is free again once its item was deleted.
    """
    deleted = {event["item_id"] for event in client.all("conversation.item.deleted")}
    reader = EventReader()
    events = [reader.read(_entry(n, sender, event)) for n, (sender, event) in enumerate(client.lines, start=1)]
    return [
        f"{verdict.rule.code}: {case.breach}"
        for verdict in judge(Traffic(events, reader.dialect))
        if verdict.rule.level == "error"
        for case in verdict.breaches
        if not (verdict.rule.code == "R19" and case.breach.partition(" was added twice")[0] in deleted)
    ]


def _entry(seq: int, sender: Any, event: dict[str, Any]) -> Entry:
    return Entry(seq, 0, sender, "message", {}, orjson.dumps(event))
