from rtdebug.simulator.options import Manner

from ..client import Client


def test_parts_have_a_twin_and_nothing_is_said_of_rate_limits() -> None:
    azure = Client(manner=Manner("azure"))
    azure.say("response.create", response={"output_modalities": ["text"]})
    for kind in ("response.content_part.added", "response.content_part.done"):
        assert azure.the(kind)["content"] == azure.the(kind)["part"]
    assert azure.events[-1]["type"] == "response.done"
    assert azure.the("response.done")["response"]["usage"]["output_tokens"] > 0
