import time

import pytest

from rtdebug.simulator.pattern import Pattern, TooSlow
from rtdebug.simulator.script import Script
from rtdebug.simulator.script_reply import Reply
from rtdebug.simulator.script_rule import Rule, When

from .client import Client

ENDLESS = r"^(a|aa)+$"
TRAP = "a" * 60 + "b"


@pytest.mark.parametrize(("text", "there"), [("Two rolls", True), ("two rolls", False), (" " * 9_993 + "Two x", False)])
def test_it_is_found_in_the_beginning_of_a_text(text: str, there: bool) -> None:
    assert Pattern(r"Two \w{4,}").is_in(text) == there


@pytest.mark.parametrize("text", ["(", "a{99999999999999999999}", "(" * 6000 + ")" * 6000])
def test_what_is_no_pattern_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Pattern(text)


def test_one_that_never_ends_is_given_up() -> None:
    began = time.process_time()
    with pytest.raises(TooSlow, match=r"\(a\|aa\)\+"):
        Pattern(ENDLESS).is_in(TRAP)
    assert time.process_time() - began < 5


def test_the_session_is_told_and_goes_on() -> None:
    rules = (Rule(When(regex=Pattern(ENDLESS)), Reply(say="Ah.")), Rule(When(), Reply(say="Oh.")))
    client = Client(script=Script(rules=rules))
    client.write(TRAP)
    client.say("response.create")
    assert client.error()["code"] == "script_too_slow"
    assert ENDLESS in client.error()["message"]
    assert client.all("response.created") == []
    client.write("aaa")
    client.say("response.create")
    assert client.the("response.output_audio_transcript.done")["transcript"] == "Ah."
