"""The parts of the pytest plugin that need no pytest: names, markers, modes, verdicts, places, and the thread."""

import asyncio
import os
import shutil
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtdebug.errors import RecordingError, UsageError
from rtdebug.replay.server import ReplayServer
from rtdebug.replay.terms import Terms
from rtdebug.replay.testing.judging import judged
from rtdebug.replay.testing.keeping import check, keep
from rtdebug.replay.testing.modes import mode_of
from rtdebug.replay.testing.names import file_safe, name_of_test, places
from rtdebug.replay.testing.playing import Playing
from rtdebug.replay.testing.reading import told
from rtdebug.replay.testing.thread import Held
from rtdebug.replay.testing.wish import Wish, wish_of
from rtdebug.replay.verdict import Verdict, Verdicts

from .actor import RECORDINGS
from .actor import played as acted
from .telling import CREATE, CREATED, Stage, Told


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


def played(*events: dict[str, Any], gone: str = "closed 1000") -> Verdict:
    """Play a call of one question, and of speech that is answered."""
    script = (
        Told()
        .server(CREATED["type"], event_id=CREATED["event_id"], session=CREATED["session"])
        .client("response.create")
        .server("response.created", response={"id": "resp_recorded01"})
        .server("response.done", response={"id": "resp_recorded01"})
        .script()
    )
    stage = Stage(script, Terms(patience_s=1))
    for event in events:
        stage.send(event)
    if gone:
        stage.part.left(gone, stage.now_ns)
    return stage.part.verdict


UPDATE = {"type": "session.update", "session": {"instructions": "Be kind."}}


def test_a_call_as_recorded() -> None:
    verdicts = Verdicts([played(CREATE)])
    for complete in (None, True, False):
        assert not judged(verdicts, complete)
        assert not judged(Verdicts([played(CREATE, gone="")]), complete)


def test_a_client_that_leaves_early_may_if_that_is_said() -> None:
    early = Verdicts([played()])
    assert not judged(early, complete=False)
    assert judged(early, complete=None).headline.endswith("response.create was not sent; the client closed 1000")
    there = Verdicts([played(gone="")])
    assert not judged(there, complete=False)
    assert judged(there, complete=None).headline.endswith("response.create was not sent before the test ended")


def test_what_was_never_recorded_is_never_right() -> None:
    for complete in (None, True, False):
        judgement = judged(Verdicts([played(UPDATE, gone="reset")]), complete)
        assert judgement.headline.startswith("session.update (instructions) was sent, which the recording does not")
    assert "response.create was not sent" not in judgement.text


def test_recordings_that_nobody_asked_for() -> None:
    script = Told().script()
    assert not judged(Verdicts([], [script]), complete=False)
    assert not judged(Verdicts([played(CREATE)], [script]), complete=None)
    assert judged(Verdicts([played(CREATE)], [script]), complete=True)
    for complete in (None, True):
        judgement = judged(Verdicts([], [script]), complete)
        assert judgement.text == "✘ told: nobody connected"
        assert judgement.headline.startswith("nobody connected to be played told. Does the client read OPENAI_BASE_URL")


class Leaving:
    """A server whose client has closed; its recording is on the disk a few looks later."""

    def __init__(self, over: list[Verdict]) -> None:
        self._over = over
        self._looks = 0

    @property
    def verdicts(self) -> Verdicts:
        self._looks += 1
        if self._looks == 4:
            self._over.append(replace(played(CREATE), folder=Path("call")))
        return Verdicts(list(self._over) or [played(CREATE)])


def test_a_call_is_over_once_it_is_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    playing = Playing([RECORDINGS / "text-turn"], Wish(), tmp_path)
    monkeypatch.setattr(playing, "_server", Leaving(playing._over))
    assert playing.folders() == [Path("call")]


def test_recordings_are_kept_whole_or_not_at_all(tmp_path: Path) -> None:
    made, place = tmp_path / "made", tmp_path / "recordings" / "deep" / "name"
    made.mkdir()
    with pytest.raises(RecordingError, match="nothing was recorded"):
        keep(made, [place], overwrite=True)
    shutil.copytree(RECORDINGS / "text-turn", made / "a")
    keep(made, [place], overwrite=True)
    assert [path.name for path in place.iterdir()] == ["events.jsonl"]
    shutil.copytree(RECORDINGS / "audio-turn", made / "b")
    keep(made, [place], overwrite=False)
    assert [path.name for path in place.iterdir()] == ["events.jsonl"]
    keep(made, [place], overwrite=True)
    assert sorted(path.name for path in place.iterdir()) == ["1", "2"]
    place.joinpath("notes.txt").touch()
    with pytest.raises(RecordingError, match="holds more than a recording"):
        keep(made, [place], overwrite=True)
    assert [path.name for path in place.parent.iterdir()] == ["name"]


def test_a_place_that_takes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tmp_path.joinpath("file").touch()
    monkeypatch.setattr(os, "access", lambda path, mode: path != tmp_path / "read-only")
    tmp_path.joinpath("read-only").mkdir()
    check([tmp_path / "new" / "name"])
    with pytest.raises(RecordingError, match="read-only takes no files"):
        check([tmp_path / "read-only" / "new" / "name"])
    with pytest.raises(RecordingError, match="the recording cannot be put there"):
        keep(RECORDINGS, [tmp_path / "file" / "name"], overwrite=True)


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
