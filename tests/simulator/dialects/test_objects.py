from rtdebug.simulator.dialects.objects import item_of, session_of, without_transport
from rtdebug.simulator.options import Manner
from rtdebug.simulator.session import new_session


def test_tools_of_other_kinds_stay_as_they_are() -> None:
    tool = {"type": "mcp", "server_label": "x"}
    session = {**new_session("1", "grok", 0, Manner("xai")), "tools": [tool]}
    assert session_of(session)["tools"] == [tool]


def test_how_audio_travels_is_nobodys_business() -> None:
    assert without_transport({"input": {"transport": "binary", "x": 1}, "odd": 3}) == {"input": {"x": 1}, "odd": 3}
    assert without_transport("odd") == "odd"


def test_an_item_says_what_it_is() -> None:
    assert item_of({"id": "1", "type": "message"})["object"] == "realtime.item"
