"""Plays scenes with the simulator's machine alone: no socket, and a clock that only goes on while somebody waits."""

from collections.abc import Callable, Iterable
from typing import Any

import orjson

from rtdebug.conform.effects import EFFECTS
from rtdebug.conform.probes import REFUSALS
from rtdebug.conform.scenes import scenes
from rtdebug.conform.stage import Stage
from rtdebug.conform.steps import Pause, Play, Reply, Say, Scene, Step, Wait
from rtdebug.simulator.ids import Ids
from rtdebug.simulator.machine import Machine
from rtdebug.simulator.script import DEFAULT
from rtdebug.simulator.voice import speech

from .relay import Edit, faithful

MS = 1_000_000
SPEECH = speech(DEFAULT.turns[0].user, "user")
ALL = (*scenes(SPEECH), *EFFECTS, *REFUSALS)


def scene(name: str) -> Scene:
    """Find a scene by its name or code."""
    return next(one for one in ALL if name in (one.name, one.code))


def play(what: str | Scene, disorder: Callable[[], Edit] = faithful, *, pace: float = 1.0) -> Stage:
    """Play a scene with the machine, and somebody in between who edits what it says."""
    return _Stagehand(scene(what) if isinstance(what, str) else what, disorder(), pace).play()


def alone(what: Callable[[], Play[None]]) -> Scene:
    """Make a scene of a play."""
    return Scene("alone", what)


def breaches(stage: Stage, code: str = "") -> list[str]:
    """Return what was found wrong."""
    return [finding.breach for finding in stage.findings if finding.breach and finding.code.startswith(code)]


class _Stagehand:
    def __init__(self, scene: Scene, edit: Edit, pace: float) -> None:
        self.stage = Stage(scene)
        self._machine = Machine(speak=speech, ids=Ids(1), pace=pace)
        self._edit = edit
        self._now_ns = 0

    def play(self) -> Stage:
        self._hear(self._machine.open(0))
        step = self.stage.begin()
        while step is not None:
            step = self.stage.resume(self._do(step))
        self._until(self._now_ns + 400 * MS)
        return self.stage

    def _do(self, step: Step) -> Reply:
        if isinstance(step, Say):
            text, event_id = self.stage.say(step, self._now_ns)
            self._hear(self._machine.receive(text, self._now_ns))
            return Reply(event_id)
        if isinstance(step, Pause):
            self._until(self._now_ns + step.ms * MS)
            return Reply()
        assert isinstance(step, Wait)
        latest_ns = self._now_ns + (2_000 if step.is_short else 30_000) * MS
        while (reply := self.stage.answer(step)) is None:
            due_ns = self._machine.next_ns
            if due_ns is None or due_ns > latest_ns:
                return self.stage.give_up("nothing for a while")
            self._until(due_ns)
        return reply

    def _until(self, end_ns: int) -> None:
        while (due_ns := self._machine.next_ns) is not None and due_ns <= end_ns:
            self._now_ns = max(due_ns, self._now_ns)
            self._hear(self._machine.poll(self._now_ns))
        self._now_ns = max(end_ns, self._now_ns)

    def _hear(self, events: Iterable[dict[str, Any]]) -> None:
        for event in events:
            for told in self._edit(event):
                self.stage.hear(orjson.dumps(told), self._now_ns)
