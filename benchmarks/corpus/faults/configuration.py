"""Settings that are refused, ignored, or make a call that cannot go well (RT21x)."""

from random import Random

from benchmarks.corpus.good import FIRST, LEEDS, Good, audio
from benchmarks.corpus.planting import edited, held, played
from benchmarks.corpus.take import Take
from recordings.call import Call

_GA = "text-turn audio-turn vad-conversation tool-call written telephone"


def _refused(call: Call, random: Random) -> None:
    wrong = random.choice(
        (
            {"modalities": ["text"], "voice": "verse"},
            {"type": "realtime", "audio": {"output": {"voice": "nobody-has-this-voice"}}},
            {"type": "realtime", "temperature": 0.7},
            {"input_audio_format": "pcm16"},
        )
    )
    call.send("session.update", event_id="event_update", session=wrong)
    call.until("error")
    call.wait(400)


def _ignored(take: Take) -> None:
    """Let the server put another voice into force than was asked for."""
    effective = take.find("session.created", "session.updated")[-1].event["session"]
    voice, other = take.random.sample(("cedar", "marin", "verse", "alloy"), 2)
    asked = {"type": "realtime", "audio": {"output": {"voice": voice}}}
    take.client("session.update", 500, session=asked)
    output = {**effective["audio"]["output"], "voice": other}
    take.server("session.updated", 12, session={**effective, "audio": {**effective["audio"], "output": output}})


def _beta_refused(take: Take) -> None:
    words = "The Realtime Beta API is no longer supported. Please use /v1/realtime for the GA API."
    take.error("beta_api_shape_disabled", words)
    take.hang_up(("close", "server", {"code": 4000, "reason": "invalid_request_error.beta_api_shape_disabled"}))


def _unanswered(take: Take) -> None:
    take.client(
        "session.update", 400, session={"type": "realtime", "instructions": f"Be brief. {take.random.random()}"}
    )
    take.client("input_audio_buffer.clear", take.random.uniform(6000, 15000))
    take.server("input_audio_buffer.cleared", 10)


def _in_answer(take: Take) -> None:
    """Change the instructions while an answer is being made."""
    response = take.random.choice([line.event["response"]["id"] for line in take.find("response.done")])
    created, done = take.one("response.created", response), take.one("response.done", response)
    effective = [line for line in take.find("session.created", "session.updated") if line.ms < created.ms][-1]
    words = {"instructions": f"Be brief. {take.random.random()}"}
    first = take.put(
        type(created)(0, "client", {"type": "session.update", "session": {"type": "realtime", **words}}), after=created
    )
    first.ms = created.ms + (done.ms - created.ms) * 0.4
    told = {"type": "session.updated", "event_id": "event_told", "session": {**effective.event["session"], **words}}
    take.put(type(created)(0, "server", told), after=first).ms = first.ms + (done.ms - created.ms) * 0.1
    take.sort()


def _never_committed(call: Call) -> None:
    settings = audio()
    settings["input"]["turn_detection"] = None
    call.configure(audio=settings)
    call.open_microphone()
    for turn in (LEEDS, FIRST):
        call.say(turn)
        call.wait(4000)


def _no_model(take: Take) -> None:
    """Ask for transcripts without saying of whom."""
    for line in take.find("session.update", "session.updated"):
        session = line.event["session"]
        heard = {**session["audio"]["input"], "transcription": {"language": "en"}}
        line.event = {**line.event, "session": {**session, "audio": {**session["audio"], "input": heard}}}
    take.drop([line for line in take.lines if "input_audio_transcription" in line.type])


PLANTERS = (
    played("RT210", _GA, _refused),
    edited("RT211", _GA, _ignored),
    edited("RT212", _GA, _beta_refused, "RT204 RT202"),
    edited("RT213", _GA, _unanswered),
    edited("RT214", "text-turn audio-turn vad-conversation written", _in_answer, "RT918"),
    held("RT215", Good("never-committed", _never_committed)),
    edited("RT216", "vad-conversation spoken telephone", _no_model, "RT182"),
)
