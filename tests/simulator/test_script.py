from rtdebug.simulator.script import DEFAULT, Script, Turn

SCRIPT = Script(turns=(Turn("One?", "1"), Turn("Two?", "2")), afterwards=(Turn("More?", "+"), Turn("Again?", "++")))


def test_turns_come_in_order_and_the_afterwards_round_and_round() -> None:
    assert [SCRIPT.turn(number).reply for number in range(7)] == ["1", "2", "+", "++", "+", "++", "+"]


def test_without_afterwards_the_turns_begin_again() -> None:
    assert [Script(SCRIPT.turns, ()).turn(number).reply for number in range(3)] == ["1", "2", "1"]


def test_known_words_find_their_turn_however_they_are_written() -> None:
    assert SCRIPT.turn(0, "two").reply == "2"
    assert SCRIPT.turn(0, "  MORE! ").reply == "+"
    assert SCRIPT.turn(0, "Something else").reply == "1"
    assert SCRIPT.turn(0, "").reply == "1"


def test_all_that_may_be_said_is_known_beforehand() -> None:
    assert set(SCRIPT.replies()) == {"1", "2", "+", "++", SCRIPT.greeting}
    assert len(DEFAULT.replies()) == len(set(DEFAULT.replies()))
