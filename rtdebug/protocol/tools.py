"""What a session says of a tool: its name, what it takes, what it is for. Pure; its shape may be anything."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rtdebug.protocol.reading import list_in, object_in, text_in


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool the model may call."""

    kind: str
    """function, mcp or what else it is."""
    name: str
    """"" where it has none; of an MCP server, its label."""
    parameters: tuple[tuple[str, str, bool], ...] = ()
    """Name and type of each, and whether it has to be given."""
    description: str = ""

    @property
    def signature(self) -> str:
        """Write it as it is called: `book_seat(train: string, class?: string)`."""
        given = ", ".join(
            f"{name}{'' if needed else '?'}{': ' + type_ if type_ else ''}" for name, type_, needed in self.parameters
        )
        return f"{self.name or self.kind or 'a tool'}({given})"


_KINDS = ("function", "mcp", "web_search", "x_search", "file_search", "code_interpreter")


def is_tools(value: Any) -> bool:
    """Say whether a setting is a list of tools, and has some."""
    return isinstance(value, list) and bool(value) and all(text_in(one, "type") in _KINDS for one in value)


def read_tool(value: Mapping[str, Any]) -> Tool:
    """Read one."""
    needed = list_in(value, "parameters", "required")
    parameters = object_in(value, "parameters", "properties")
    return Tool(
        text_in(value, "type"),
        text_in(value, "name") or text_in(value, "server_label"),
        tuple((str(name), text_in(shape, "type"), name in needed) for name, shape in parameters.items()),
        text_in(value, "description") or text_in(value, "server_description"),
    )
