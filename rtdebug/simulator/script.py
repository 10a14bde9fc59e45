"""What is said: the turns of a call, as plain values. No protocol, no audio."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A function the assistant calls before it replies."""

    name: str
    arguments: str = "{}"
    """JSON text, as the model would write it."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What the user is taken to have said, and what comes back."""

    user: str
    reply: str
    call: ToolCall | None = None
    """Made first, when the session offers a tool of that name; the reply follows its output."""


@dataclass(frozen=True, slots=True)
class Script:
    """A conversation: turns in order, then the afterwards round and round."""

    turns: tuple[Turn, ...]
    afterwards: tuple[Turn, ...]
    greeting: str = "Hello! How can I help you?"
    """Said when a response is asked for before the user has said anything."""

    def turn(self, number: int, said: str | None = None) -> Turn:
        """Return the turn for the user's words when they are known ones, else the one next in order."""
        known = {_plain(turn.user): turn for turn in (*self.afterwards, *self.turns)}
        if said is not None and _plain(said) in known:
            return known[_plain(said)]
        if number < len(self.turns):
            return self.turns[number]
        rounds = self.afterwards or self.turns
        return rounds[(number - len(self.turns)) % len(rounds)]

    def replies(self) -> tuple[str, ...]:
        """Return everything the assistant may say."""
        return (self.greeting, *(turn.reply for turn in (*self.turns, *self.afterwards)))


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
