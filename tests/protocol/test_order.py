from typing import Any

import pytest

from rtdebug.protocol.event import Event
from rtdebug.protocol.order import bond_of

from .test_identity import event

TOLD = {"type": "message", "role": "user"}
OUTPUT = {"type": "function_call_output", "call_id": "c"}


def unrelated(one: Event, other: Event) -> bool:
    assert bond_of(one).is_loose(bond_of(other)) is bond_of(other).is_loose(bond_of(one))
    return bond_of(one).is_loose(bond_of(other))


@pytest.mark.parametrize(
    ("one", "other", "is_unrelated"),
    [
        ({"item": OUTPUT}, {"item": {**OUTPUT, "call_id": "d"}}, True),
        ({"item": TOLD}, {"item": TOLD}, False),
    ],
)
def test_what_may_change_places(one: dict[str, Any], other: dict[str, Any], is_unrelated: bool) -> None:
    first, second = (event("conversation.item.create", **fields) for fields in (one, other))
    assert unrelated(first, second) is is_unrelated
    assert unrelated(event("response.cancel"), second)
    assert not unrelated(event("response.create"), second)


def test_an_update_of_tracing_alone_may_come_at_any_moment() -> None:
    alone = event("session.update", session={"type": "realtime", "model": "m", "tracing": "auto"})
    more = event("session.update", session={"tracing": "auto", "instructions": "x"})
    create = event("response.create")
    assert unrelated(alone, create)
    assert not unrelated(more, create)


def test_few_bonds_hold_whatever_is_said() -> None:
    assert len({bond_of(event(f"vendor.ask{number}", item={"id": number})) for number in range(100)}) == 1
    ends = [bond_of(event(type_)).ends_turn for type_ in ("response.create", "input_audio_buffer.commit")]
    assert ends == [True, True]
    assert not bond_of(event("session.update")).ends_turn
