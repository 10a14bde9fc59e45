"""How much it takes to find out what the server's events answer, where much stays without an answer."""

from collections.abc import Callable

import pytest

from .telling import Told
from .work import growth


@pytest.mark.parametrize("asked", ["vendor.ask", "conversation.item.create", "output_audio_buffer.clear"])
@pytest.mark.parametrize("told", ["response.output_text.delta", "conversation.item.added", "error"])
def test_twice_as_many_events_take_twice_as_much(asked: str, told: str) -> None:
    def reading(events: int) -> Callable[[], object]:
        call = Told()
        for number in range(events):
            call.client(asked, event_id=f"event_{number}", item={"id": f"item_{number}"})
        for _ in range(events):
            call.server(told, item={"id": "item_of_nobody"}, error={"event_id": "event_of_nobody"})
        return call.script

    assert growth(reading, 100) < 2.2


def test_answers_may_come_in_any_order() -> None:
    call = Told()
    for number in range(3):
        call.client("conversation.item.create", item={"id": f"item_{number}"})
    for number in (2, 0, 1):
        call.server("conversation.item.added", item={"id": f"item_{number}"})
    assert [step.after for step in call.script().steps[3:]] == [(3,), (1,), (2,)]
