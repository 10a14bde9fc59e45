"""What the list is told of findings: of which recordings, in which order, and that nothing there can hold it up."""

import shutil
import threading
from collections.abc import Iterable
from pathlib import Path

import pytest

from rtdebug.diagnosis.linting import Diagnosis
from rtdebug.tui.call.examiner import Examiner
from rtdebug.tui.call.findings import find
from rtdebug.tui.call.shelf import Shelf
from rtdebug.tui.call.verdict import Verdict
from tests.cli.terminal import Recorded

SAMPLES = Path(__file__).parents[3] / "recordings"
LONG = 10**12


class Asked:
    """Finds nothing, and tells what it was asked for."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.at_once = self.most_at_once = 0

    def __call__(self, path: Path) -> Diagnosis:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.names.append(path.name)
        self.at_once -= 1
        return Diagnosis([])


def read(shelf: Shelf) -> Shelf:
    shelf.rescan()
    while shelf.busy:
        shelf.step(LONG)
    return shelf


def finish(examiner: Examiner) -> set[str]:
    changed = set()
    while examiner.busy:
        changed |= {path.name for path in examiner.step()}
    return changed


def copied(folder: Path, names: Iterable[str]) -> Shelf:
    for name in names:
        shutil.copytree(SAMPLES / name, folder / name)
    return read(Shelf(folder))


def judged(shelf: Shelf, name: str) -> Verdict:
    found = shelf.books[shelf.folder / name].verdict
    assert found is not None
    return found


def stamped(folder: Path, number: int) -> Path:
    return Recorded(folder / f"2026-11-20T09-{number:02d}-00.000Z_{number}").end()


def test_real_recordings_have_the_findings_that_lint_has(tmp_path: Path) -> None:
    shelf = copied(tmp_path, ("failed", "error", "text-turn"))
    examiner = Examiner(shelf)
    assert finish(examiner) == {"failed", "error", "text-turn"}
    failed = judged(shelf, "failed")
    assert (failed.errors, failed.warnings) == (1, 0)
    assert [(one.severity, one.code, one.name) for one in failed.gravest] == [("error", "RT140", "response-failed")]
    assert "failed" in failed.gravest[0].text
    assert judged(shelf, "error").warnings == 3
    assert "rt120" in shelf.books[tmp_path / "error"].words()
    assert judged(shelf, "text-turn") == Verdict()
    examiner.close()


def test_a_live_recording_is_not_diagnosed_before_it_has_ended(tmp_path: Path) -> None:
    live = Recorded(tmp_path / "live").call().say("server", b'{"type":"error","error":{"message":"no"}}').flush()
    shelf, asked = read(Shelf(tmp_path)), Asked()
    examiner = Examiner(shelf, asked)
    assert finish(examiner) == set() and not examiner.busy
    live.end()
    read(shelf)
    assert finish(examiner) == {"live"} and asked.names == ["live"]
    examiner.close()


def test_what_was_killed_is_diagnosed_too(tmp_path: Path) -> None:
    examiner = Examiner(copied(tmp_path, ["killed"]), asked := Asked())
    finish(examiner)
    assert asked.names == ["killed"]
    examiner.close()


def test_what_is_seen_comes_first_then_the_newest_one_at_a_time(tmp_path: Path) -> None:
    paths = [stamped(tmp_path, number) for number in range(6)]
    shelf, asked = read(Shelf(tmp_path)), Asked()
    shelf.wanted = [paths[2], paths[1]]
    examiner = Examiner(shelf, asked)
    finish(examiner)
    assert [name[-1] for name in asked.names] == ["2", "1", "5", "4", "3", "0"]
    assert asked.most_at_once == 1
    examiner.close()


def test_of_a_large_folder_only_what_is_seen_and_the_newest_are_diagnosed(tmp_path: Path) -> None:
    paths = [stamped(tmp_path, number) for number in range(58)]
    shelf, asked = read(Shelf(tmp_path)), Asked()
    shelf.wanted = paths[:2]
    examiner = Examiner(shelf, asked)
    finish(examiner)
    assert sorted(asked.names) == sorted(path.name for path in paths[:2] + paths[-50:])
    shelf.wanted = paths[2:3]
    assert examiner.busy
    assert finish(examiner) == {paths[2].name}
    examiner.close()


def test_nothing_is_diagnosed_twice_unless_it_changed(tmp_path: Path) -> None:
    shelf, asked = copied(tmp_path, ("failed", "beta")), Asked()
    examiner = Examiner(shelf, asked)
    finish(examiner)
    read(shelf)
    assert finish(examiner) == set()
    with (tmp_path / "beta" / "events.jsonl").open("ab") as file:
        file.write(b"{}\n")
    read(shelf)
    assert shelf.books[tmp_path / "beta"].verdict is None
    assert finish(examiner) == {"beta"}
    assert sorted(asked.names) == ["beta", "beta", "failed"]
    examiner.close()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize("broken", [ValueError("no"), SystemExit(1)], ids=["rule", "thread"])
def test_a_diagnosis_that_breaks_costs_nothing_but_itself(tmp_path: Path, broken: BaseException) -> None:
    def diagnose(path: Path) -> Diagnosis:
        if path.name == "beta":
            raise broken
        return find(path)

    shelf = copied(tmp_path, ("failed", "beta", "error"))
    shelf.wanted = [tmp_path / "beta"]
    examiner = Examiner(shelf, diagnose)
    assert finish(examiner) == {"failed", "beta", "error"}
    assert not judged(shelf, "beta").is_known
    assert judged(shelf, "failed").errors == 1 and judged(shelf, "error").warnings == 3
    examiner.close()


def test_a_recording_that_goes_or_grows_meanwhile_is_not_told_of(tmp_path: Path) -> None:
    shelf = copied(tmp_path, ("failed", "error"))
    shelf.wanted = [tmp_path / "failed"]
    has_begun, may_go_on = threading.Event(), threading.Event()

    def diagnose(path: Path) -> Diagnosis:
        has_begun.set()
        may_go_on.wait()
        return find(path)

    examiner = Examiner(shelf, diagnose)
    examiner.step()
    has_begun.wait()
    shutil.rmtree(tmp_path / "failed")
    read(shelf)
    may_go_on.set()
    assert finish(examiner) == {"error"}
    examiner.close()


def test_closing_waits_for_nothing_and_stops_the_thread(tmp_path: Path) -> None:
    shelf, asked = copied(tmp_path, ("failed", "error")), list[str]()
    has_begun, may_go_on = threading.Event(), threading.Event()

    def diagnose(path: Path) -> Diagnosis:
        asked.append(path.name)
        has_begun.set()
        may_go_on.wait()
        return Diagnosis([])

    examiner = Examiner(shelf, diagnose)
    examiner.step()
    has_begun.wait()
    examiner.close()
    assert not examiner.busy
    may_go_on.set()
    thread = examiner._thread
    assert thread is not None and thread.daemon
    thread.join(60)
    assert not thread.is_alive()
    assert examiner.step() == {shelf.folder / asked[0]} and len(asked) == 1
