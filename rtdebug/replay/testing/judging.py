"""Whether the call of a test was the recorded one, and what to say where it was not. Pure."""

from dataclasses import dataclass, replace

from rtdebug.replay.mismatch import missing
from rtdebug.replay.steps import Command
from rtdebug.replay.verdict import Verdict, Verdicts
from rtdebug.units import plain, quote


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is wrong with the calls of a test; nothing where it is false."""

    calls: tuple[Verdict, ...] = ()
    """Those that were not as recorded."""
    unplayed: tuple[str, ...] = ()
    """Recordings that nobody asked for, where somebody had to."""

    def __bool__(self) -> bool:
        return bool(self.calls or self.unplayed)

    @property
    def headline(self) -> str:
        """The first thing that is wrong."""
        for one in self.calls:
            what = one.mismatches[0].what if one.mismatches else f"{one.recording} was not played to its end"
            return quote(what)
        names = ", ".join(self.unplayed)
        return quote(f"nobody connected to be played {names}. Does the client read OPENAI_BASE_URL, in the test?")

    @property
    def text(self) -> str:
        """All of it, for people."""
        lines = [f"✘ {line}" if not at else line for one in self.calls for at, line in enumerate(one.text.splitlines())]
        lines += [f"✘ {name}: nobody connected" for name in self.unplayed]
        return "\n".join(plain(line) for line in lines)


def judged(verdicts: Verdicts, complete: bool | None) -> Judgement:
    """Judge all calls of a test that is over.

    complete: True asks for every recording and every step, None for a call, and the client's part of each that it
    began, False only for nothing else than was recorded.
    """
    calls = []
    for one in verdicts.connections:
        call = one if complete is False else _to_its_end(one)
        wrong = [mismatch for mismatch in call.mismatches if complete is not False or not mismatch.at_leaving]
        if wrong or (complete and not call.complete):
            calls.append(replace(call, mismatches=tuple(wrong)))
    asked = complete or (complete is None and not verdicts.connections)
    unplayed = [script.name for script in verdicts.unplayed] if asked else []
    return Judgement(tuple(calls), tuple(unplayed))


def _to_its_end(verdict: Verdict) -> Verdict:
    """Tell a call that was still under way at the end of the test as one that ends there."""
    if not verdict.is_under_way:
        return verdict
    wanted = [step for step in verdict.left if isinstance(step, Command) and step.required]
    found = (missing(wanted[0], "was not sent before the test ended"),) if wanted else ()
    mismatches = (*verdict.mismatches, *found)
    return replace(verdict, mismatches=mismatches, ending="the client was connected at the end", is_under_way=False)
