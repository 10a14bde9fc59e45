"""What a session says of a tool."""

import pytest

from rtdebug.protocol.tools import is_tools, read_tool


def test_a_function_is_written_as_it_is_called() -> None:
    tool = read_tool(
        {
            "type": "function",
            "name": "book_seat",
            "description": "Book a seat.",
            "parameters": {"properties": {"train": {"type": "string"}, "class": {}}, "required": ["train"]},
        }
    )
    assert tool.signature == "book_seat(train: string, class?)"
    assert tool.description == "Book a seat."


def test_an_mcp_server_is_named_by_its_label() -> None:
    assert read_tool({"type": "mcp", "server_label": "trains"}).signature == "trains()"


@pytest.mark.parametrize("odd", [{}, {"parameters": 3}, {"parameters": {"properties": [1], "required": "x"}}])
def test_a_tool_may_have_any_shape(odd: dict[str, object]) -> None:
    assert read_tool(odd).signature == "a tool()"


def test_lists_of_other_things_are_no_tools() -> None:
    assert is_tools([{"type": "function", "name": "a"}])
    assert not is_tools([{"type": "message"}])
    assert not is_tools([])
    assert not is_tools({"type": "function"})
    assert not is_tools(["function"])
