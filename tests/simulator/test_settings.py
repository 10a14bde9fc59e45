import pytest

from rtdebug.simulator.options import Manner
from rtdebug.simulator.refusals import Json, Refused
from rtdebug.simulator.settings import response_fields, session_fields

LISTENER = Manner(transcribes=True)


@pytest.mark.parametrize(
    ("manner", "update", "param"),
    [
        (Manner(), {"temperature": 0.8}, "session.temperature"),
        (Manner(shape="beta"), {"temperature": 2}, "session.temperature"),
        (LISTENER, {"instructions": "x"}, "session.instructions"),
        (LISTENER, {"type": "realtime"}, "session.type"),
        (LISTENER, {"audio": {"output": {}}}, "session.audio.output"),
        (Manner(), {"audio": {"output": {"voice": "nobody"}}}, "session.audio.output.voice"),
        (
            Manner(),
            {"audio": {"input": {"format": {"type": "audio/pcm", "rate": 8000}}}},
            "session.audio.input.format.rate",
        ),
        (Manner(), {"tools": [{"type": "function"}]}, "session.tools[0].name"),
        (Manner(), {"tools": [{"type": "mcp", "server_label": 3}]}, "session.tools[0].server_label"),
        (Manner(), {"tools": [{"type": "search"}]}, "session.tools[0].type"),
        (Manner(), {"tool_choice": "maybe"}, "session.tool_choice"),
        (Manner(), {"tool_choice": {"type": "function"}}, "session.tool_choice.name"),
        (Manner(), {"tool_choice": {"type": ["mcp"]}}, "session.tool_choice.type"),
        (Manner(), {"tool_choice": 3}, "session.tool_choice"),
    ],
)
def test_each_manner_knows_its_fields(manner: Manner, update: Json, param: str) -> None:
    with pytest.raises(Refused) as refused:
        session_fields(manner)({}, update, "session")
    assert refused.value.param == param


@pytest.mark.parametrize(
    "update",
    [
        {"tool_choice": {"type": "function", "name": "look"}},
        {"tool_choice": {"type": "mcp", "server_label": "x"}},
        {"audio": {"output": {"voice": {"id": "voice_1"}}}},
    ],
)
def test_good_values_are_taken(update: Json) -> None:
    assert session_fields(Manner())({}, update, "session") == update


def test_metadata_has_limits() -> None:
    check = response_fields(Manner())
    full = {"metadata": {f"{n:064}": "x" * 512 for n in range(16)}}
    assert check({}, full, "response") == full
    for odd in ({f"{n}": "" for n in range(17)}, {"k" * 65: ""}, {"k": "x" * 513}, {"k": 1}):
        with pytest.raises(Refused, match=r"response\.metadata"):
            check({}, {"metadata": odd}, "response")
    with pytest.raises(Refused, match="a key of 65 characters"):
        check({}, {"metadata": {"k" * 65: ""}}, "response")
