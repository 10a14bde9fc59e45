from dataclasses import replace

from rtdebug.conform.stage import Stage
from rtdebug.conform.verdicts import CODES, PROBES, choose, evaluate

from .relay import Event, changed, twice, without
from .stagehand import SPEECH, play


def test_every_rule_and_probe_has_a_code_of_its_own_and_words() -> None:
    assert len(set(CODES)) == len(CODES)
    assert list(PROBES) == [f"P{n:02d}" for n in range(1, len(PROBES) + 1)]
    assert all(PROBES.values())


def test_only_the_scenes_that_are_needed_are_played() -> None:
    everything = [scene.name for scene in choose(SPEECH, CODES)]
    assert [scene.code for scene in choose(SPEECH, ["P09"])] == ["", "P09"]
    assert [scene.name for scene in choose(SPEECH, ["R18"])] == everything[:8]
    assert [scene.name for scene in choose(SPEECH, ["P01"])] == everything[:8]
    assert [scene.name for scene in choose(SPEECH, ["R01", "P10"])] == [*everything[:8], "needless cancel"]


def test_the_simulator_holds() -> None:
    stages = [play(scene) for scene in choose(SPEECH, CODES)]
    rows = evaluate(stages, CODES)
    assert [row.code for row in rows] == list(CODES)
    assert {row.code: row.breaches for row in rows if row.outcome != "held"} == {}
    assert all(row.held == row.cases for row in rows)


def test_what_a_service_does_not_have_is_not_evaluated_there() -> None:
    stage = play("no session type", without("error"))
    [row] = evaluate([stage], ["P20"])
    assert row.outcome == "failed"
    elsewhere = Stage(replace(stage.scene, unknown_to="openai"), url="wss://api.openai.com/v1/realtime")
    elsewhere.events, elsewhere.findings = stage.events, stage.findings
    [row] = evaluate([elsewhere], ["P20"])
    assert (row.outcome, row.reason) == ("not evaluated", "this service's API does not have what it asks for")


def test_breaches_are_counted_and_placed() -> None:
    stages = [play("written turns", twice("response.created")), play("beginning")]
    [row] = evaluate(stages, ["R04"])
    assert (row.held, row.cases, row.outcome) == (2, 4, "failed")
    first, second = row.breaches
    assert (first.scene, first.type) == ("written turns", "response.done")
    assert stages[0].events[first.seq - 1].type == "response.done"
    assert first.seq < second.seq
    assert "2 x created, 1 x done" in first.says


def test_levels_decide_how_a_breach_is_called() -> None:
    def off_by_one(event: Event) -> Event:
        usage = event["response"]["usage"]
        return {**event, "response": {**event["response"], "usage": {**usage, "total_tokens": 1}}}

    assert evaluate([play("written turns", changed("response.done", off_by_one))], ["R27"])[0].outcome == "warning"
    stage = play("cancelled answer", twice("response.done"))
    assert {row.code: row.outcome for row in evaluate([stage], ["R04", "R25"])} == {"R04": "failed", "R25": "differs"}


def test_what_did_not_come_up_is_not_evaluated() -> None:
    rows = {row.code: row for row in evaluate([play("beginning")], CODES)}
    assert rows["R22"].outcome == "not evaluated"
    assert rows["R22"].reason == "nothing it applies to came up"
    assert (rows["P05"].outcome, rows["P05"].reason) == ("not evaluated", "it was not played")
    assert rows["R01"].outcome == "held"
    stage = play("truncate", without("response.output_audio.delta"))
    [row] = evaluate([stage], ["P07"])
    assert (row.outcome, row.reason) == ("not evaluated", "the answer has no audio")


def test_a_session_that_begins_with_something_else_fails() -> None:
    stage = play("beginning", changed("session.created", lambda event: {**event, "type": "session.begun"}))
    rows = {row.code: row for row in evaluate([stage], CODES)}
    assert rows["R01"].outcome == "failed"
    assert rows["R01"].breaches[0].type == "session.begun"


def test_messages_that_are_no_events_fail() -> None:
    stage = play("beginning", changed("session.updated", lambda event: {"words": "none"}))
    [row] = evaluate([stage], ["P02"])
    assert row.outcome == "failed"
    assert (row.breaches[0].type, row.breaches[0].says) == ("", "it has no type")
