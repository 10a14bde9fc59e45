from dataclasses import replace

from rtdebug.simulator.script import DEFAULT, NO_ANSWER, UNHEARD, Script, ToolCall, Turn
from rtdebug.simulator.script_reply import Reply
from rtdebug.simulator.script_rule import Output, Prompt, Rule, When

SCRIPT = Script(turns=(Turn("One?", "1"), Turn("Two?", "2")), afterwards=(Turn("More?", "+"), Turn("Again?", "++")))
RULED = Script(
    rules=(
        Rule(When(text="price"), Reply(say="One moment.", calls=(ToolCall("ask"),), then="Two euros.")),
        Rule(When(tool="ask", text="none"), Reply(say="There is none.")),
        Rule(When(text="hello"), Reply(say="Hello!")),
    ),
)


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
    assert {"One moment.", "Two euros.", "There is none.", "Hello!", NO_ANSWER} < set(RULED.replies())


def test_a_turn_is_answered_with_its_call_and_its_output_with_the_reply() -> None:
    turn = Turn("Look.", "It is there.", ToolCall("look"))
    asked = Prompt("typed", "Look.")
    assert SCRIPT.answer(turn, asked) == Reply(calls=(ToolCall("look"),), then="It is there.")
    assert SCRIPT.answer(turn, replace(asked, outputs=(Output("look", "{}"),))) == Reply(say="It is there.")


def answer(text: str, *outputs: Output) -> Reply:
    return RULED.answer(RULED.turn(0, text), Prompt("typed", text, 1, outputs))


def test_the_first_rule_that_fits_answers() -> None:
    assert answer("Hello, what is the PRICE?").then == "Two euros."
    assert answer("hello").say == "Hello!"
    assert answer("Bye.").then == NO_ANSWER


def test_an_output_is_answered_by_its_own_rule_or_else_by_what_the_call_promised() -> None:
    assert answer("The price?", Output("ask", "none left")).say == "There is none."
    assert answer("The price?", Output("ask", "2.00")).say == "Two euros."
    assert answer("hello", Output("ask", "2.00")).say == NO_ANSWER


def test_speech_without_words_is_marked_as_such() -> None:
    assert RULED.turn(0).user == UNHEARD
    assert RULED.turn(0, "Yes, please.").user == "Yes, please."
