"""The parts of the pytest plugin that need no pytest: names, markers, modes, what is told, and the thread."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.asyncio.client import connect
from websockets.sync.client import connect as connect_here

from rtdebug.cli.drive import command as drive
from rtdebug.cli.serve import command as serve
from rtdebug.diagnosis.finding import Doc, Hit, Rule
from rtdebug.diagnosis.subject import Subject
from rtdebug.errors import RtdebugError, UsageError
from rtdebug.recording.reader import RecordingReader
from rtdebug.replay.server import ReplayServer
from rtdebug.replay.terms import PATIENCE_S, Terms
from rtdebug.replay.testing.making import Making
from rtdebug.replay.testing.modes import mode_of
from rtdebug.replay.testing.names import file_safe, name_of_test, places
from rtdebug.replay.testing.playing import Playing, _terms
from rtdebug.replay.testing.reading import told
from rtdebug.replay.testing.thread import Held
from rtdebug.replay.testing.wish import Wish, wish_of
from rtdebug.replay.verdict import Verdict, Verdicts
from rtdebug.simulator.server import Simulator

from .actor import RECORDINGS
from .actor import played as acted


@pytest.mark.parametrize(
    ("own", "theirs", "mode"),
    [
        (None, None, "none"),
        (None, "new_episodes", "once"),
        (None, "rewrite", "all"),
        (None, "something new", "none"),
        ("none", "all", "none"),
        ("once", None, "once"),
        ("all", "none", "all"),
    ],
)
def test_record_modes(own: str | None, theirs: str | None, mode: str) -> None:
    assert mode_of(own, theirs) == mode


def test_names_of_tests() -> None:
    assert name_of_test("test_calls", ["TestOffice"], "test_it", "short") == "test_calls/TestOffice.test_it-short"
    assert name_of_test("test_calls", [], "test_it", "") == "test_calls/test_it"
    assert file_safe("a/b") != file_safe("a-b") == "a-b"
    long = [name_of_test("test_calls", ["C" * 80], "t" * 80, "p" * 79 + end) for end in "ab"]
    assert {len(name) for name in long} == {len("test_calls/") + 200}
    assert len(set(long)) == 2


@given(text=st.text(max_size=200), other=st.text(max_size=200))
def test_a_name_is_a_file_of_its_own(text: str, other: str) -> None:
    safe = file_safe(text)
    assert safe.isascii()
    assert not set(safe) & set("/\\:\0")
    assert not safe.startswith((".", "-"))
    assert len(safe) < 100
    assert text in (other, "") or not other or file_safe(other) != safe


@pytest.mark.parametrize("name", ["", " ", ".", "..", "../..", "a/..", "/", "a\0b"])
def test_names_that_would_be_the_folder_itself(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="expected the name of a recording"):
        places(tmp_path, [name])
    assert places(tmp_path, ["a/b", "../shared"]) == [tmp_path / "a" / "b", tmp_path / ".." / "shared"]


def test_nearer_markers_win() -> None:
    marks: list[tuple[Any, dict[str, Any]]] = [
        ((), {"match": "loose"}),
        (("a", "b"), {"match": "strict", "pace": "2x"}),
    ]
    wish = wish_of(marks, Wish(ignore=("voice",)))
    assert wish == Wish(names=("a", "b"), match="loose", pace="2x", ignore=("voice",))
    assert wish_of([((), {"ignore": "a", "faults": ["drop"]})], Wish()) == Wish(ignore=("a",), faults=("drop",))


@pytest.mark.parametrize(
    ("args", "more", "told"),
    [
        ((1,), {}, "names of recordings: expected text, not"),
        ((), {"faults": [3]}, "faults: expected text"),
        ((), {"loop": "yes"}, "loop='yes': expected bool"),
        ((), {"complete": 1}, "complete=1: expected bool or None"),
        ((), {"patience": "long"}, "patience='long': expected int or float"),
        ((), {"patience": True}, "patience=True: expected seconds"),
        ((), {"patience": 0}, "patience=0: expected seconds, more than 0"),
        ((), {"patience": float("nan")}, "patience=nan: expected seconds"),
        ((), {"patience": float("inf")}, "patience=inf: expected seconds"),
        ((), {"mach": "loose"}, "mach is unknown. Did you mean match?"),
        ((), {"zzz": 1}, "zzz is unknown. There are match, pace"),
    ],
)
def test_markers_that_cannot_be_meant(args: tuple[Any, ...], more: dict[str, Any], told: str) -> None:
    with pytest.raises(UsageError) as caught:
        wish_of([(args, more)], Wish())
    assert told in str(caught.value)


class Leaving:
    """A server whose client has closed; its recording is on the disk a few looks later."""

    def __init__(self, over: list[Verdict]) -> None:
        self._over = over
        self._looks = 0

    @property
    def verdicts(self) -> Verdicts:
        self._looks += 1
        if self._looks == 4:
            self._over.append(Verdict(recording="call", folder=Path("call")))
        return Verdicts(list(self._over) or [Verdict(recording="call")])


def test_a_call_is_over_once_it_is_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    playing = Playing([RECORDINGS / "text-turn"], Wish(), tmp_path)
    monkeypatch.setattr(playing, "_server", Leaving(playing._over))
    assert playing.folders() == [Path("call")]


def test_what_was_just_sent_is_known(tmp_path: Path) -> None:
    playing = Playing([RECORDINGS / "audio-turn"], Wish(match="loose"), tmp_path)
    playing.start()
    append = json.dumps({"type": "input_audio_buffer.append", "audio": "AAAA" * 1600})
    with connect_here(playing.ws_url) as line:
        for number in range(1, 101):
            line.send(append)
            assert playing.audio_ms == 100 * number
    playing.stop()


def test_a_test_is_told_sooner_than_a_person_that_nothing_comes() -> None:
    told = [option.default for one in (serve, drive) for option in one.params if option.name == "patience"]
    assert told == [PATIENCE_S, PATIENCE_S]
    assert _terms(Wish()).patience_s < PATIENCE_S
    assert _terms(Wish(patience=0.5)).patience_s == 0.5


async def test_a_call_in_no_time_has_none(tmp_path: Path) -> None:
    path = RECORDINGS / "barge-in"
    async with ReplayServer([path], terms=Terms(patience_s=5), out=tmp_path) as server:
        await acted(path, server.ws_url)
    (verdict,) = server.verdicts.connections
    assert verdict.folder is not None
    before, again = told(path, has_times=True), told(verdict.folder, has_times=False)
    assert before.session.duration_ns
    assert again.session.duration_ns is None
    assert [one.code for one in again.findings] == [one.code for one in before.findings]
    assert [one.type for one in again.sent] == [one.type for one in before.sent]


def test_what_was_sent_is_told_without_an_opinion(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def check(call: Subject) -> Iterator[Hit]:
        asked.append(call)
        yield Hit(2, "a hard one")

    rule = Rule("RT990", "hard-question", "warning", "high", (), Doc("", "", "", ""), check)
    monkeypatch.setattr("rtdebug.replay.testing.reading.RULES", (rule,))
    again = told(RECORDINGS / "text-turn", has_times=True)
    assert [one.type for one in again.sent][-1] == "response.create"
    assert again.session.responses
    assert not asked
    assert [one.code for one in again.findings] == [one.code for one in again.findings] == ["RT990"]
    assert len(asked) == 1


async def test_a_recorder_looks_at_what_each_recording_is_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Path] = []

    class Counting(RecordingReader):
        def __init__(self, path: Path) -> None:
            opened.append(path)
            super().__init__(path)

    monkeypatch.setattr("rtdebug.replay.testing.making.RecordingReader", Counting)
    async with Simulator() as simulator:
        making = Making([tmp_path / "place"], simulator.url, tmp_path / "out", overwrite=False)
        making.start()
        async with connect(f"{making.ws_url}?model=gpt-realtime") as line:
            await line.recv()
            await line.send('{"type": "response.create"}')
            assert [one.type for one in await asyncio.to_thread(lambda: making.sent)] == ["response.create"]
        assert len(await asyncio.to_thread(making.folders)) == 1
        await asyncio.to_thread(making.stop)
    assert len(opened) < 5
    making.keep()
    assert told(tmp_path / "place", has_times=True).sent


class Context:
    entered = left = False

    @asynccontextmanager
    async def hold(self) -> AsyncIterator[str]:
        self.entered = True
        yield "inside"
        self.left = True


def test_a_context_is_held_in_a_thread() -> None:
    context = Context()
    held = Held(context.hold())
    assert held.enter() == "inside"
    assert held.ask(lambda: threading.current_thread().name) == "rtdebug-test"
    assert held.ask(lambda: asyncio.get_running_loop().is_running())
    with pytest.raises(ZeroDivisionError):
        held.ask(lambda: 1 // 0)
    held.leave()
    held.leave()
    assert context.left
    assert held.ask(lambda: threading.current_thread().name) == "MainThread"


def test_a_context_that_cannot_be_entered_or_left() -> None:
    @asynccontextmanager
    async def broken(*, inside: bool) -> AsyncIterator[None]:
        if not inside:
            raise OSError("no")
        yield
        raise OSError("never")

    with pytest.raises(OSError, match="no"):
        Held(broken(inside=False)).enter()
    held = Held(broken(inside=True))
    held.enter()
    with pytest.raises(OSError, match="never"):
        held.leave()


def test_a_context_that_does_not_end_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    free = threading.Event()

    @asynccontextmanager
    async def stuck() -> AsyncIterator[None]:
        yield
        await asyncio.to_thread(free.wait)

    held = Held(stuck(), "the recorder")
    held.enter()
    with monkeypatch.context() as patch, pytest.raises(RtdebugError, match=r"^the recorder has not ended in 0.05 s;"):
        patch.setattr("rtdebug.replay.testing.thread._STOPPING_S", 0.05)
        held.leave()
    free.set()
    held.leave()
