from typing import Any

import pytest

from rtdebug.simulator.refusals import Refused
from rtdebug.simulator.tool_fields import tool_choice, tools

FUNCTION = {"type": "function", "name": "look"}
MCP = {"type": "mcp", "server_label": "maps"}


@pytest.mark.parametrize(
    "tool",
    [
        FUNCTION,
        {**FUNCTION, "description": None, "parameters": None},
        {**FUNCTION, "description": "Look.", "parameters": {"type": "object"}},
        {**MCP, "server_url": "https://maps.example", "headers": {"a": "b"}, "require_approval": "never"},
    ],
)
def test_all_that_a_tool_may_have_is_taken(tool: dict[str, Any]) -> None:
    assert tools(None, [tool], "session.tools") == [tool]


@pytest.mark.parametrize(
    ("tool", "code", "where"),
    [
        ({**FUNCTION, "strict": True}, "unknown_parameter", "strict"),
        ({**MCP, "name": "x"}, "unknown_parameter", "name"),
        ({**FUNCTION, "name": None}, "invalid_type", "name"),
        ({**FUNCTION, "description": 4}, "invalid_type", "description"),
        ({**FUNCTION, "parameters": "{}"}, "invalid_type", "parameters"),
        ({**MCP, "server_url": 4}, "invalid_type", "server_url"),
        ({"type": "function", "function": {"name": "look"}}, "missing_required_parameter", "name"),
    ],
)
def test_a_tool_is_refused_with_the_place_of_what_is_wrong(tool: dict[str, Any], code: str, where: str) -> None:
    with pytest.raises(Refused) as refused:
        tools(None, [FUNCTION, tool], "session.tools")
    assert (refused.value.code, refused.value.param) == (code, f"session.tools[1].{where}")


def test_a_choice_names_a_tool_with_a_string() -> None:
    with pytest.raises(Refused) as refused:
        tool_choice(None, {"type": "function", "name": 4}, "session.tool_choice")
    assert (refused.value.code, refused.value.param) == ("invalid_type", "session.tool_choice.name")
