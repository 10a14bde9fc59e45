from rtdebug.diagnosis.finding import Hit
from rtdebug.diagnosis.grouping import MOST, grouped, listed


def test_one_hit_keeps_its_words() -> None:
    hit = Hit(4, "once", (5,), item_id="item_1")
    assert grouped([hit], "many") is hit


def test_several_become_one_that_names_the_first_places() -> None:
    hits = [Hit(seq, "once", item_id="item_1", severity="info") for seq in range(100)]
    made = grouped(hits, "many")
    assert (made.seq, made.message, made.item_id, made.severity) == (0, "many", "", "info")
    assert made.more == tuple(range(1, MOST + 1))


def test_a_list_ends_somewhere() -> None:
    assert listed(["a", "b"]) == "a, b"
    assert listed(["a"] * 1200, 2) == "a, a and 1,198 more"
