"""Commands looked up by what they say: all that do not differ are found, in their order."""

import pytest

from rtdebug.protocol.event import Event
from rtdebug.replay.policy import Policy, Strictness
from rtdebug.replay.steps import Command
from rtdebug.replay.twins import Twins

from .telling import Told


def commands(*texts: str) -> list[Command]:
    told = Told()
    for text in texts:
        told.client("conversation.item.create", item={"type": "message", "role": "user", "text": text, "id": text})
    return list(told.script().commands)


def said(text: str) -> Event:
    return commands(text)[0].event


def twins(*texts: str, strictness: Strictness = "semantic", made: str = "") -> tuple[Twins, list[Command]]:
    found, all_ = Twins(Policy(strictness), frozenset({made} - {""})), commands(*texts)
    for one in all_:
        found.add(one)
    return found, all_


def test_the_first_of_those_that_say_the_same() -> None:
    found, (_, first, second) = twins("one", "two", "two")
    assert found.of(said("two")) == [first]
    found.discard(first)
    assert found.of(said("two")) == [second]
    found.discard(second)
    assert found.of(said("two")) == []


@pytest.mark.parametrize("text", ["[redacted]", "my key is [redacted]"])
def test_what_was_struck_out_can_be_anything(text: str) -> None:
    found, (struck, plain) = twins(text, "two")
    assert found.of(said("whatever")) == [struck]
    assert found.of(said("two")) == [struck]
    found.discard(struck)
    assert found.of(said("two")) == [plain]


def test_what_the_recorded_client_made_up_another_makes_up_anew() -> None:
    found, (made,) = twins("item_1", strictness="strict", made="item_1")
    assert found.of(said("item_of_now")) == [made]
    assert twins("item_1", strictness="strict")[0].of(said("item_of_now")) == []


def test_whatever_is_said_where_that_does_not_matter() -> None:
    found, (first, _) = twins("one", "two", strictness="loose")
    assert found.of(said("three")) == [first]
