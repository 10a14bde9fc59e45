"""How much a piece of code does, whatever the machine: the instructions of Python that it runs."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


def work(task: Callable[[], object]) -> int:
    """Count what a task does in Python."""
    done = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal done
        frame.f_trace_opcodes = True
        done += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        task()
    finally:
        sys.settrace(before)
    return done


def growth(task: Callable[[int], Callable[[], object]], size: int) -> float:
    """Say how many times more there is to do where there is twice as much of everything."""
    task(2)()  # what is done once is done
    return work(task(2 * size)) / work(task(size))
