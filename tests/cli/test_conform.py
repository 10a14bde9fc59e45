import asyncio
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve

from rtdebug.conform.verdicts import PROBES
from rtdebug.diagnosis.conformance import RULES
from rtdebug.simulator.server import Simulator

from .terminal import on_terminal, rtdebug


@contextmanager
def beside(make: Callable[[], Any]) -> Iterator[str]:
    """Run a server on another thread, and yield its address."""
    loop = asyncio.new_event_loop()
    started, stop = threading.Event(), asyncio.Event()
    urls: list[str] = []

    async def run() -> None:
        async with make() as server:
            port = server.port if isinstance(server, Simulator) else next(iter(server.sockets)).getsockname()[1]
            urls.append(f"ws://127.0.0.1:{port}")
            started.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(run(),))
    thread.start()
    try:
        assert started.wait(10)
        yield urls[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with beside(lambda: Simulator(pace=4)) as address:
        yield address


def test_the_simulator_passes_and_the_table_says_so(url: str) -> None:
    done = rtdebug("conform", url, "--at-once", "8")
    assert (done.status, done.talk) == (0, "")
    rows = [line.split() for line in done.text.splitlines() if line[1:2] in "RP" and line[2:4].isdigit()]
    assert len(rows) == 24 + 25
    assert all(row[-2:] == ["✔", "held"] for row in rows)
    assert "49 ✔ held · 31 scenes" in done.text
    assert f"GA · {url}/v1/realtime" in done.text
    assert "\x1b" not in done.text


def test_json_says_the_same_to_programs(url: str) -> None:
    done = rtdebug("conform", url, "--only", "p10, R01", "--json", "--at-once", "8")
    told = json.loads(done.text)
    assert (done.status, told["passed"], told["dialect"]) == (0, True, "GA")
    assert told["endpoint"] == f"{url}/v1/realtime"
    assert [row["code"] for row in told["verdicts"]] == ["R01", "P10"]
    assert told["verdicts"][1] == {
        "code": "P10",
        "level": "error",
        "says": "refused: a cancel where nothing is in progress (response_cancel_not_active)",
        "cases": 3,
        "held": 3,
        "verdict": "held",
        "reason": None,
        "breaches": [],
    }
    assert {"name": "needless cancel", "events": 7, "reason": None} in told["scenes"]


async def _babble(connection: ServerConnection) -> None:
    """Begin every session twice, and answer nothing."""
    for _ in range(2):
        await connection.send('{"type": "session.created", "event_id": "event_1", "session": {"id": "sess_1"}}')
    await connection.wait_closed()


@pytest.fixture(scope="module")
def babbler() -> Iterator[str]:
    with beside(lambda: serve(_babble, "127.0.0.1", 0)) as address:
        yield address


def test_a_failure_ends_with_1_and_is_placed(babbler: str) -> None:
    done = rtdebug("conform", babbler, "--only", "R01,R02,R22,P01,P10", "--patience", "0.3", "--at-once", "32")
    assert (done.status, done.talk) == (1, "")
    lines = done.text.splitlines()
    [rule] = [line for line in lines if line.startswith(" R02")]
    assert rule.split()[-2:] == ["✕", "failed"]
    [unknown] = [line for line in lines if line.startswith(" R22")]
    assert unknown.split()[-3:] == ["-", "not", "evaluated"]
    assert any(re.search(r"event_1 was used before  beginning #[23] session.created", line) for line in lines)
    assert any("more place" in line and "--json" in line for line in lines)
    assert any("no session.updated came: not within 0.3 s" in line for line in lines)


def test_a_failure_in_json_names_the_scene_and_the_entry(babbler: str) -> None:
    done = rtdebug("conform", babbler, "--only", "P10,R02", "--patience", "0.3", "--at-once", "32", "--json")
    told = json.loads(done.text)
    assert (done.status, told["passed"]) == (1, False)
    rule, probe = told["verdicts"]
    first = rule["breaches"][0]
    assert first.pop("seq") in (2, 3)  # the client may say something between the two
    assert first == {"scene": "beginning", "type": "session.created", "says": "event_1 was used before"}
    assert (probe["verdict"], probe["cases"]) == ("not evaluated", 0)
    assert "no session.updated came" in probe["reason"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["ws://127.0.0.1:1"], "cannot be reached"),
        (["ws://127.0.0.1:1?api-key=sk-secret"], "cannot be reached"),
    ],
)
def test_an_endpoint_that_cannot_be_reached_ends_with_4(words: list[str], said: str) -> None:
    done = rtdebug("conform", *words)
    assert (done.status, done.out) == (4, b"")
    assert said in done.talk
    assert "sk-secret" not in done.talk
    assert done.talk.count("\n") == 1


async def _silent(connection: ServerConnection) -> None:
    await connection.wait_closed()


def test_an_endpoint_that_stays_silent_ends_with_4() -> None:
    with beside(lambda: serve(_silent, "127.0.0.1", 0)) as address:
        done = rtdebug("conform", address, "--patience", "0.3")
    assert (done.status, done.out) == (4, b"")
    assert "said nothing within 0.3 s" in done.talk


@pytest.mark.parametrize(
    "words",
    [
        ["ftp://host"],
        ["ws://host", "--only", "R10"],
        ["ws://host", "--only", "lots"],
        ["ws://host", "--key-env", "RTDEBUG_NO_SUCH_KEY"],
        ["ws://host?model=a", "--model", "b"],
        [],
    ],
    ids=str,
)
def test_a_wrong_word_ends_with_2(words: list[str]) -> None:
    done = rtdebug("conform", *words)
    assert (done.status, done.out) == (2, b"")
    assert "Traceback" not in done.talk


def keys_brought(url_of: Simulator) -> set[str | None]:
    return {request.header("authorization") for request in url_of.requests}


def test_openais_key_is_for_openai_only_and_another_is_brought_where_it_is_named() -> None:
    sim = Simulator(pace=10)
    with beside(lambda: sim) as address:
        words = ("conform", address, "--only", "P10")
        assert rtdebug(*words, OPENAI_API_KEY="sk-of-openai").status == 0
        assert keys_brought(sim) == {None}
        sim.requests.clear()
        assert rtdebug(*words, "--key-env", "MY_KEY", MY_KEY="sk-mine").status == 0
        assert keys_brought(sim) == {"Bearer sk-mine"}


def test_eighty_columns_are_enough(url: str) -> None:
    done = on_terminal("conform", url, "--only", "P09,P10,P22", columns=80, NO_COLOR="1")
    assert done.status == 0
    shown = re.sub(r"\x1b\[[0-9;]*m", "", done.text)
    assert max(len(line) for line in shown.splitlines()) <= 80
    assert "…" not in shown
    assert shown.count("✔ held") == 4


def test_the_page_lists_every_rule_and_probe_as_it_is() -> None:
    page = (Path(__file__).parents[2] / "docs" / "commands" / "conform.md").read_text(encoding="utf-8")
    listed = [
        tuple(cell.strip() for cell in line.strip("|").split("|")) for line in page.splitlines() if line[2:3] in "RP"
    ]
    rules = [(rule.code, rule.level, rule.says) for rule in RULES]
    assert [row for row in listed if len(row) == 3] == rules + [(code, "error", says) for code, says in PROBES.items()]


def test_a_key_that_can_be_none_is_told_and_not_sent() -> None:
    done = rtdebug("conform", "ws://127.0.0.1:9", "--key-env", "THEIR_KEY", THEIR_KEY="sk-one\nsk-two")
    assert done.status == 2
    assert "THEIR_KEY: holds characters that no key has" in done.talk
    assert "sk-one" not in done.talk
