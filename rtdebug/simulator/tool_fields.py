"""Checks for tools and the choice among them: what a session or a response may offer a model."""

from typing import Any

from rtdebug.simulator.checks import Merge, anything, kind, nullable, objects, string
from rtdebug.simulator.refusals import missing, not_supported, only, wrong_type

_CHOICES = ("none", "auto", "required")
_CALLED_BY = {"function": "name", "mcp": "server_label"}


def _schema(_old: Any, new: Any, path: str) -> Any:
    return kind(new, dict, path, "an object")


_FIELDS: dict[str, dict[str, Merge]] = {
    "function": {
        "type": anything,
        "name": string,
        "description": nullable(string),
        "parameters": nullable(_schema),
    },
    "mcp": {
        "type": anything,
        "server_label": string,
        "server_url": nullable(string),
        "server_description": nullable(string),
        **dict.fromkeys(
            (
                "allowed_callers",
                "allowed_tools",
                "authorization",
                "connector_id",
                "defer_loading",
                "headers",
                "require_approval",
                "tunnel_id",
            ),
            anything,
        ),
    },
}


def tools(_old: Any, new: Any, path: str) -> Any:
    """Take an array of tools, each with the fields of its kind."""
    for place, tool in enumerate(objects(None, new, path)):
        where = f"{path}[{place}]"
        if tool["type"] not in _CALLED_BY:
            raise not_supported(tool["type"], _CALLED_BY, f"{where}.type")
        key = _CALLED_BY[tool["type"]]
        if key not in tool:
            raise missing(f"{where}.{key}")
        known = _FIELDS[tool["type"]]
        only(tool, known, where)
        for name, value in tool.items():
            known[name](None, value, f"{where}.{name}")
    return new


def tool_choice(_old: Any, new: Any, path: str) -> Any:
    """Take one of three words, or an object that names a tool."""
    if isinstance(new, str):
        if new not in _CHOICES:
            raise not_supported(new, _CHOICES, path)
        return new
    named = kind(new, dict, path, "a string or an object").get("type")
    if not isinstance(named, str) or named not in _CALLED_BY:
        raise not_supported(named, _CALLED_BY, f"{path}.type")
    if _CALLED_BY[named] not in new:
        raise missing(f"{path}.{_CALLED_BY[named]}")
    if not isinstance(new[_CALLED_BY[named]], str):
        raise wrong_type(new[_CALLED_BY[named]], f"{path}.{_CALLED_BY[named]}", "a string")
    return new
