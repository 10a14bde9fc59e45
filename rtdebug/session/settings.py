"""What a configuration is made of, as dotted paths, and what became of what was asked for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from rtdebug.protocol.reading import inside, object_in, text_in
from rtdebug.session.model import ConfigChange, Session

_MISSING: Any = None
_DEEPEST = 20
_MOST_CHANGES = 200
PROMPT: Final = frozenset(["instructions", "prompt", "tools", "tool_choice", "model"])
"""Settings that stand at the beginning of what the model reads."""
_PRIVATE = frozenset(["authorization", "connector_id", "headers", "server_url"])
"""What a server takes of an MCP tool and does not show."""


@dataclass(frozen=True, slots=True)
class Ignored:
    """A setting that was asked for and is not in force after the answer."""

    path: str
    asked: Any
    effective: Any


def leaves(value: Mapping[str, Any], path: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Yield each setting with its dotted path; lists are settings as a whole."""
    for key, inner in value.items():
        if isinstance(inner, Mapping) and inner and depth < _DEEPEST:
            yield from leaves(inner, f"{path}{key}.", depth + 1)
        else:
            yield f"{path}{key}", inner


def ignored(session: Session) -> dict[int, list[Ignored]]:
    """Find, for each answered change (by its entry), what was asked for and did not come into force."""
    found = {}
    effective = dict(leaves(session.config))
    for change in reversed(session.changes):
        if change.answer == "updated":
            found[change.mark.seq] = list(_ignored(change, effective))
            for path, (before, _) in change.changed.items():
                effective[path] = before
    return found


def _ignored(change: ConfigChange, effective: Mapping[str, Any]) -> Iterator[Ignored]:
    for path, asked in leaves(change.requested):
        now = effective.get(path, _MISSING)
        if asked is None and any(other.startswith(path + ".") for other in effective):
            yield Ignored(path, asked, {})
        elif _shown(asked) == _shown(now) or (not asked and not now):
            continue
        elif now is not None or asked is not None:
            yield Ignored(path, asked, now)


def _shown(tools: Any) -> Any:
    """Leave out of MCP tools what a server does not show."""
    if not isinstance(tools, list):
        return tools
    return [
        {key: value for key, value in tool.items() if key not in _PRIVATE and value is not None}
        if isinstance(tool, Mapping) and tool.get("type") == "mcp"
        else tool
        for tool in tools
    ]


def in_force(session: Session) -> dict[int, dict[str, Any]]:
    """Return, for each change (by its entry), the settings that were in force once it was answered."""
    found: dict[int, dict[str, Any]] = {}
    effective = dict(leaves(session.config))
    for change in reversed(session.changes[-_MOST_CHANGES:]):
        found[change.mark.seq] = dict(effective)
        if change.answer == "updated":
            for path, (before, _) in change.changed.items():
                effective[path] = before
    return found


def transcription_of(config: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return how the user's words are written down; None where they are not."""
    found = inside(config, "audio", "input", "transcription")
    return object_in(config, "audio", "input", "transcription") if isinstance(found, Mapping) else None


def transcriber_of(config: Mapping[str, Any]) -> str:
    """Name the model that writes the user's words down, "" where none is named."""
    return text_in(config, "audio", "input", "transcription", "model")


def detects_turns(config: Mapping[str, Any]) -> bool | None:
    """Say whether the server finds where a turn ends; None where the configuration does not show it."""
    audio = object_in(config, "audio", "input")
    return bool(audio["turn_detection"]) if "turn_detection" in audio else None
