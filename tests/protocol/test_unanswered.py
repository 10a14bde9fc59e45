"""What has no answer yet, against a list that is searched through."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rtdebug.protocol.answers import answers, begins_answer, is_error, refused_id
from rtdebug.protocol.event import Event
from rtdebug.protocol.unanswered import Unanswered

from .test_identity import event


def searched(open_: list[tuple[int, Event]], told: Event) -> list[tuple[int, Event]]:
    """Find what an event answers, by the rule."""
    if is_error(told):
        named = refused_id(told)
        return [one for one in open_ if one[1].data.get("event_id") == named] if named else open_[-1:]
    place = next((place for place, (_, asked) in enumerate(open_) if answers(asked, told)), None)
    if place is None:
        return []
    return open_[: place + 1] if begins_answer(told) else [open_[place]]


IDS = st.sampled_from(["", "one", "two", "three"])
ITEMS = st.fixed_dictionaries({"type": st.sampled_from(["message", "function_call"])}, optional={"id": IDS})
ASKED = st.one_of(
    st.builds(lambda item, id_: event("conversation.item.create", item=item, event_id=id_), ITEMS, IDS),
    st.builds(lambda id_: event("conversation.item.delete", item_id=id_), IDS),
    st.builds(
        lambda type_, id_: event(type_, event_id=id_),
        st.sampled_from(["session.update", "response.create", "response.cancel", "vendor.ask", "session.created"]),
        IDS,
    ),
)
TOLD = st.one_of(
    st.builds(lambda item: event("conversation.item.added", item=item), ITEMS),
    st.builds(lambda id_: event("conversation.item.deleted", item_id=id_), IDS),
    st.builds(lambda id_: event("error", error={"event_id": id_}), IDS),
    st.builds(
        lambda status: event("response.done", response={"status": status}), st.sampled_from(["cancelled", "completed"])
    ),
    st.sampled_from([event(type_) for type_ in ("session.updated", "response.created", "vendor.tell")]),
)
MOVES = st.one_of(
    st.tuples(st.just("ask"), ASKED),
    st.tuples(st.just("tell"), TOLD),
    st.tuples(st.sampled_from(["cancels", "first"]), st.none()),
)


@given(st.lists(MOVES, max_size=40))
def test_what_is_found_is_what_a_search_finds(moves: list[tuple[str, Any]]) -> None:
    unanswered, open_ = Unanswered[tuple[int, Event]](), list[tuple[int, Event]]()
    for number, (move, what) in enumerate(moves):
        found: list[tuple[int, Event]] = []
        expected: list[tuple[int, Event]] = []
        match move:
            case "ask":
                unanswered.add(what, (number, what))
                open_.append((number, what))
            case "tell":
                found, expected = unanswered.answered(what), searched(open_, what)
            case "cancels":
                found = unanswered.cancels()
                expected = [one for one in open_ if one[1].type == "response.cancel"]
            case "first":
                found, expected = unanswered.first(), open_[:1]
        assert found == expected
        open_ = [one for one in open_ if one not in expected]
        assert unanswered.rest() == open_
