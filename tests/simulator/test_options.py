import pytest

from rtdebug.simulator.options import Options


@pytest.mark.parametrize(
    ("name", "known"),
    [("gpt-realtime-2.1", True), ("grok-voice-latest", True), ("my-realtime-thing", True), ("whisper-1", False)],
)
def test_models_are_known_by_their_names(name: str, known: bool) -> None:
    assert Options().has_model(name) == known


def test_a_list_of_models_is_all_there_is() -> None:
    options = Options(models=("mine",))
    assert options.has_model("mine") and not options.has_model("gpt-realtime")
