"""Whatever a script has the assistant do, and whatever the client does meanwhile: the ordering rules hold."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from rtdebug.simulator.script import Script
from rtdebug.simulator.script_reply import Drop, Ending, Fault, Reply, ToolCall
from rtdebug.simulator.script_rule import Rule, When

from .client import Client
from .judging import breaches
from .test_properties import GOOD, MANNERS, TALK, WAITS, meant

CALLS = st.lists(st.sampled_from([ToolCall("look"), ToolCall("look", "{"), ToolCall("list")]), max_size=2).map(tuple)
ENDINGS = st.none() | st.sampled_from(
    [Ending("failed", code="server_error", message="m"), Ending("incomplete", reason="content_filter")]
)
DROPS = st.none() | st.builds(
    Drop, st.none() | st.just(1011), after_ms=st.sampled_from([0, 400, 5000]), after_chars=st.none() | st.just(6)
)
REPLIES = st.builds(
    Reply,
    st.sampled_from(["", "Hello there, you."]),
    CALLS,
    st.sampled_from(["", "Then."]),
    st.sampled_from([0, 700]),
    ENDINGS,
    st.none() | st.just(Fault("c", "m")),
)
WHENS = st.builds(
    When,
    turn=st.none() | st.just(2),
    kind=st.sampled_from([None, None, "said", "typed", "output"]),
)
RULES = st.lists(st.builds(Rule, WHENS, REPLIES), min_size=1, max_size=4).map(tuple)
SAID = st.lists(st.tuples(st.one_of(TALK, GOOD), WAITS), min_size=5, max_size=25)


def play(rules: tuple[Rule, ...], manner: Any, said: list[tuple[dict[str, Any], int]]) -> Client:
    client = Client(pace=1.0, script=Script(rules=rules), manner=manner)
    for event, wait_ms in said:
        client.send(meant(client, event))
        client.wait(wait_ms)
    client.wait(60_000)
    return client


@settings(max_examples=100, deadline=None)
@given(RULES, st.sampled_from(MANNERS), SAID)
def test_no_script_breaks_the_order(
    rules: tuple[Rule, ...], manner: Any, said: list[tuple[dict[str, Any], int]]
) -> None:
    client = play(rules, manner, said)
    assert not breaches(client)
    assert len(client.all("response.created")) == len(client.all("response.done"))


@settings(max_examples=50, deadline=None)
@given(REPLIES, DROPS.filter(bool), SAID)
def test_nothing_comes_after_a_drop(reply: Reply, drop: Drop, said: list[tuple[dict[str, Any], int]]) -> None:
    rule = Rule(When(), Reply(say=reply.say, delay_ms=reply.delay_ms, drop=drop))
    client = play((rule,), MANNERS[0], said)
    if client.machine.closing is None:
        return
    assert client.machine.closing.code == (drop.code or 1006)
    told = len(client.events)
    client.say("response.create")
    client.wait(10_000)
    assert len(client.events) == told
