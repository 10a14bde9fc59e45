"""What belongs before a command, and what comes first of its kind."""

from dataclasses import replace

from rtdebug.replay.steps import Command
from rtdebug.replay.unsent import Unsent

from .telling import Told


def call() -> list[Command]:
    told = Told().client("session.update", session={"instructions": "Be brief."})
    for number in (1, 2):
        output = {"type": "function_call_output", "call_id": f"call_{number}", "output": "{}"}
        told.client("conversation.item.create", item=output)
    told.client("response.create").client("response.cancel").client("response.create")
    return list(told.script().commands)


def test_what_belongs_before_a_command() -> None:
    commands = call()
    update, first, second, asked, cancel, again = commands
    assert Unsent(commands, "semantic").take_before(second) == []
    assert Unsent(commands, "strict").take_before(second) == [update, first]
    assert Unsent(commands, "loose").take_before(again) == []
    unsent = Unsent(commands, "semantic")
    assert (unsent.is_beyond(asked), unsent.is_beyond(again), unsent.is_beyond(cancel)) == (False, True, False)
    assert unsent.take_before(asked) == [update, first, second]
    assert list(unsent.open.values()) == [asked, cancel, again]


def test_what_need_not_come_is_not_waited_for() -> None:
    commands = [replace(one, required=False) for one in call()]
    unsent = Unsent(commands, "strict")
    assert not unsent.is_beyond(commands[-1])
    assert unsent.take_before(commands[-1]) == []


def test_the_next_of_a_kind_is_rather_the_one_of_the_same_call() -> None:
    commands = call()
    update, first, second, asked, _, _ = commands
    unsent = Unsent(commands, "semantic")
    assert unsent.next_like(second.event) == second
    assert unsent.next_like(asked.event) is None, "three commands belong before it"
    for one in (second, first):
        del unsent.open[one.number]
    assert unsent.next_like(second.event) is None
    del unsent.open[update.number]
    assert unsent.next_like(asked.event) == asked
