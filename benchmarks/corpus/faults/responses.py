"""Responses that collide, fail, stop short, or never come (RT12x, RT14x, RT171)."""

from random import Random

from benchmarks.corpus.good import LEEDS, YES, Good, written
from benchmarks.corpus.planting import Planter, edited, played
from benchmarks.corpus.take import Line, Take
from recordings.call import Call
from rtdebug.simulator.script import Script
from rtdebug.simulator.script_reply import Ending, Reply
from rtdebug.simulator.script_rule import Rule, When

_WRITTEN = "text-turn written read tool-call client-cancel"
_ANY = "text-turn audio-turn vad-conversation written tool-call spoken-beta spoken-azure"


def _collide(call: Call, random: Random) -> None:
    call.write(LEEDS)
    call.send("response.create")
    call.wait(random.uniform(20, 200))
    call.send("response.create", event_id=f"event_again_{random.randrange(1000)}")
    call.until("error")
    call.hear_out()


def _cancel_nothing(call: Call, random: Random) -> None:
    call.wait(random.uniform(800, 4000))
    call.send("response.cancel", event_id="event_cancel")
    call.until("error")
    call.wait(300)


def _overlap(take: Take) -> None:
    """Let another response speak into an answer."""
    first = take.random.choice(take.answers())
    lines, deltas = take.of(first), take.deltas(first)
    mid = (deltas[0].ms + deltas[-1].ms) / 2
    for line in lines:
        event = {**line.event, "event_id": f"{line.event['event_id']}b"}
        if "response" in event:
            event["response"] = {**event["response"], "id": f"{first}b", "conversation_id": None, "metadata": None}
            for item in event["response"].get("output", ()):
                item = {**item, "id": f"{item['id']}b"}
                event["response"]["output"] = [item]
        if "response_id" in event:
            event["response_id"] += "b"
        if "item_id" in event:
            event["item_id"] += "b"
        if "item" in event:
            event["item"] = {**event["item"], "id": f"{event['item']['id']}b"}
        take.put(Line(0, "server", event), after=line).ms = line.ms + max(5, mid - deltas[0].ms)
    take.sort()


_FAILURES = (
    ("rate_limit_exceeded", "Rate limit reached for gpt-realtime on tokens per min."),
    ("insufficient_quota", "You exceeded your current quota, please check your plan and billing details."),
    ("server_error", "The server had an error while processing your request."),
)


def _ending(*endings: Ending) -> list[Good]:
    return [
        Good(
            f"ends-{number}",
            written(LEEDS, YES, spoken_answers=False),
            Script(rules=(Rule(When(turn=1), Reply(say="The next", ending=one)), Rule(When(), Reply(say=YES.reply)))),
        )
        for number, one in enumerate(endings)
    ]


def _never(take: Take) -> None:
    """Ask for a response that does not come, though the call goes on."""
    take.client("response.create", take.random.uniform(300, 900))
    take.client(
        "session.update", take.random.uniform(6500, 12000), session={"type": "realtime", "instructions": "Be brief."}
    )
    session = take.find("session.created", "session.updated")[-1].event["session"]
    take.server("session.updated", 12, session={**session, "instructions": "Be brief."})
    take.client("input_audio_buffer.clear", 900)
    take.server("input_audio_buffer.cleared", 10)


def _never_ends(take: Take) -> None:
    """Leave out all that follows the beginning of the last answer, though the call goes on."""
    response = take.find("response.created")[-1].event["response"]["id"]
    lines = take.of(response)
    take.drop(lines[-max(1, len(lines) // 2) :])
    take.drop([line for line in take.find("rate_limits.updated") if line.ms > lines[0].ms])
    take.drop([line for line in take.find("conversation.item.done") if line.ms > lines[0].ms])
    take.client("input_audio_buffer.clear", take.random.uniform(12000, 16000))
    take.server("input_audio_buffer.cleared", 10)


def _speech_without_end(take: Take) -> None:
    take.server("input_audio_buffer.speech_started", 40, item_id="item_endless", audio_start_ms=round(_input_ms(take)))
    take.room(take.random.uniform(17000, 24000))


def _input_ms(take: Take) -> float:
    return sum(len(line.audio) for line in take.microphone) * 1000 / take.rate


def _silent(take: Take) -> None:
    """Let a response come with nothing in it."""
    last = take.find("response.done")[-1].event["response"]
    shown = {**last, "id": "resp_nothing", "output": [], "status": "in_progress", "status_details": None, "usage": None}
    take.client("response.create", 700)
    take.server("response.created", 300, response=shown)
    details = {"text_tokens": 0, "audio_tokens": 0}
    usage = {**(last.get("usage") or {})}
    if usage:
        usage |= {"output_tokens": 0, "total_tokens": usage["input_tokens"], "output_token_details": details}
    take.server("response.done", 250, response={**shown, "status": "completed", "usage": usage or None})
    take.server("rate_limits.updated", 0, rate_limits=[])


PLANTERS = (
    played("RT120", _WRITTEN, _collide),
    played("RT121", _ANY, _cancel_nothing),
    edited(
        "RT122",
        "audio-turn vad-conversation spoken written telephone",
        _overlap,
        "RT918 RT191 RT193 RT113 RT173 RT925 RT926",
    ),
    *(
        Planter("RT140", [good])
        for good in _ending(*(Ending("failed", code=code, message=text) for code, text in _FAILURES))
    ),
    *(
        Planter("RT171", [good])
        for good in _ending(
            Ending("incomplete", reason="content_filter"), Ending("incomplete", reason="max_output_tokens")
        )
    ),
    edited("RT141", "text-turn audio-turn written tool-call", _never, "RT213"),
    edited(
        "RT141", "text-turn audio-turn written read", _never_ends, "RT904 RT907 RT911 RT912 RT914 RT925 RT926 RT101"
    ),
    edited("RT142", "vad-conversation spoken telephone spoken-beta transcription-only", _speech_without_end, "RT922"),
    edited("RT143", "text-turn written read audio-turn", _silent),
)
