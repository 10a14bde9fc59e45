from pathlib import Path

import pytest

from rtdebug.tui.call.call import Call
from rtdebug.tui.call.leaps import about, turns
from rtdebug.tui.call.matching import Matching
from rtdebug.tui.call.query import parse
from rtdebug.tui.call.rows import Rows
from tui.call.journals import SAMPLES, append, delta, opened, other, record


def found(call: Call, query: str) -> list[int]:
    """The numbers of the entries that a query is about."""
    return [call.journal.seqs[index] for index in about(call, parse(query))]


def kinds(call: Call, query: str) -> set[str]:
    return {call.journal.kind(int(index)).name for index in about(call, parse(query))}


@pytest.fixture(scope="module")
def tools() -> Call:
    return opened(SAMPLES / "tool-call")


@pytest.fixture(scope="module")
def cut() -> Call:
    return opened(SAMPLES / "barge-in")


def test_types_are_patterns_of_the_whole_name(cut: Call) -> None:
    assert kinds(cut, "type:response.done") == {"response.done"}
    assert kinds(cut, "type:response") == set()
    assert kinds(cut, "type:*.truncate*") == {"conversation.item.truncate", "conversation.item.truncated"}
    assert kinds(cut, "type:response.created,response.done") == {"response.created", "response.done"}


def test_the_name_of_today_finds_the_one_of_beta() -> None:
    beta = opened(SAMPLES / "beta")
    assert kinds(beta, "type:response.output_audio.delta") == {"response.audio.delta"}


def test_a_word_is_looked_for_in_types_and_else_in_the_text(cut: Call) -> None:
    assert kinds(cut, "truncate") == {"conversation.item.truncate", "conversation.item.truncated"}
    assert "delta" not in " ".join(kinds(cut, "-delta"))
    assert "response.done" in kinds(cut, "turn_detected")
    assert found(cut, "turn_detected") == found(cut, "text:turn_detected")


def test_terms_hold_together_and_a_minus_turns_them_round(cut: Call) -> None:
    total = len(cut.journal)
    assert len(found(cut, "from:client")) + len(found(cut, "-from:client")) == total
    assert set(found(cut, "from:server delta")) == set(found(cut, "from:server")) & set(found(cut, "delta"))
    assert kinds(cut, "from:other") == {"opened", "end"}


def test_a_status_is_of_all_that_belongs_to_the_response(cut: Call) -> None:
    (cancelled,) = [r for r in cut.session.responses.values() if r.status == "cancelled"]
    seqs = found(cut, "status:cancelled")
    assert cancelled.created and cancelled.created.seq in seqs
    assert cancelled.done and cancelled.done.seq in seqs
    assert seqs == found(cut, f"resp:{cancelled.id}")
    assert found(cut, f"resp:{cancelled.id[-8:]}") == seqs
    assert "conversation.item.added" in kinds(cut, "status:cancelled")


def test_items_and_calls_are_found_by_their_ids(tools: Call) -> None:
    (call_item,) = [item for item in tools.session.items.values() if item.type == "function_call"]
    assert "response.function_call_arguments.delta" in kinds(tools, f"item:{call_item.id}")
    assert "conversation.item.create" in kinds(tools, f"call:{call_item.call_id}")


def test_numbers_and_moments(cut: Call) -> None:
    assert found(cut, "seq:10-12") == [10, 11, 12]
    times = [cut.journal.times[cut.index_of(seq)] for seq in found(cut, "at:3-4")]
    assert times and all(3_000_000_000 <= at < 5_000_000_000 for at in times)


def test_audio_and_errors() -> None:
    failed, refused = opened(SAMPLES / "failed"), opened(SAMPLES / "error")
    assert kinds(failed, "has:error") == {"response.done"}
    assert kinds(refused, "has:error") == {"error"}
    spoken = opened(SAMPLES / "audio-turn")
    assert kinds(spoken, "has:audio") == {"input_audio_buffer.append", "response.output_audio.delta"}


def test_problems(tmp_path: Path) -> None:
    call = opened(record(tmp_path / "odd", [("client", b"not json"), ("server", b"[1]"), append()]))
    assert found(call, "has:problem") == [seq for seq in found(call, "type:*") if seq in (2, 3)]


def test_it_goes_on_where_the_call_grew_and_compares_anew_what_came_to_be_known(tmp_path: Path) -> None:
    created = {"type": "response.created", "response": {"id": "resp_1", "status": "in_progress"}}
    done = {"type": "response.done", "response": {"id": "resp_1", "status": "cancelled"}}
    folder = record(tmp_path / "grown", [("server", created), delta(), ("server", done), other("rate_limits.updated")])
    call = Call(folder)
    matching = Matching(call, parse("status:cancelled"))
    journal_lengths = []
    while not call.caught_up:
        call.step(1)
        while matching.step(1):
            pass
        journal_lengths.append(len(matching.mask))
    assert [call.journal.kind(index).name for index in matching.mask.nonzero()[0]] == [
        "response.created",
        "response.output_audio.delta",
        "response.done",
    ]
    matching.close()
    call.close()


def test_small_steps_find_what_one_large_step_finds(tools: Call) -> None:
    matching = Matching(tools, parse("text:train -delta"))
    progress = []
    while matching.step(1):
        progress.append(matching.progress)
    assert progress == sorted(progress)
    assert [tools.journal.seqs[index] for index in matching.mask.nonzero()[0]] == found(tools, "text:train -delta")
    matching.close()


def test_turns_begin_where_the_user_begins(cut: Call) -> None:
    assert [cut.journal.kind(int(index)).name for index in turns(cut)] == ["input_audio_buffer.speech_started"] * len(
        cut.session.turns
    )


def test_rows_follow_a_filter_that_is_compared_anew(tmp_path: Path) -> None:
    created = {"type": "response.created", "response": {"id": "resp_1", "status": "in_progress"}}
    done = {"type": "response.done", "response": {"id": "resp_1", "status": "failed"}}
    call = opened(record(tmp_path / "anew", [("server", created), other("rate_limits.updated"), ("server", done)]))
    response = call.session.responses["resp_1"]
    response.status = "in_progress"
    rows, matching = Rows(call.journal), Matching(call, parse("status:failed"))
    rows.set_filter(matching)
    while rows.step(1_000_000):
        pass
    assert len(rows) == 0
    response.status = "failed"
    while rows.step(1_000_000):
        pass
    assert [call.journal.kind(rows.at(row).index).name for row in range(len(rows))] == [
        "response.created",
        "response.done",
    ]
