from collections.abc import Iterator
from math import inf

import pytest

from rtdebug.simulator.agenda import Agenda


def course(name: str, waits: list[int], said: list[str]) -> Iterator[int]:
    for wait in waits:
        said.append(name)
        yield wait
    said.append(name.upper())


def test_steps_are_taken_when_they_are_due_and_in_order() -> None:
    agenda, said = Agenda(), list[str]()
    agenda.start(course("a", [10, 10], said), 0)
    agenda.start(course("b", [5], said), 0)
    assert agenda.next_ns == 0
    agenda.run(0)
    assert (said, agenda.next_ns) == (["a", "b"], 5)
    agenda.run(12)
    assert (said, agenda.next_ns) == (["a", "b", "B", "a"], 20)
    agenda.run(20)
    assert (said[-1], agenda.next_ns) == ("A", None)


@pytest.mark.parametrize(("pace", "due"), [(1.0, 100), (4.0, 25), (0.5, 200), (inf, None)])
def test_the_pace_shortens_every_wait(pace: float, due: int | None) -> None:
    agenda = Agenda(pace=pace)
    agenda.start(course("a", [100], []), 0)
    agenda.run(0)
    assert agenda.next_ns == due


def test_a_late_run_does_not_slow_a_course_down() -> None:
    agenda, said = Agenda(), list[str]()
    agenda.start(course("a", [10, 10, 10], said), 0)
    agenda.run(25)
    assert agenda.next_ns == 30


def test_what_is_dropped_never_comes() -> None:
    agenda, said = Agenda(), list[str]()
    steps = course("a", [10], said)
    agenda.start(steps, 0)
    agenda.start(course("b", [10], said), 0)
    agenda.drop(steps)
    agenda.run(100)
    assert said == ["b", "B"]
