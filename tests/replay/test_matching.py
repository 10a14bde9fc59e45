"""Which command an event is, against the plain rule of it; and how much that takes in long calls."""

from collections.abc import Callable, Iterator
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtdebug.protocol.answers import asks_for_answer, is_commit
from rtdebug.protocol.event import Event, EventReader
from rtdebug.protocol.identity import kind_of, tool_call
from rtdebug.protocol.order import bond_of
from rtdebug.recording.format import Entry
from rtdebug.replay.compare import differences
from rtdebug.replay.matching import Matching
from rtdebug.replay.policy import STRICTNESSES, Policy, Strictness
from rtdebug.replay.steps import Command

from .telling import Told
from .work import growth


def event(told: dict[str, Any]) -> Event:
    return EventReader().read(Entry(0, 0, "client", "message", {}, orjson.dumps(told)))


class Plain:
    """The rule, in so many words: every event is compared with every command that is open."""

    def __init__(self, commands: list[Command], policy: Policy, made_ids: frozenset[str]) -> None:
        self.policy, self.made_ids = policy, made_ids
        self.open = list(commands)
        self.skipped: list[Command] = []

    def take(self, sent: Event) -> Command | None:
        found = self.find(sent) or self.late(sent)
        if found in self.open:
            self.open.remove(found)
        return found

    def find(self, sent: Event) -> Command | None:
        alike = [one for one in self.open if kind_of(one.event) == kind_of(sent)]
        for one in alike:
            between = list(self.before(one))
            ends_turn = any(asks_for_answer(other.event) or is_commit(other.event) for other in between)
            if not self.differ(one, sent) and not ends_turn:
                self.skipped += between
                self.open = [other for other in self.open if other not in between]
                return one
        of_call = [one for one in alike if tool_call(sent) and tool_call(one.event) == tool_call(sent)]
        return next((one for one in (*of_call, *alike) if not list(self.before(one))), None)

    def before(self, command: Command) -> Iterator[Command]:
        for one in self.open:
            if one.number < command.number and one.required and not self.may_swap(one.event, command.event):
                yield one

    def may_swap(self, one: Event, other: Event) -> bool:
        is_lax = self.policy.strictness == "semantic" and bond_of(one).is_loose(bond_of(other))
        return self.policy.strictness == "loose" or is_lax

    def late(self, sent: Event) -> Command | None:
        alike = [one for one in self.skipped if kind_of(one.event) == kind_of(sent)]
        found = next((one for one in alike if not self.differ(one, sent)), None)
        if found is not None:
            self.skipped.remove(found)
        return found

    def differ(self, one: Command, sent: Event) -> bool:
        return bool(differences(one.event, sent, self.policy, self.made_ids))


MADE = frozenset({"item_made_by_client"})
TEXTS = st.sampled_from(["yes", "no", "[redacted]", "my [redacted] name", "item_made_by_client", "", '{"a": 1}', "{"])
VALUES = st.recursive(
    st.one_of(TEXTS, st.none(), st.booleans(), st.sampled_from([0, 1, 1.0, 2.5])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["a", "b", "id", "event_id"]), inner, max_size=3)
    ),
    max_leaves=4,
)
OUTPUTS = st.builds(
    lambda call, output: {"type": "function_call_output", "call_id": call, "output": output},
    st.sampled_from(["call_1", "call_2"]),
    st.sampled_from(['{"a": 1, "b": 2}', '{"b": 2, "a": 1.0}', "[redacted]", '{"a": "[redacted]"}', "no"]),
)
ITEMS = st.builds(lambda text, id_: {"type": "message", "role": "user", "content": [text], "id": id_}, VALUES, TEXTS)
EVENTS = st.one_of(
    st.builds(lambda item: {"type": "conversation.item.create", "item": item}, st.one_of(OUTPUTS, ITEMS)),
    st.builds(lambda session: {"type": "session.update", "session": session}, VALUES),
    st.just({"type": "session.update", "session": {"tracing": "auto"}}),
    st.sampled_from([{"type": "response.create"}, {"type": "response.cancel"}, {"type": "input_audio_buffer.commit"}]),
    st.builds(lambda id_: {"type": "conversation.item.truncate", "item_id": id_}, TEXTS),
    st.builds(lambda value: {"type": "vendor.ask", "value": value}, VALUES),
    st.builds(lambda value: {"value": value}, VALUES),
)


@given(
    st.lists(st.tuples(EVENTS, st.booleans()), min_size=1, max_size=12),
    st.lists(st.one_of(EVENTS, st.integers(min_value=0, max_value=11)), max_size=16),
    st.sampled_from(STRICTNESSES),
    st.sampled_from([frozenset(), frozenset({"a"}), frozenset({"item.content"})]),
)
def test_the_command_is_the_one_that_the_plain_rule_finds(
    recorded: list[tuple[dict[str, Any], bool]],
    sent: list[dict[str, Any] | int],
    strictness: Strictness,
    ignored: frozenset[str],
) -> None:
    policy = Policy(strictness, ignored)
    commands = [
        Command(number=number, seq=number, at_ns=0, event=event(told), text=b"", required=required)
        for number, (told, required) in enumerate(recorded, 1)
    ]
    matching, plain = Matching(commands, policy, MADE), Plain(commands, policy, MADE)
    for what in sent:
        told = event(what if isinstance(what, dict) else recorded[what % len(recorded)][0])
        assert matching.take(told, 0, 0.0) == plain.take(told)
        assert list(matching.open.values()) == plain.open
        missed = [one.step for one in matching.mismatches if one.kind == "missing"]
        assert missed == [one.number for one in plain.skipped]


def written(turns: int, says: str, *, answered: bool = True) -> list[Command]:
    told = Told()
    for turn in range(turns):
        content = [{"type": "input_text", "text": f"{says} {turn}"}]
        told.client("conversation.item.create", item={"type": "message", "role": "user", "content": content})
        if answered:
            told.client("response.create")
    return list(told.script().commands)


@pytest.mark.parametrize("answered", [True, False])
@pytest.mark.parametrize("says", ["Name a colour.", "Name an animal."])
@pytest.mark.parametrize("order", [1, -1])
def test_twice_as_many_events_take_twice_as_much(answered: bool, says: str, order: int) -> None:
    def matching(turns: int) -> Callable[[], object]:
        told = Matching(written(turns, "Name a colour.", answered=answered), Policy(), frozenset())
        sent = [one.event for one in written(turns, says, answered=answered)][::order]
        return lambda: [told.take(one, 0, 0.0) for one in sent]

    assert growth(matching, 60) < 2.4
