from typing import Any

import pytest

from rtdebug.simulator.options import Manner
from rtdebug.simulator.script import GREETING, NO_ANSWER, UNHEARD, Script
from rtdebug.simulator.script_file import parse

from .client import TOOL, Client, assert_in_order, hum, kinds

OTHER = {**TOOL, "name": "list"}


def script(rule: str) -> Script:
    return parse(f"[[rule]]\n{rule}", "s.toml")


def ask(rule: str, text: str = "Go on.", **session: Any) -> Client:
    client = Client(script=script(rule), pace=1)
    client.configure(output_modalities=["text"], **session)
    client.write(text)
    client.say("response.create")
    return client


def said(client: Client) -> str:
    text: str = client.the("response.output_text.done")["text"]
    return text


def test_words_and_several_calls_come_in_one_response() -> None:
    client = ask('say = "Well."\ncall = [{ name = "look" }, { name = "list", arguments = "[" }]', tools=[TOOL, OTHER])
    output = client.wait_for("response.done")["response"]["output"]
    assert [item["type"] for item in output] == ["message", "function_call", "function_call"]
    assert [item["arguments"] for item in output[1:]] == ["{}", "["]
    assert_in_order(client.events)


def test_without_parallel_calls_only_the_first_is_made() -> None:
    rule = 'call = [{ name = "look" }, { name = "list" }]'
    client = ask(rule, tools=[TOOL, OTHER], parallel_tool_calls=False)
    assert [item["name"] for item in client.wait_for("response.done")["response"]["output"]] == ["look"]


def test_a_call_nobody_offers_is_not_made() -> None:
    client = ask('call = { name = "look" }\nthen = "It is there."')
    client.wait_for("response.done")
    assert said(client) == "It is there."


def test_a_choice_that_is_required_is_obeyed_behind_an_output_too() -> None:
    rules = 'call = { name = "look" }\nthen = "It is there."'
    client = ask(rules, tools=[TOOL], tool_choice="required")
    [call] = client.wait_for("response.done")["response"]["output"]
    answer = {"type": "function_call_output", "call_id": call["call_id"], "output": "{}"}
    client.say("conversation.item.create", item=answer)
    client.say("response.create")
    assert client.wait_for("response.done")["response"]["output"][-1]["type"] == "function_call"
    client.say("response.create", response={"tool_choice": "auto"})
    client.wait_for("response.done")
    assert said(client) == "It is there."


def test_outputs_of_all_calls_are_answered_together() -> None:
    rules = (
        'call = [{ name = "look" }, { name = "list" }]\n[[rule]]\nwhen = { tool = "list", text = "b" }\nsay = "Both."'
    )
    client = ask(rules, tools=[TOOL, OTHER])
    for call in client.wait_for("response.done")["response"]["output"]:
        answer = {"type": "function_call_output", "call_id": call["call_id"], "output": "a b"}
        client.say("conversation.item.create", item=answer)
    client.say("response.create")
    client.wait_for("response.done")
    assert said(client) == "Both."


def test_turns_are_counted_and_what_no_rule_fits_is_said_to_be_so() -> None:
    client = ask('when = { turn = 2 }\nsay = "The second."')
    client.wait_for("response.done")
    assert said(client) == NO_ANSWER
    client.write("And?")
    client.say("response.create")
    client.wait_for("response.done")
    assert said(client) == "The second."


def test_speech_that_is_not_known_gets_the_scripts_words_in_order() -> None:
    text = 'hears = ["One?", "Two?"]\n[[rule]]\nsay = "Yes."'
    client = Client(script=parse(text, "s.toml"))
    client.configure(audio={"input": {"turn_detection": None, "transcription": {"model": "whisper-1"}}})
    for _ in range(2):
        client.write("Hello.")
        client.speak(hum("aaa"))
        client.say("input_audio_buffer.commit")
    client.speak(hum("aaa"))
    client.say("input_audio_buffer.commit")
    client.wait(5000)
    heard = client.all("conversation.item.input_audio_transcription.completed")
    assert [event["transcript"] for event in heard] == ["One?", "Two?", UNHEARD]


def test_a_delay_comes_before_the_first_output() -> None:
    waits = []
    for delay in (0, 1500):
        client = ask(f'say = "Yes."\ndelay_ms = {delay}')
        began = client.now_ns
        client.wait_for("response.output_item.added")
        waits.append(client.now_ns - began)
    assert waits[1] - waits[0] == 1_500_000_000


@pytest.mark.parametrize("reason", ["content_filter", "max_output_tokens"])
def test_an_incomplete_response_says_its_words_first(reason: str) -> None:
    client = ask(f'say = "You take"\nstatus = "incomplete"\nreason = "{reason}"')
    response = client.wait_for("response.done")["response"]
    assert (response["status"], response["status_details"]) == ("incomplete", {"type": "incomplete", "reason": reason})
    assert [item["status"] for item in response["output"]] == ["incomplete"]
    assert said(client) == "You take"
    assert_in_order(client.events)


def test_a_failed_response_tells_its_error() -> None:
    response = ask('status = "failed"\ncode = "c"\nmessage = "m"').wait_for("response.done")["response"]
    error = {"type": "server_error", "code": "c", "message": "m"}
    assert (response["status"], response["output"]) == ("failed", [])
    assert response["status_details"] == {"type": "failed", "error": error}


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("rate_limit_exceeded", "tokens"),
        ("insufficient_quota", "insufficient_quota"),
        ("inference_rate_limit_exceeded", "invalid_request_error"),
    ],
)
def test_the_type_of_a_failure_goes_with_its_code(code: str, kind: str) -> None:
    response = ask(f'status = "failed"\ncode = "{code}"').wait_for("response.done")["response"]
    assert response["status_details"]["error"]["type"] == kind


def test_an_error_comes_instead_of_a_response() -> None:
    client = ask('error = { code = "c", message = "m", type = "server_error" }')
    assert client.error() == {"type": "server_error", "code": "c", "message": "m", "param": None, "event_id": None}
    assert not client.all("response.created")
    client.wait(5000)
    assert kinds(client.events)[-1] == "error"


def test_the_connection_ends_after_so_many_characters_and_nothing_goes_out_any_more() -> None:
    client = ask('say = "Good bye, and thank you."\ndrop = { code = 1011, reason = "why", after_chars = 8 }')
    client.wait(5000)
    closing = client.machine.closing
    assert closing is not None and (closing.code, closing.reason) == (1011, "why")
    assert "".join(event["delta"] for event in client.all("response.output_text.delta")) == "Good bye"
    assert client.write("Hello?") == []


def test_the_connection_breaks_off_after_so_long_even_in_silence() -> None:
    client = ask("drop = { after_ms = 900 }")
    client.wait(899)
    assert client.machine.closing is None
    client.wait(1)
    assert client.machine.closing is not None and client.machine.closing.code == 1006
    assert kinds(client.events)[-1] == "response.created"


def test_a_field_of_a_response_that_is_null_is_left_to_the_session() -> None:
    """livekit-plugins-openai asks like this."""
    client = Client(script=script('say = "Yes."'))
    client.configure(output_modalities=["text"])
    client.say("response.create", response={"instructions": None, "tools": None, "tool_choice": None, "metadata": {}})
    client.wait(5000)
    assert client.the("response.done")["response"]["output_modalities"] == ["text"]
    assert said(client) == GREETING


@pytest.mark.parametrize("manner", [Manner(shape="beta"), Manner(flavour="azure"), Manner(flavour="xai")], ids=str)
@pytest.mark.parametrize(
    ("rule", "status"),
    [
        ('say = "Yes."', "completed"),
        ('say = "Ye"\nstatus = "incomplete"\nreason = "content_filter"', "incomplete"),
        ('status = "failed"', "failed"),
        ('call = [{ name = "look" }, { name = "list" }]', "completed"),
    ],
)
def test_a_script_is_kept_in_every_dialect(rule: str, status: str, manner: Manner) -> None:
    client = Client(script=script(rule), manner=manner)
    client.write("Go on.")
    client.say("response.create")
    client.wait(5000)
    assert client.the("response.done")["response"]["status"] == status
