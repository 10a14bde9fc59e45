import pytest

from rtdebug.simulator.audio import FORMATS
from rtdebug.simulator.conversation import Conversation, Item
from rtdebug.simulator.refusals import Refused
from rtdebug.simulator.usage import Tokens

PCM = FORMATS["audio/pcm"]


def spoken(role: str, ms: int, transcript: str | None) -> Item:
    content = [{"type": "audio", "transcript": transcript}]
    body = {"id": role, "type": "message", "role": role, "content": content}
    return Item(body, audio=bytearray(PCM.size(ms)), format=PCM)


def test_the_assistants_audio_costs_twice_the_users_and_its_words_too() -> None:
    assert spoken("user", 1999, "One two three").tokens() == Tokens(text=0, audio=19)
    assert spoken("assistant", 1999, "One two three").tokens() == Tokens(text=3, audio=39)


def test_a_truncated_item_costs_what_was_heard() -> None:
    item = spoken("assistant", 2000, "One two three")
    item.heard_ms = 500
    assert item.tokens() == Tokens(text=0, audio=10)


def test_calls_and_their_outputs_are_read() -> None:
    call = Item({"id": "c", "type": "function_call", "call_id": "call_1", "name": "look", "arguments": "{}"})
    output = Item({"id": "o", "type": "function_call_output", "call_id": "call_1", "output": "all blue"})
    assert (call.tokens(), output.tokens()) == (Tokens(text=3), Tokens(text=2))
    assert Conversation("conv", [call, output]).call_ids() == {"call_1"}


def test_items_keep_their_order() -> None:
    conversation = Conversation("conv")
    a, b, c = (Item({"id": name, "type": "message"}) for name in "abc")
    assert conversation.add(a) is None
    assert conversation.add(b) == "a"
    assert conversation.add(c, "a") == "a"
    assert [item.id for item in conversation.items] == ["a", "c", "b"]
    conversation.remove(c)
    assert conversation.find("c") is None
    with pytest.raises(Refused, match="the previous item with id 'c' does not exist"):
        conversation.add(c, "c")


def test_only_the_latest_audio_is_kept_but_all_of_it_counts() -> None:
    conversation = Conversation("conv_1")
    for number in range(6):
        body = {"id": f"item_{number}", "type": "message", "role": "user", "content": []}
        conversation.add(Item(body, audio=bytearray(200_000), format=PCM))
    assert [len(item.audio) for item in conversation.items] == [0, 0, 0, 0, 200_000, 200_000]
    assert {item.audio_ms for item in conversation.items} == {PCM.ms(200_000)}
