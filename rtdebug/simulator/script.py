"""What is said: the turns of a call, as plain values. No protocol, no audio."""

from dataclasses import dataclass, replace

from rtdebug.simulator.pattern import TooSlow
from rtdebug.simulator.script_reply import Fault, Reply, ToolCall
from rtdebug.simulator.script_rule import Prompt, Rule

__all__ = ["DEFAULT", "GREETING", "NO_ANSWER", "UNHEARD", "Script", "ToolCall", "Turn"]

GREETING = "Hello! How can I help you?"
NO_ANSWER = "My script has no answer to that."
"""Said where no rule fits."""
UNHEARD = "(the script does not say what was said)"
"""The transcript of speech that nothing gives words to."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What the user is taken to have said, and what comes back."""

    user: str
    reply: str
    call: ToolCall | None = None
    """Made first, when the session offers a tool of that name; the reply follows its output."""


@dataclass(frozen=True, slots=True)
class Script:
    """A conversation: turns in order, then the afterwards round and round; or rules, of which the first that fits."""

    turns: tuple[Turn, ...] = ()
    afterwards: tuple[Turn, ...] = ()
    greeting: str = GREETING
    """Said when a response is asked for before the user has said anything."""
    rules: tuple[Rule, ...] = ()
    """With these there is no need of turns."""
    hears: tuple[str, ...] = ()
    """What speech is taken to say that is not known by its sound, one after the other."""

    def turn(self, number: int, said: str | None = None) -> Turn:
        """Return the turn for the user's words when they are known ones, else the one next in order."""
        if self.rules:
            return Turn(UNHEARD if said is None else said, NO_ANSWER)
        known = {_plain(turn.user): turn for turn in (*self.afterwards, *self.turns)}
        if said is not None and _plain(said) in known:
            return known[_plain(said)]
        if number < len(self.turns):
            return self.turns[number]
        rounds = self.afterwards or self.turns
        return rounds[(number - len(self.turns)) % len(rounds)]

    def answer(self, turn: Turn, prompt: Prompt) -> Reply:
        """Return what comes back: the first rule's reply that fits, else the turn's own."""
        fitting = self._rule(prompt)
        if fitting is not None:
            return fitting
        if not prompt.outputs:
            return Reply(calls=(turn.call,) if turn.call else (), then=turn.reply)
        asked = self._rule(replace(prompt, outputs=()))
        return Reply(say=(asked.then if asked else "") or turn.reply)

    def replies(self) -> tuple[str, ...]:
        """Return everything the assistant may say."""
        ruled = [words for rule in self.rules for words in rule.reply.words()]
        turns = (turn.reply for turn in (*self.turns, *self.afterwards))
        return (self.greeting, *turns, *ruled, *([NO_ANSWER] if self.rules else []))

    def _rule(self, prompt: Prompt) -> Reply | None:
        try:
            return next((rule.reply for rule in self.rules if rule.when.fits(prompt)), None)
        except TooSlow as slow:
            return Reply(fault=Fault("script_too_slow", str(slow), type="server_error"))


def _plain(text: str) -> str:
    return " ".join("".join(letter if letter.isalnum() else " " for letter in text.lower()).split())


DEFAULT = Script(
    greeting="Hello, this is the ticket office. Where would you like to go?",
    turns=(
        Turn(
            user="Hi, when is the next train to Leeds?",
            call=ToolCall("find_trains", '{"to": "Leeds"}'),
            reply=(
                "The next one leaves at ten fifteen from platform four, and gets in at half past twelve. "
                "There is a cheaper one at ten forty, but you would have to change at York."
            ),
        ),
        Turn(user="The first one, please.", reply="Done. You have a seat on the ten fifteen."),
        Turn(user="Lovely, thanks. Bye!", reply="You are welcome. Good bye!"),
    ),
    afterwards=(
        Turn(user="Could you help me with something else?", reply="Of course. What do you need?"),
        Turn(user="I would like to travel back tomorrow.", reply="Fine. Shall I book the same seat?"),
        Turn(user="Yes, please.", reply="That is booked. Anything else?"),
    ),
)
"""A short call to a ticket office."""
