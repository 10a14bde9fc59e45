"""Ids of the recording and ids of now."""

from rtdebug.replay.ids import Ids


def test_new_ids_look_like_the_old_ones_and_are_the_same_for_the_same_seed() -> None:
    known = ["item_BfQ0zL9x7", "019d5a1e-77aa-7c3c-9b1e-2f4d8a6b0c11", "resp_1"]
    one, again, other = (Ids(known, seed=seed) for seed in ("a", "a", "b"))
    for recorded in known:
        now = one.now(recorded)
        assert now == again.now(recorded) != other.now(recorded)
        assert len(now) == len(recorded) and now != recorded
        assert [place for place, sign in enumerate(now) if sign in "_-"] == [
            place for place, sign in enumerate(recorded) if sign in "_-"
        ]
        assert one.recorded(now) == recorded
    assert set(one.now(known[1])) <= set("0123456789abcdef-")


def test_without_a_seed_they_stay() -> None:
    text = b'{"item_id":"item_BfQ0zL9x7"}'
    assert Ids(["item_BfQ0zL9x7"]).outward(text) == text


def test_ids_are_replaced_wherever_they_stand_and_nothing_else_is() -> None:
    ids = Ids(["item_BfQ0zL9x7", "call-1", "weather"], seed="x")
    item = ids.now("item_BfQ0zL9x7").encode()
    text = (
        b'{"id": "item_BfQ0zL9x7", "why": "no item_BfQ0zL9x7.", "args": "{\\"id\\":\\"item_BfQ0zL9x7\\"}", "n": 1.00}'
    )
    assert ids.outward(text) == text.replace(b"item_BfQ0zL9x7", item)
    assert ids.inward(ids.outward(text)) == text
    assert ids.outward(b'{"say": "item_BfQ0zL9x77 and call-1"}') == b'{"say": "item_BfQ0zL9x77 and call-1"}'


def test_ids_that_are_words_are_replaced_in_their_fields_alone() -> None:
    ids = Ids(["weather"], seed="x")
    ids.pair("weather", "rain")
    text = b'{"event_id":"weather","id": "weather","name":"weather","said":"the weather"}'
    assert ids.outward(text) == b'{"event_id":"rain","id": "rain","name":"weather","said":"the weather"}'


def test_what_is_not_the_recordings_is_left_alone() -> None:
    ids = Ids(["item_BfQ0zL9x7"], seed="x")
    text = b'{"id":"item_of_mine_1","raw":"\xff\xfe"}'
    assert ids.inward(text) == ids.outward(text) == text
