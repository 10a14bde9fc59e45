"""Answers that are cut off without need, or not when they should be (RT11x)."""

from dataclasses import replace

import numpy as np

from benchmarks.corpus.good import FIRST, LEEDS, THANKS, TICKETS, Good, audio
from benchmarks.corpus.planting import edited, held
from benchmarks.corpus.sound import Samples, heard, numbers, resampled, whole, wire
from benchmarks.corpus.take import Take
from recordings.call import Call
from rtdebug.simulator.script import DEFAULT


def _barge_in(call: Call, hears_ms: int = 700, *, truncates: bool = True, **detection: object) -> None:
    call.configure(audio=audio(**detection))  # type: ignore[arg-type]
    call.open_microphone()
    call.wait(350)
    call.say(LEEDS)
    call.hear(hears_ms)
    call.say(THANKS)
    call.until("input_audio_buffer.speech_started")
    if truncates:
        call.truncate()
    call.until("response.done")
    call.hear_out()


def _cut(take: Take) -> str:
    """Name the answer that was cut."""
    ended = [line.event["response"] for line in take.find("response.done")]
    return str(next(one["id"] for one in ended if one["status"] == "cancelled"))


def _hear(take: Take, words: str) -> None:
    """Let the transcript of what cut the answer be other words."""
    done = take.one("response.done", _cut(take))
    started = [line for line in take.find("input_audio_buffer.speech_started") if line.ms <= done.ms][-1]
    item = started.event["item_id"]
    for line in [one for one in take.lines if "transcription" in one.type and one.event.get("item_id") == item]:
        if line.type.endswith("delta"):
            take.drop([line])
        else:
            line.event = {**line.event, "transcript": words}


def _without_words(take: Take) -> None:
    _hear(take, "")


def _own_words(take: Take) -> None:
    """Let the words that cut the answer be the answer's own."""
    words = LEEDS.reply.split()
    first = take.random.randint(0, 2)
    _hear(take, " ".join(words[first : first + take.random.randint(6, 10)]))


def _echo(take: Take) -> None:
    """Let the microphone hear what is played, later and softer."""
    rate = take.samples_a_second
    lane = _played(take, rate)
    delay_ms, gain = take.random.uniform(80, 400), 10 ** (take.random.choice((-12, -20, -30)) / 20)
    for line in take.microphone:
        mine = heard(take, line.audio)
        first = round((line.ms - delay_ms) * rate / 1000) - len(mine)
        piece = lane[max(0, first) : max(0, first) + len(mine)]
        mine[: len(piece)] += gain * piece
        line.audio = wire(take, mine)


def _played(take: Take, rate: int) -> Samples:
    """Lay the answers out as a player plays them."""
    lane, free_ms = np.zeros(round((take.now + 20000) * rate / 1000)), 0.0
    for response in [line.event["response"]["id"] for line in take.find("response.created")]:
        deltas = take.deltas(response)
        if not deltas:
            continue
        data = whole(deltas)
        sound = heard(take, data) if rate == 8000 else resampled(numbers(data), 24000, rate)
        free_ms = max(free_ms, deltas[0].ms)
        first = round(free_ms * rate / 1000)
        lane[first : first + len(sound)] += sound[: len(lane) - first]
        free_ms += len(sound) * 1000 / rate
    return lane


def _greeted(call: Call) -> None:
    call.configure(audio=audio())
    call.open_microphone()
    call.wait(150)
    call.send("response.create")
    call.hear(600)
    call.say(FIRST)
    call.until("input_audio_buffer.speech_started")
    call.truncate()
    call.hear_out()


def _slow(take: Take) -> None:
    """Let the answer that was cut go on for a while."""
    cut = _cut(take)
    done = take.one("response.done", cut)
    late_ms = take.random.uniform(1300, 3000)
    last = take.deltas(cut)[-1]
    for number in range(3):
        more = take.put(type(last)(0, "server", {**last.event, "event_id": f"event_more_{number}"}), after=last)
        more.ms = done.ms + late_ms * (number + 1) / 4
    begins = next(
        index
        for index, line in enumerate(take.lines)
        if line.event.get("response_id") == cut and line.ms > last.ms - 0.001 and line.type.endswith(".done")
    )
    for line in take.lines[begins:]:
        if line.type != "input_audio_buffer.append" and (
            line.event.get("response_id") == cut
            or line is done
            or line.type == "rate_limits.updated"
            or (
                line.ms >= done.ms
                and "truncat" not in line.type
                and line.event.get("type")
                and line.sender == "server"
                and "speech" not in line.type
            )
        ):
            line.ms += late_ms
    take.sort()


PLANTERS = (
    held("RT110", Good("cut-by-noise", lambda call: _barge_in(call)), "RT181 RT182 RT113 RT173 RT112", _without_words),
    edited("RT111", "vad-conversation spoken long telephone spoken-azure spoken-xai", _echo, "RT156"),
    held("RT112", Good("greeting-cut", _greeted, replace(TICKETS, greeting=DEFAULT.greeting)), "RT110 RT173"),
    held("RT113", Good("not-truncated", lambda call: _barge_in(call, truncates=False)), "RT161 RT173"),
    held("RT116", Good("echo-in-words", lambda call: _barge_in(call, 800)), "RT173", _own_words),
    held(
        "RT114",
        Good("goes-on", lambda call: _barge_in(call, truncates=False, interrupt_response=False)),
        "RT113 RT120 RT161 RT141",
    ),
    held("RT115", Good("slow-to-stop", lambda call: _barge_in(call)), "RT103 RT190 RT193 RT173 RT918 RT926", _slow),
)
