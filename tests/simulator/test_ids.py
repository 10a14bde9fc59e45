import pytest

from rtdebug.simulator.ids import Ids


@pytest.mark.parametrize(
    ("kind", "prefix", "letters"),
    [("event", "event_", 21), ("item", "item_", 21), ("response", "resp_", 21), ("call", "call_", 16)],
)
def test_ids_have_the_services_form(kind: str, prefix: str, letters: int) -> None:
    made = getattr(Ids(1), kind)()
    assert made.startswith(prefix)
    assert len(made) == len(prefix) + letters
    assert made.replace("_", "").isalnum()


def test_the_same_seed_makes_the_same_ids_and_none_twice() -> None:
    one, two = Ids(3), Ids(3)
    made = [one.item() for _ in range(1000)]
    assert made == [two.item() for _ in range(1000)]
    assert len(set(made)) == 1000
    assert Ids().secret() != Ids().secret()


@pytest.mark.parametrize(
    ("delta", "padding"), [("", 16), ("Hello", 11), (" Marcelo", 8), ("x" * 16, 16), ("x" * 20, 12)]
)
def test_padding_fills_a_delta_up(delta: str, padding: int) -> None:
    assert len(Ids(1).obfuscation(delta)) == padding
