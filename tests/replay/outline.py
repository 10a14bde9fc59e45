"""A script without what differs when a call is made again: ids become numbers, times go, chunks do not show."""

import hashlib
from collections.abc import Mapping
from typing import Any

from rtdebug.replay.load import Recorded
from rtdebug.replay.steps import Command, Ending, Say

TIMES = ("expires_at", "created_at", "received_at", "timestamp")


def outline(recorded: Recorded) -> dict[str, list[Any]]:
    """Return what each side says, and what the server waits for."""
    script = recorded.script
    numbers: dict[str, str] = {}
    order = {command.number: place for place, command in enumerate(script.commands)}
    told: dict[str, list[Any]] = {"client": [], "server": [], "causes": []}

    def plain(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {key: plain(inner) for key, inner in value.items() if key not in TIMES}
        if isinstance(value, list):
            return [plain(inner) for inner in value]
        if isinstance(value, str):
            for known in sorted(script.ids, key=len, reverse=True):
                if known in value and (len(known) > 7 or known == value):
                    value = value.replace(known, numbers.setdefault(known, f"#{len(numbers) + 1}"))
        return value

    for step in script.steps:
        if isinstance(step, Say):
            sound = recorded.audio(step.place) if step.place else b""
            told["server"].append((plain(step.event.data), hashlib.md5(sound).hexdigest()))
            told["causes"].append((step.event.type, [order[number] for number in step.after], round(step.heard_ms)))
        elif isinstance(step, Command):
            told["client"].append((plain(step.event.data), round(step.speech_ms)))
        elif isinstance(step, Ending):
            told["server"].append((step.code, step.reason))
    return told
