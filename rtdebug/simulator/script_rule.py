"""Rules of a script: which reply answers what. Plain values, no protocol."""

from dataclasses import dataclass
from typing import Literal

from rtdebug.simulator.pattern import Pattern
from rtdebug.simulator.script_reply import Reply

Kind = Literal["said", "typed", "output"]


@dataclass(frozen=True, slots=True)
class Output:
    """What a tool returned."""

    tool: str
    text: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a response answers: the user's last words, or what came back from tools since."""

    kind: Literal["said", "typed"]
    text: str = ""
    """What the user said or typed."""
    number: int = 1
    """Which of the user's turns it is, the first being 1."""
    outputs: tuple[Output, ...] = ()
    """What tools returned since the user's turn."""


@dataclass(frozen=True, slots=True)
class When:
    """What a rule answers; whatever is not named may be anything."""

    text: str | None = None
    """Words that occur in it, in whatever case."""
    regex: Pattern | None = None
    """A pattern that is found in it."""
    turn: int | None = None
    kind: Kind | None = None
    """Without one: both what is said and what is typed."""
    tool: str | None = None
    """The tool whose output it is."""

    def fits(self, prompt: Prompt) -> bool:
        """Tell whether the rule is for this prompt; raise TooSlow where its pattern cannot tell."""
        wants_output = self.kind == "output" or self.tool is not None
        if wants_output != bool(prompt.outputs) or self.turn not in (None, prompt.number):
            return False
        if not wants_output:
            return self.kind in (None, prompt.kind) and self._reads(prompt.text)
        outputs = [output for output in prompt.outputs if self.tool in (None, output.tool)]
        return any(self._reads(output.text) for output in outputs)

    def _reads(self, text: str) -> bool:
        if self.text is not None and self.text.casefold() not in text.casefold():
            return False
        return self.regex is None or self.regex.is_in(text)


@dataclass(frozen=True, slots=True)
class Rule:
    """One reply, and what it answers."""

    when: When
    reply: Reply
