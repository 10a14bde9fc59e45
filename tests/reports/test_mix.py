"""Both sides on one timeline: where each sound stands, and that its samples are the right ones."""

import random

import numpy as np
import pytest

from rtdebug.reports.mix import Lanes, Microphone, Placed, blocks, item_stretches, lanes
from rtdebug.session.audio import InputAudio, OutputAudio, Stretch
from rtdebug.session.model import ContentPart, Item, Mark, Response, Session, Truncation

RATE, CHUNK, MS = 24000, 480, 1_000_000


def microphone(session: Session, count: int, begin_ms: int, *, pace_ms: int = 20) -> None:
    for number in range(count):
        seq = len(session.input.seqs) + 1
        start = session.input.stretches[-1].start + session.input.stretches[-1].frames if session.input.stretches else 0
        at_ns = (begin_ms + (number + 1) * pace_ms) * MS
        session.input.add(seq, at_ns, "client.wav", RATE, start, CHUNK)


def answer(session: Session, name: str, came_ms: int, length_ms: int, *, heard_ms: int | None = None) -> None:
    item = Item(f"item_{name}", "message", "assistant", response_id=f"resp_{name}")
    audio = OutputAudio()
    start = sum(one.audio.stretches[-1].frames for one in session.items.values() if one.audio)
    audio.add(1, came_ms * MS, "server.wav", RATE, start, length_ms * 24)
    item.parts[0] = ContentPart("output_audio", audio=audio)
    item.truncation = None if heard_ms is None else Truncation(0, heard_ms, done=Mark(5))
    session.items[item.id] = item
    session.order.append(item.id)
    session.responses[f"resp_{name}"] = Response(f"resp_{name}", item_ids=[item.id], first_audio=Mark(1, came_ms * MS))


def test_a_microphone_stands_where_its_audio_came() -> None:
    session = Session()
    microphone(session, 50, 100)
    microphone(session, 10, 3100)
    (first, second) = lanes(session).user
    assert (first.at_ns, first.stretch.frames) == (100 * MS, 50 * CHUNK)
    assert (second.at_ns, second.stretch.start, second.stretch.frames) == (3100 * MS, 50 * CHUNK, 10 * CHUNK)


def test_audio_sent_all_at_once_is_heard_in_a_row() -> None:
    session = Session()
    microphone(session, 100, 500, pace_ms=0)
    (only,) = lanes(session).user
    assert only.stretch.frames == 100 * CHUNK
    assert only.at_ns == 480 * MS


def test_answers_wait_for_each_other_and_end_where_they_were_cut() -> None:
    session = Session()
    answer(session, "a", 1000, 2000)
    answer(session, "b", 1500, 4000, heard_ms=700)
    placed = lanes(session).assistant
    assert [(one.at_ns // MS, one.stretch.frames // 24) for one in placed] == [(1000, 2000), (3000, 700)]
    assert [one.frames // 24 for one in item_stretches(session, session.items["item_b"])] == [4000]


def test_without_times_items_follow_each_other() -> None:
    session = Session()
    for number in range(5):
        session.input.add(number, None, "client.wav", RATE, number * CHUNK, CHUNK)
    session.items["item_u"] = Item("item_u", role="user", input_start_ms=20.0, input_end_ms=100.0)
    session.order.append("item_u")
    answer(session, "a", 0, 1000)
    audio = session.items["item_a"].audio
    assert audio is not None
    audio.times[0] = -1
    placed = lanes(session)
    assert [(one.at_ns, one.stretch.start, one.stretch.frames) for one in placed.user] == [(0, CHUNK, 4 * CHUNK)]
    assert [one.at_ns // MS for one in placed.assistant] == [80]


def test_every_sample_is_in_its_place_across_blocks() -> None:
    rate = 100
    ramp = np.arange(3000, dtype=np.int16)
    user = [Placed(0, Stretch("client.wav", rate, 0, 2500))]
    assistant = [Placed(5 * 1000 * MS, Stretch("server.wav", rate, 500, 1600))]
    found = np.concatenate(
        list(blocks(Lanes(user, assistant), lambda one: ramp[one.start : one.start + one.frames], rate, 0, 25 * 10**9))
    )
    assert found.shape == (2500, 2)
    assert (found[:, 0] == ramp[:2500]).all()
    assert (found[500:2100, 1] == ramp[500:2100]).all()
    assert not found[:500, 1].any()
    assert not found[2100:, 1].any()
    part = list(
        blocks(Lanes(user, []), lambda one: ramp[one.start : one.start + one.frames], rate, 3 * 10**9, 4 * 10**9)
    )
    assert (part[0][:, 0] == ramp[300:400]).all()


@pytest.mark.parametrize("seed", range(40))
def test_a_microphone_that_is_followed_ends_up_like_one_that_is_read_whole(seed: int) -> None:
    dice, audio, followed, now = random.Random(seed), InputAudio(), Microphone(), 0
    starts: dict[str, int] = {}
    for number in range(60):
        now += dice.choice([20, 20, 20, 20, 900]) * MS
        track = dice.choice(["client.wav"] * 6 + ["client-2.wav", ""])
        frames = dice.choice([CHUNK] * 6 + [0, 1, 8000])
        start = starts.get(track, 0) + dice.choice([0] * 9 + [7])
        audio.add(number, None if dice.random() < 0.1 else now, track, RATE if track else 11025, start, frames)
        starts[track] = start + frames
        while dice.random() < 0.3 and followed.take(audio):
            pass
    while followed.take(audio):
        pass
    whole = Microphone()
    while whole.take(audio):
        pass
    assert followed.placed == whole.placed
    free_ns = 0
    for placed in whole.placed:
        assert placed.at_ns > free_ns - 100
        free_ns = placed.end_ns
