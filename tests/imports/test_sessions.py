"""Logs of several sessions: cut where one ends and the next begins, and left whole where they overlap."""

import json
from pathlib import Path
from typing import Any

from rtdebug.imports.log import logs
from rtdebug.imports.sessions import sessions
from rtdebug.imports.source import Source
from rtdebug.imports.survey import survey

from .logs import Imported, import_log

UPDATE = {"type": "session.update", "session": {}}
APPEND = {"type": "input_audio_buffer.append", "audio": ""}
DONE = {"type": "response.done", "response": {"status": "completed"}}


def created(session_id: str) -> dict[str, Any]:
    return {"type": "session.created", "session": {"id": session_id}}


def response(type_: str, response_id: str) -> dict[str, Any]:
    return {"type": type_, "response": {"id": response_id}}


def delta(response_id: str) -> dict[str, Any]:
    return {"type": "response.output_text.delta", "response_id": response_id, "delta": "x"}


def parts(records: list[dict[str, Any]], folder: Path) -> list[Imported]:
    (folder / "x.log").write_text("".join(json.dumps(record) + "\n" for record in records))
    [log] = logs(Source(folder / "x.log"))
    return [import_log(part, folder / "out", found=found) for part, found in sessions(log, survey(log))]


def types(made: Imported) -> list[str]:
    return [event["type"].removeprefix("session.") for event in made.events]


def test_a_client_that_speaks_first_is_the_next_sessions(tmp_path: Path) -> None:
    first, second, third = parts(
        [UPDATE, created("a"), APPEND, DONE, APPEND, UPDATE, APPEND, created("b"), DONE, APPEND, created("c")], tmp_path
    )
    assert types(first) == ["update", "created", "input_audio_buffer.append", "response.done", APPEND["type"]]
    assert types(second) == ["update", APPEND["type"], "created", "response.done", APPEND["type"]]
    assert types(third) == ["created"]
    assert [made.built.folder.name for made in (first, second, third)] == ["a", "b", "c"]


def test_the_first_update_of_a_session_is_its_own_where_the_connection_breaks(tmp_path: Path) -> None:
    def update(number: int) -> dict[str, Any]:
        return {"type": "session.update", "session": {"instructions": f"for session {number}"}}

    made = parts(
        [created("1"), update(1), APPEND, created("2"), update(2), created("3"), update(3), DONE, created("4")],
        tmp_path,
    )
    told = [
        [event["session"]["instructions"] for event in one.events if event["type"] == "session.update"] for one in made
    ]
    assert told == [["for session 1"], ["for session 2"], ["for session 3"], []]
    assert types(made[0]) == ["created", "update", APPEND["type"]]


def test_a_second_update_that_nobody_answers_is_the_next_sessions(tmp_path: Path) -> None:
    first, second, third = parts([created("a"), UPDATE, UPDATE, created("b"), UPDATE, created("c")], tmp_path)
    assert [types(one) for one in (first, second, third)] == [
        ["created", "update"],
        ["update", "created"],
        ["update", "created"],
    ]


def test_where_an_updates_session_is_guessed_is_counted(tmp_path: Path) -> None:
    close = {"kind": "close", "code": 1000}
    told = [
        *([{"event": created("a")}, {"event": UPDATE}, {"event": DONE}, {"event": created("b")}], 0),
        *([{"event": created("a")}, {"event": UPDATE}, close, {"event": UPDATE}, {"event": created("b")}], 0),
        *([{"event": created("a")}, {"event": UPDATE}, {"event": created("b")}, {"event": UPDATE}], 1),
        *([{"event": UPDATE}, {"event": created("a")}, {"event": UPDATE}, {"event": created("b")}], 1),
    ]
    for records, guesses in zip(told[::2], told[1::2], strict=True):
        (tmp_path / "x.log").write_text("".join(json.dumps(record) + "\n" for record in records))
        [log] = logs(Source(tmp_path / "x.log"))
        found = survey(log)
        assert len(sessions(log, found)) == 2
        assert found.guessed == guesses


def test_what_comes_after_a_close_is_the_next_sessions(tmp_path: Path) -> None:
    close = {"kind": "close", "code": 1000}
    first, second = parts(
        [{"event": created("a")}, {"event": DONE}, close, {"event": APPEND}, {"event": created("b")}], tmp_path
    )
    assert types(first) == ["created", "response.done"]
    assert types(second) == [APPEND["type"], "created"]


def test_each_session_has_its_own_clock(tmp_path: Path) -> None:
    timed = [created("a"), DONE, created("b"), DONE]
    dated = [{"time": f"2026-01-02T03:04:{second:02}Z", "event": one} for second, one in enumerate(timed, 10)]
    _, second = parts(dated, tmp_path)
    assert second.times == [0, 1000]
    assert second.header.started_ns == 1_767_323_052_000_000_000
    since = [{"at_ns": at * 1_000_000_000, "from": "server", "event": one} for at, one in enumerate(timed, 2)]
    first, second = parts(since, tmp_path)
    assert (first.times, second.times) == ([2000, 3000], [0, 1000])


def test_sessions_that_overlap_stay_together(tmp_path: Path) -> None:
    [made] = parts(
        [created("a"), response("response.created", "r1"), created("b"), delta("r1"), response("response.done", "r1")],
        tmp_path,
    )
    assert made.survey.sessions == 2
    assert len(made.events) == 5


def test_ids_that_are_made_anew_are_no_overlap(tmp_path: Path) -> None:
    answer = [response("response.created", "r1"), delta("r1"), response("response.done", "r1")]
    assert len(parts([created("a"), *answer, created("b"), *answer], tmp_path)) == 2


def test_a_session_that_is_told_twice_is_one(tmp_path: Path) -> None:
    assert len(parts([created("a"), created("a"), DONE, DONE], tmp_path)) == 1


def test_a_websocket_is_one_whatever_is_in_it(tmp_path: Path) -> None:
    said = [{"type": "receive", "time": at, "opcode": 1, "data": json.dumps(created(f"s{at}"))} for at in (1, 2)]
    har = {"log": {"entries": [{"request": {"method": "GET", "url": "wss://x/v1"}, "_webSocketMessages": said}]}}
    (tmp_path / "x.har").write_text(json.dumps(har))
    [log] = logs(Source(tmp_path / "x.har"))
    found = survey(log)
    assert found.sessions == 2
    assert sessions(log, found) == [(log, found)]


def test_a_log_of_one_session_is_itself(tmp_path: Path) -> None:
    (tmp_path / "x.log").write_text(json.dumps(created("a")))
    [log] = logs(Source(tmp_path / "x.log"))
    found = survey(log)
    assert sessions(log, found) == [(log, found)]
