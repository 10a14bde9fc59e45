"""Servers that do not keep the API's order (RT9xx): one event lost, doubled, moved or changed."""

from collections.abc import Callable

from benchmarks.corpus.planting import Planter, edited
from benchmarks.corpus.take import Json, Line, Take

_ANY = "text-turn audio-turn vad-conversation written tool-call spoken-azure"
_SPOKEN = "audio-turn vad-conversation spoken written spoken-azure"
_ALL = (
    " ".join(f"RT9{number:02d}" for number in range(1, 28)) + " RT101 RT103 RT122 RT141 RT143 RT180 RT190 RT191 RT193"
)
"""One disorder is often another one too."""


def _response(take: Take) -> str:
    """Choose an answer that completed."""
    done = [line.event["response"] for line in take.find("response.done")]
    return str(take.random.choice([one["id"] for one in done if one["status"] == "completed"]))


def _drop(*types: str) -> Callable[[Take], None]:
    """Lose one of these events of an answer."""

    def edit(take: Take) -> None:
        found = [line for line in take.of(_response(take)) if line.event["type"] in types]
        take.drop([take.random.choice(found)])

    return edit


def _behind(what: str, other: str) -> Callable[[Take], None]:
    """Let an event of an answer come behind another one of it."""

    def edit(take: Take) -> None:
        response = _response(take)
        take.move(take.one(what, response), after=take.one(other, response))

    return edit


def _first(take: Take) -> None:
    take.server("session.updated", session=take.find("session.created")[0].event["session"])
    line = take.lines[-1] if take.lines[-1].type else [one for one in take.lines if one.type][-1]
    take.drop([line])
    take.put(line, before=take.find("session.created")[0])


def _id_again(take: Take) -> None:
    lines = [line for line in take.lines if line.sender == "server" and line.type]
    one, other = take.random.sample(lines, 2)
    other.event = {**other.event, "event_id": one.event["event_id"]}


def _done_twice(take: Take) -> None:
    done = take.one("response.done", _response(take))
    take.put(Line(0, "server", {**done.event, "event_id": "event_twice"}), after=done)


def _in_response(change: Callable[[Json], Json], type_: str = "response.done") -> Callable[[Take], None]:
    """Change what the end of an answer says of it."""

    def edit(take: Take) -> None:
        line = take.one(type_, _response(take))
        line.event = {**line.event, "response": change(line.event["response"])}

    return edit


def _other_index(take: Take) -> None:
    response = _response(take)
    for line in take.of(response):
        if "output_index" in line.event:
            line.event = {**line.event, "output_index": line.event["output_index"] + 1}


def _not_mirrored(take: Take) -> None:
    item = take.one("response.output_item.added", _response(take)).event["item"]["id"]
    take.drop(
        [
            line
            for line in take.find("conversation.item.added", "conversation.item.done")
            if line.event["item"]["id"] == item
        ]
    )


def _item_done_late(take: Take) -> None:
    ended = take.one("response.output_item.done", _response(take))
    item = ended.event["item"]["id"]
    line = next(one for one in take.find("conversation.item.done") if one.event["item"]["id"] == item)
    take.move(line, after=ended)


def _lost_words(take: Take) -> None:
    found = take.of(
        _response(take),
        "response.output_audio_transcript.delta",
        "response.output_text.delta",
        "response.function_call_arguments.delta",
    )
    take.drop([take.random.choice(found)])


def _other_transcript(take: Take) -> None:
    part = take.one("response.content_part.done", _response(take))
    part.event = {**part.event, "part": {**part.event["part"], "transcript": "Something else."}}


def _two_at_once(take: Take) -> None:
    """Let another response begin in the conversation before this one is done."""
    response = _response(take)
    begun, done = take.one("response.created", response), take.one("response.done", response)
    shown = {**begun.event["response"], "id": "resp_other"}
    first = take.put(
        Line(0, "server", {"type": "response.created", "event_id": "event_o1", "response": shown}), before=done
    )
    ended = {**done.event["response"], "id": "resp_other", "output": [], "usage": None, "status": "cancelled"}
    take.put(Line(0, "server", {"type": "response.done", "event_id": "event_o2", "response": ended}), after=first)


def _added_twice(take: Take) -> None:
    line = take.random.choice(take.find("conversation.item.added"))
    take.put(Line(0, "server", {**line.event, "event_id": "event_twice"}), after=line)


def _before_commit(take: Take) -> None:
    committed = take.random.choice(take.find("input_audio_buffer.committed"))
    item = committed.event["item_id"]
    added = next(line for line in take.find("conversation.item.added") if line.event["item"]["id"] == item)
    take.move(committed, after=added)


def _no_end_of_speech(take: Take) -> None:
    take.drop([take.random.choice(take.find("input_audio_buffer.speech_started"))])


def _transcribed_first(take: Take) -> None:
    done = take.random.choice(take.find("conversation.item.input_audio_transcription.completed"))
    item = done.event["item_id"]
    committed = next(line for line in take.find("input_audio_buffer.committed") if line.event["item_id"] == item)
    mine = [line for line in take.lines if "transcription" in line.type and line.event.get("item_id") == item]
    take.drop(mine)
    for line in mine:
        take.put(line, before=committed)


def _limits_late(take: Take) -> None:
    limits = take.find("rate_limits.updated")[0]
    place = take.lines.index(limits)
    behind = next(line for line in take.lines[place + 1 :] if line.sender == "server" and line.type)
    take.move(limits, after=behind)


def _no_limits(take: Take) -> None:
    take.drop(take.find("rate_limits.updated")[:1])


def _more_tokens(response: Json) -> Json:
    return {**response, "usage": {**response["usage"], "total_tokens": response["usage"]["total_tokens"] + 7}}


def _details(response: Json) -> Json:
    return {**response, "status_details": {"type": "completed", "reason": "stop"}}


def _made(code: str, on: str, edit: Callable[[Take], None]) -> Planter:
    return edited(code, on, edit, _ALL)


PLANTERS = (
    _made("RT901", _ANY, _first),
    _made("RT902", _ANY, _id_again),
    _made("RT903", _ANY, _behind("response.created", "response.output_item.added")),
    _made("RT904", _ANY, _done_twice),
    _made("RT905", _ANY, _in_response(lambda shown: {**shown, "conversation_id": "conv_other"})),
    _made("RT906", _ANY, _in_response(_details)),
    _made("RT907", _ANY, _drop("response.output_item.done")),
    _made("RT908", _ANY, _other_index),
    _made("RT909", _ANY, _in_response(lambda shown: {**shown, "output": []})),
    _made("RT911", _ANY, _not_mirrored),
    _made("RT912", _ANY, _item_done_late),
    _made("RT913", _SPOKEN, _drop("response.content_part.added")),
    _made("RT914", _SPOKEN, _drop("response.output_audio.done", "response.output_audio_transcript.done")),
    _made("RT915", _ANY, _lost_words),
    _made("RT916", _SPOKEN, _behind("response.output_audio.done", "response.output_audio_transcript.done")),
    _made("RT917", _SPOKEN, _other_transcript),
    _made("RT918", _ANY, _two_at_once),
    _made("RT919", _ANY, _added_twice),
    _made("RT921", "vad-conversation spoken telephone spoken-azure", _before_commit),
    _made("RT922", "vad-conversation spoken telephone spoken-azure", _no_end_of_speech),
    _made("RT923", "vad-conversation spoken telephone spoken-azure", _transcribed_first),
    _made("RT925", "vad-conversation spoken telephone written", _limits_late),
    _made("RT926", "vad-conversation spoken telephone written", _no_limits),
    _made("RT927", _ANY, _in_response(_more_tokens)),
)
