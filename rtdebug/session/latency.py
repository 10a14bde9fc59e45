"""How long things took, per response, from the times at which the proxy saw them. Absent times stay absent."""

from dataclasses import dataclass

from rtdebug.session.audio import Arrivals
from rtdebug.session.model import Item, Mark, Response, Session, Turn


@dataclass(frozen=True, slots=True)
class ResponseLatency:
    """The waits around one response, ns; None where it was not so, or is not known."""

    response_id: str
    response_ns: int | None = None
    """Asked for, until `response.created`."""
    ttft_ns: int | None = None
    """`response.created` until the first delta of any kind."""
    ttfa_created_ns: int | None = None
    """Time to first audio, from `response.created`."""
    ttfa_request_ns: int | None = None
    """… from `response.create`."""
    ttfa_committed_ns: int | None = None
    """… from the commit of the user's turn."""
    ttfa_speech_ns: int | None = None
    """… from `speech_stopped`."""
    endpointing_ns: int | None = None
    """True end of the user's speech until `speech_stopped`."""
    voice_to_voice_ns: int | None = None
    """True end of the user's speech until the first audio: what the user feels."""
    tool_ns: int | None = None
    """A call's arguments were whole, until the first delta of the answer to its output."""
    barge_in_ns: int | None = None
    """The user began to speak, until this response ended."""
    transcript_lag_ns: int | None = None
    """Commit of the user's turn until its transcript was whole; negative where it was there before."""
    stall_ns: int | None = None
    """The longest silence in the answer because audio came late."""
    realtime_factor: float | None = None
    """Length of the audio by the time it took to come; below 1 it stutters."""


def latencies(session: Session) -> list[ResponseLatency]:
    """Measure every response that has begun, in order."""
    turns = {turn.number: turn for turn in session.turns}
    return [_latency(session, response, turns.get(response.turn)) for response in session.responses.values()]


def latency_of(session: Session, response: Response) -> ResponseLatency:
    """Measure one response."""
    turn = next((turn for turn in session.turns if turn.number == response.turn), None)
    return _latency(session, response, turn)


def speech_end_ms(session: Session, item: Item) -> float | None:
    """Say where in the input the user's speech truly ended: before the silence that told so, where that is known."""
    if item.speech is None or item.speech.is_silence or item.speech.audio_end_ms is None:
        return None
    silence = item.speech.silence_ms
    return None if silence is None else item.speech.audio_end_ms - silence


def _latency(session: Session, response: Response, turn: Turn | None) -> ResponseLatency:
    item = _user_item(session, response, turn)
    answered = item if _speaks_first(session, response, turn) else None
    speech = item.speech if item and not (item.speech and item.speech.is_silence) else None
    heard_after = speech if answered else None
    ended_ns = None
    if item is not None and (end_ms := speech_end_ms(session, item)) is not None:
        ended_ns = session.input.came_ns(end_ms)
    leads = turn is not None and _first(session, turn) == response.id
    transcription = item.transcription if item else None
    by_client = response.asked.by == "response.create"
    barge_in = response.barge_in
    items = [session.items[one] for one in response.item_ids if one in session.items]
    audio = next((item.audio for item in items if item.audio), None)
    return ResponseLatency(
        response.id,
        response_ns=_between(response.asked.mark, response.created),
        ttft_ns=_between(response.created, response.first_delta),
        ttfa_created_ns=_between(response.created, response.first_audio),
        ttfa_request_ns=_between(response.asked.mark, response.first_audio) if by_client else None,
        ttfa_committed_ns=_between(answered.committed if answered else None, response.first_audio),
        ttfa_speech_ns=_between(heard_after.stopped if heard_after else None, response.first_audio),
        endpointing_ns=_since(ended_ns, speech.stopped if speech and leads else None),
        voice_to_voice_ns=_since(ended_ns, response.first_audio if answered else None),
        tool_ns=_between(_call(session, response), response.first_delta),
        barge_in_ns=_between(barge_in.speech, response.done) if barge_in and barge_in.during == "generation" else None,
        transcript_lag_ns=_between(item.committed, transcription.done) if item and transcription and leads else None,
        stall_ns=_stall(audio) if audio else None,
        realtime_factor=_realtime_factor(audio) if audio else None,
    )


def _user_item(session: Session, response: Response, turn: Turn | None) -> Item | None:
    """Find the spoken item whose turn a response of the conversation belongs to."""
    if turn is None or not response.in_conversation:
        return None
    items = [session.items[one] for one in turn.item_ids if one in session.items]
    return next((item for item in reversed(items) if item.committed), None)


def _first(session: Session, turn: Turn) -> str:
    """Name a turn's first response of the conversation."""
    found = (session.responses[one] for one in turn.response_ids if one in session.responses)
    return next((one.id for one in found if one.in_conversation), "")


def _speaks_first(session: Session, response: Response, turn: Turn | None) -> bool:
    """Say whether a response is the first of its turn that is heard."""
    if turn is None:
        return False
    found = (session.responses[one] for one in turn.response_ids if one in session.responses)
    return next((one.id for one in found if one.in_conversation and one.first_audio), "") == response.id


def _call(session: Session, response: Response) -> Mark | None:
    """Say when the call was whole whose output this response answers."""
    if not response.tool_outputs:
        return None
    call_id = session.items[response.tool_outputs[-1]].call_id
    calls = [item for item in session.items.values() if item.type == "function_call" and item.call_id == call_id]
    return calls[-1].arguments_done if calls else None


def _between(start: Mark | None, end: Mark | None) -> int | None:
    return _since(start.at_ns if start else None, end)


def _since(start_ns: int | None, end: Mark | None) -> int | None:
    return None if start_ns is None or end is None or end.at_ns is None else end.at_ns - start_ns


def _stall(audio: Arrivals) -> int | None:
    """Play a part as it came: how long it had to wait for audio, at worst."""
    if len(audio.times) == 0 or audio.times[0] < 0:
        return None
    worst, begun_ns = 0, audio.times[0]
    for index in range(1, len(audio.times)):
        late = audio.times[index] - (begun_ns + audio.ends[index - 1])
        if late > 0:
            worst, begun_ns = max(worst, late), begun_ns + late
    return worst


def _realtime_factor(audio: Arrivals) -> float | None:
    if len(audio.times) < 2 or audio.times[0] < 0:
        return None
    took = audio.times[-1] - audio.times[0]
    return audio.length_ns / took if took > 0 else None
