import json

import orjson
import pytest

from rtdebug.conform.phrases import begin, listen, must, say
from rtdebug.conform.stage import Finding, Stage
from rtdebug.conform.steps import Check, NotPlayed, Pause, Play, Reply, Say, Step, Wait

from .stagehand import alone


def stage_of(*steps: Step) -> Stage:
    def play() -> Play[None]:
        for step in steps:  # noqa: UP028 (a tuple takes no replies)
            yield step

    return Stage(alone(play))


def hear(stage: Stage, *events: dict[str, object]) -> None:
    for event in events:
        stage.hear(orjson.dumps(event), 0)


def test_steps_come_one_by_one_and_the_last_is_followed_by_none() -> None:
    first, second = Say({"type": "response.create"}), Pause(20)
    stage = stage_of(first, second)
    assert stage.begin() is first
    assert stage.resume(Reply()) is second
    assert stage.resume(Reply()) is None
    assert stage.reason == ""


def test_what_is_said_gets_an_id_and_is_kept() -> None:
    stage = stage_of()
    text, event_id = stage.say(Say({"type": "response.create"}), 5)
    assert json.loads(text) == {"type": "response.create", "event_id": event_id}
    other, other_id = stage.say(Say({"type": "response.create", "event_id": "mine"}), 6)
    assert json.loads(other)["event_id"] == "mine"
    assert event_id != other_id
    assert stage.say(Say("{not"), 7)[0] == "{not"
    assert [(event.seq, event.sender, event.at_ns) for event in stage.events] == [
        (1, "client", 5),
        (2, "client", 6),
        (3, "client", 7),
    ]


def test_a_wait_ends_with_what_it_waits_for_and_tells_all_that_came() -> None:
    stage = stage_of()
    wait = Wait(frozenset({"response.done"}))
    hear(stage, {"type": "response.created"})
    assert stage.answer(wait) is None
    stage.say(Say({"type": "response.cancel"}), 0)
    hear(stage, {"type": "response.done"}, {"type": "rate_limits.updated"})
    reply = stage.answer(wait)
    assert reply is not None
    assert [event.type for event in reply.heard] == ["response.created", "response.done"]
    rest = stage.answer(Wait(frozenset()))
    assert rest is not None
    assert [event.type for event in rest.heard] == ["rate_limits.updated"]


@pytest.mark.parametrize(("about", "ends"), [("conform_1", True), (None, True), ("", True), ("conform_2", False)])
def test_a_wait_ends_with_an_error_about_what_was_said(about: str | None, ends: bool) -> None:
    stage = stage_of()
    hear(stage, {"type": "error", "error": {"event_id": about}})
    assert (stage.answer(Wait(frozenset({"response.created"}), "conform_1")) is not None) == ends


def test_beta_names_are_heard_as_those_of_today() -> None:
    stage = stage_of()
    hear(stage, {"type": "conversation.item.created", "item": {"id": "item_1"}})
    assert stage.answer(Wait(frozenset({"conversation.item.added"}))) is not None


def test_checks_are_put_on_record_with_the_last_entry_that_was_heard() -> None:
    def play() -> Play[None]:
        yield Check("P09")
        yield from listen("session.created")
        yield Check("P09", "something is wrong")

    stage = Stage(alone(play))
    step = stage.begin()
    assert isinstance(step, Wait)
    hear(stage, {"type": "session.created"})
    reply = stage.answer(step)
    assert reply is not None
    assert stage.resume(reply) is None
    assert stage.findings == [Finding("P09", 0), Finding("P09", 1, "something is wrong")]


def test_a_scene_that_cannot_be_played_says_why() -> None:
    def play() -> Play[None]:
        yield Pause(1)
        raise NotPlayed("no tool was called")

    stage = Stage(alone(play))
    stage.begin()
    assert stage.resume(Reply()) is None
    assert stage.reason == "no tool was called"


def test_silence_where_an_answer_is_owed_ends_the_scene_as_a_failure() -> None:
    def play() -> Play[None]:
        about = yield from say("response.create")
        yield from must(about, "response.created")
        raise AssertionError("it goes on")

    stage = Stage(alone(play))
    assert isinstance(stage.begin(), Say)
    assert isinstance(stage.resume(Reply("conform_1")), Wait)
    assert stage.resume(stage.give_up("nothing for 30 s")) is None
    assert stage.reason == "no response.created came: nothing for 30 s"
    assert stage.findings == [Finding("P01", 0, stage.reason)]


def test_a_session_that_is_refused_is_not_played() -> None:
    stage = Stage(alone(lambda: _ignoring(begin())))
    wait = stage.begin()
    assert isinstance(wait, Wait)
    hear(stage, {"type": "error", "error": {"type": "invalid_request_error", "message": "Wrong key."}})
    reply = stage.answer(wait)
    assert reply is not None
    assert stage.resume(reply) is None
    assert stage.reason == "refused with invalid_request_error: Wrong key."


def _ignoring(play: Play[object]) -> Play[None]:
    yield from play


def test_the_first_reason_to_stop_stays() -> None:
    stage = stage_of(Pause(1))
    stage.begin()
    stage.stop("it took too long")
    stage.stop("and then something else")
    assert stage.reason == "it took too long"


def test_odd_messages_are_kept_and_end_no_wait() -> None:
    stage = stage_of()
    stage.hear(b"no JSON", 0)
    stage.hear(b"[]", 0)
    stage.hear(b'{"type": "session.created"}', 0, binary=True)
    assert stage.answer(Wait(frozenset({"response.created"}))) is None
    assert [bool(event.problem) for event in stage.server] == [True, True, True]
