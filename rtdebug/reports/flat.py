"""A configuration as dotted paths, and what became of what was asked for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from rtdebug.session.model import ConfigChange, Session

_MISSING: Any = None
_DEEPEST = 20
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


def written(value: Any, most: int = 0) -> str:
    """Write a value as JSON on one line."""
    try:
        text = orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS).decode()
    except (TypeError, ValueError, RecursionError):
        text = repr(value)
    return text if not most or len(text) <= most else text[: most - 1] + "…"


def _ignored(change: ConfigChange, effective: Mapping[str, Any]) -> Iterator[Ignored]:
    for path, asked in leaves(change.requested):
        now = effective.get(path, _MISSING)
        if _shown(asked) == _shown(now) or (not asked and not now):
            continue
        if asked is None and any(other.startswith(path + ".") for other in effective):
            yield Ignored(path, asked, {})
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
