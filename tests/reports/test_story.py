import math
import shutil
from pathlib import Path

from rtdebug.protocol.moments import moment
from rtdebug.proxy.service import ProxyOptions, running_proxy
from rtdebug.recording.library import find
from rtdebug.recording.reader import RecordingReader
from rtdebug.reports.story import story
from rtdebug.simulator.caller import call
from rtdebug.simulator.server import Simulator

SAMPLES = Path(__file__).parents[2] / "recordings"


async def test_the_demo_call_is_told_as_it_happened(tmp_path: Path) -> None:
    async with Simulator(pace=8) as simulator:
        options = ProxyOptions(upstream=simulator.url, listen="127.0.0.1:0", out=tmp_path)
        async with running_proxy(options) as proxy:
            await call(proxy.base_url, api_key="sk-nothing", pace=8)
    folder = next(path for path in find(tmp_path) if "sess_" in path.name)
    with RecordingReader(folder) as reader:
        lines = list(story(reader))
    told = "\n".join(lines)
    for words in (
        "user: “Hi, when is the next train to Leeds?”",
        'calls find_trains({"to": "Leeds"})',
        "response cancelled (turn detected)",
        "of the answer were heard",
        "▲ close 1000",
    ):
        assert words in told
    assert told.index("calls find_trains") < told.index("tool answers") < told.index("response cancelled")
    assert lines[-1].endswith("of answers")


def test_what_is_not_there_is_passed_over(tmp_path: Path) -> None:
    shutil.copytree(SAMPLES / "barge-in", tmp_path / "call")
    with RecordingReader(tmp_path / "call") as reader:
        whole = list(story(reader))
    for track in (tmp_path / "call").glob("*.wav"):
        track.unlink()
    with RecordingReader(tmp_path / "call") as reader:
        assert list(story(reader)) == whole


def test_the_beta_shape_is_told_as_ga_is() -> None:
    with RecordingReader(SAMPLES / "beta") as reader:
        told = "\n".join(story(reader))
    assert "assistant: “" in told
    assert "0.00 s of answers" not in told


def test_odd_events_are_told_without_a_word_more() -> None:
    for event in ({}, {"type": None}, {"type": "response.done"}, {"type": "response.done", "response": [1]}):
        told = moment("server", event)
        assert told is None or told.startswith("response ")
    assert moment("client", {"type": "conversation.item.create", "item": {"type": "message", "content": 3}}) is None
    assert moment("server", {"type": "error", "error": math.nan}) == "error None: None"
