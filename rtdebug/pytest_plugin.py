"""The pytest plugin: recorded Realtime calls played to tests. All that knows pytest is here; docs/pytest.md tells it.

pytest imports this in every run, also in those that have no use for it: whatever is heavy is imported in a test that
asks for a recording.
"""

import contextlib
import os
import shlex
from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from rtdebug.errors import RtdebugError
from rtdebug.replay.testing.fixture import Rtdebug, described
from rtdebug.replay.testing.modes import MODES, Mode, mode_of
from rtdebug.replay.testing.names import name_of_test, places
from rtdebug.replay.testing.wish import Wish, wish_of

if TYPE_CHECKING:
    from rtdebug.replay.testing.judging import Judgement
    from rtdebug.replay.testing.making import Making
    from rtdebug.replay.testing.playing import Playing

__all__ = ["Rtdebug"]

_UPSTREAM: Final = "wss://api.openai.com"
_DUMMY_KEY: Final = "sk-rtdebug-replay"
_FOUND: Final = "rtdebug finding"
_OTHERWISE: Final = "not as recorded: "
_STAGE: Final = pytest.StashKey["Playing | Making"]()
_OUTCOMES: Final = pytest.StashKey[set[str]]()

# Options.


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what the command line and the ini file can say."""
    group = parser.getgroup("rtdebug", "recorded OpenAI Realtime calls")
    group.addoption(
        "--rtdebug-record",
        choices=MODES,
        help="none: play recordings (the default). once: make those that are missing. all: make them anew.",
    )
    group.addoption(
        "--rtdebug-upstream",
        metavar="URL",
        help=f"Where recordings are made; else $RTDEBUG_UPSTREAM, else {_UPSTREAM}.",
    )
    group.addoption(
        "--rtdebug-complete",
        action="store_true",
        help="Let tests fail that do not play their recordings to the end.",
    )
    group.addoption("--rtdebug-findings", action="store_true", help="Tell at the end what the rules found in calls.")
    parser.addini("rtdebug_recordings", "folder of recordings, from the test module", default="recordings")
    parser.addini("rtdebug_match", "how tests have to match recordings: strict, semantic, loose", default="semantic")
    parser.addini("rtdebug_ignore", "fields and types that may differ", type="args", default=[])


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line(
        "markers",
        "rtdebug(*names, match=, pace=, ignore=, faults=, loop=, patience=, complete=): "
        "play recorded Realtime calls to this test",
    )


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let the marker stand for the fixture, and put that before those of the test's own: they may make clients."""
    if not isinstance(item, pytest.Function):
        return
    if "rtdebug" not in item.fixturenames and not item.get_closest_marker("rtdebug"):
        return
    # Sets of parameters share one list, and a marker may be at one of them.
    names = [name for name in item.fixturenames if name != "rtdebug"]
    known = getattr(getattr(item, "_fixtureinfo", None), "name2fixturedefs", {})
    longer = [at for at, name in enumerate(names) if name in known and known[name][-1].scope != "function"]
    names.insert(longer[-1] + 1 if longer else 0, "rtdebug")
    item.fixturenames = names


# The fixture.


@pytest.fixture
def rtdebug(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rtdebug]:
    """Play a recorded call to this test, or record it: `--rtdebug-record`."""
    item = request.node
    outcomes: set[str] = set()
    item.stash[_OUTCOMES] = outcomes
    try:
        wish = _wish(item)
        recordings = _places(item)
        stage = _stage(item, wish, recordings, tmp_path_factory.mktemp("rtdebug"))
        stage.start()
    except (RtdebugError, OSError) as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None
    item.stash[_STAGE] = stage
    given = Rtdebug(stage, recordings, lambda judgement: _words(item, judgement))
    judged = False
    try:
        with pytest.MonkeyPatch.context() as patch:
            _set_environment(patch, stage)
            yield given
            judged = "passed" in outcomes and "failed" not in outcomes
    finally:
        del item.stash[_STAGE]
        stage.stop()
        if item.config.getoption("--rtdebug-findings"):
            _note_findings(item, given)
    if judged:
        _end(item, stage)


def _wish(item: pytest.Item) -> Wish:
    config = item.config
    usual = Wish(
        match=config.getini("rtdebug_match"),
        ignore=tuple(config.getini("rtdebug_ignore")),
        complete=True if config.getoption("--rtdebug-complete") else None,
    )
    wish = wish_of([(mark.args, mark.kwargs) for mark in item.iter_markers("rtdebug")], usual)
    return replace(wish, spelled=wish.ignore) if _is_of_these_alone(item, wish) else wish


def _is_of_these_alone(item: pytest.Item, wish: Wish) -> bool:
    """Say whether the marker that ignores something does so for this test's recordings, and no others."""
    for node, mark in item.iter_markers_with_node("rtdebug"):
        if "ignore" in mark.kwargs:
            is_of_one_test = node is item and (bool(wish.names) or not hasattr(item, "callspec"))
            return is_of_one_test or (bool(mark.args) and mark.args == wish.names)
    return False


def _folder(item: pytest.Item) -> Path:
    return item.path.parent / str(item.config.getini("rtdebug_recordings"))


def _places(item: pytest.Item) -> list[Path]:
    return places(_folder(item), _wish(item).names or (_own_name(item),))


def _own_name(item: pytest.Item) -> str:
    function = getattr(item, "originalname", None) or item.name
    callspec = getattr(item, "callspec", None)
    return name_of_test(item.path.stem, _classes(item), function, callspec.id if callspec else "")


def _classes(item: pytest.Item) -> list[str]:
    return [node.name for node in item.listchain() if isinstance(node, pytest.Class)]


def _stage(item: pytest.Item, wish: Wish, recordings: list[Path], out: Path) -> "Playing | Making":
    from rtdebug.replay.testing.choosing import chosen

    upstream = _upstream(item.config) or _UPSTREAM
    return chosen(
        recordings,
        wish,
        _mode(item.config),
        upstream=upstream,
        out=out,
        command=lambda mode: _command(item, mode),
        within=_folder(item),
    )


def _upstream(config: pytest.Config) -> str:
    return config.getoption("--rtdebug-upstream") or os.environ.get("RTDEBUG_UPSTREAM", "")


def _mode(config: pytest.Config) -> Mode:
    theirs = config.getoption("--record-mode", default=None) if config.pluginmanager.hasplugin("recording") else None
    return mode_of(config.getoption("--rtdebug-record"), theirs)


def _set_environment(patch: pytest.MonkeyPatch, stage: "Playing | Making") -> None:
    from rtdebug.proxy.environment import past_proxies

    patch.setenv("OPENAI_BASE_URL", stage.base_url)
    if not stage.recording and not os.environ.get("OPENAI_API_KEY"):
        patch.setenv("OPENAI_API_KEY", _DUMMY_KEY)
    for name, value in past_proxies().items():
        patch.setenv(name, value)


def _end(item: pytest.Item, stage: "Playing | Making") -> None:
    """Keep the recording of a test that passed; look once more at what was done while its fixtures were torn down."""
    from rtdebug.replay.testing.making import Making

    if isinstance(stage, Making):
        try:
            stage.keep()
        except RtdebugError as error:
            raise pytest.fail.Exception(str(error), pytrace=False) from None
    elif words := _complaint(item, stage):
        pytest.fail(words, pytrace=False)


# The verdict.


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Let a test fail that was not the call that was recorded; beside another failure, tell of it."""
    try:
        result = yield
    except (KeyboardInterrupt, pytest.exit.Exception, pytest.skip.Exception):
        raise
    except BaseException as error:  # a client may end its task, or the program
        is_told = isinstance(error, AssertionError) and str(error).startswith(_OTHERWISE)
        stage = None if is_told else item.stash.get(_STAGE, None)
        if stage is not None and (words := _complaint(item, stage, complete=False) or _standing(stage)):
            item.add_report_section("call", "rtdebug", words)
        raise
    stage = item.stash.get(_STAGE, None)
    if stage is not None and (words := _complaint(item, stage)):
        pytest.fail(words, pytrace=False)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Take note that a test has passed: only then is its recording kept."""
    report = yield
    if report.when == "call" and _OUTCOMES in item.stash:
        item.stash[_OUTCOMES].add(report.outcome)  # a test with subtests has several
    return report


def _complaint(item: pytest.Item, stage: "Playing | Making", *, complete: bool | None = None) -> str:
    judgement = stage.judge(complete=complete)
    return _words(item, judgement) if judgement else ""


def _words(item: pytest.Item, judgement: "Judgement") -> str:
    """Say what was not as recorded, and what can be done then."""
    lines = [f"{_OTHERWISE}{judgement.headline}", judgement.text]
    folders = [call.folder for call in judgement.calls if call.folder is not None]
    lines += [f"this play, to be looked at: rtdebug show {shlex.quote(str(folder))}" for folder in folders]
    if not _wish(item).faults:
        lines.append(f"if it is meant to be another: {_command(item, 'all')}")
    return "\n".join(lines)


def _standing(stage: "Playing | Making") -> str:
    """Tell how far a call was that a failure has cut short: it may be what the test waited for in vain."""
    judgement = stage.judge()
    return f"the call, when the test failed: {judgement.headline}\n{judgement.text}" if judgement else ""


def _command(item: pytest.Item, mode: Mode) -> str:
    """Return what runs this test from where pytest was started; its id begins elsewhere, and xdist may add to it."""
    from rtdebug.replay.testing.upstream import upstream_of

    path = item.path
    with contextlib.suppress(ValueError):  # on another drive
        path = Path(os.path.relpath(path, item.config.invocation_params.dir))
    node = "::".join([path.as_posix(), *_classes(item), item.name])
    upstream = _upstream(item.config) or upstream_of(_places(item))
    more = f" --rtdebug-upstream {shlex.quote(upstream)}" if upstream not in ("", _UPSTREAM) else ""
    return f"pytest {shlex.quote(node)} --rtdebug-record {mode}{more}"


# Findings.


def _note_findings(item: pytest.Item, given: Rtdebug) -> None:
    """Put what the rules found with the test's report: with xdist, it is told in another process."""
    try:
        found = [described(one) for one in given.findings]
    except RtdebugError as error:
        found = [str(error)]
    before = [one for one in item.user_properties if one[0] != _FOUND]  # the test may be run again
    item.user_properties[:] = [*before, *((_FOUND, line) for line in found)]


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Tell what the rules found, test by test."""
    if not config.getoption("--rtdebug-findings"):
        return
    reports = [
        one for some in terminalreporter.stats.values() for one in some if getattr(one, "when", "") == "teardown"
    ]
    found = {
        report.nodeid: lines
        for report in reports
        if (lines := [line for name, line in report.user_properties if name == _FOUND])
    }
    terminalreporter.section("rtdebug findings")
    for nodeid, lines in found.items():
        terminalreporter.write_line(nodeid)
        for line in lines:
            terminalreporter.write_line(f"  {line}")
    if not found:
        terminalreporter.write_line("none")
