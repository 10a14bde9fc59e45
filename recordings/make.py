"""Make the sample recordings: `uv run python -m recordings.make [DIR]`.

Here is the table of stories, and for each the client's part; how a call goes on in between is in `call.py`.
"""

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from recordings.call import Call
from rtdebug.protocol.audio import AudioFormat
from rtdebug.recording.tracks import header_size, wav_header
from rtdebug.recording.writer import EVENTS, RecordingWriter
from rtdebug.simulator.options import MANNER, Manner
from rtdebug.simulator.refusals import Json
from rtdebug.simulator.script import DEFAULT, Script, ToolCall, Turn
from rtdebug.simulator.script_reply import Ending, Reply
from rtdebug.simulator.script_rule import Rule, When

FOLDER = Path(__file__).parent
_NINE_S = 1_795_165_200
"""Nine o'clock of 20 November 2026."""
_STALE_BYTES = 24_000
"""Half a second of samples: how far the header of a growing WAV may lag behind."""

_LEEDS, _FIRST, _THANKS = DEFAULT.turns
_, _BACK, _YES = DEFAULT.afterwards
_TOPIC = Turn("Name the topic of this conversation in one word.", "Tickets.")
_BOOKED = '{"seat": "14A", "train": "10:15"}'
_BOOKING = replace(_FIRST, call=ToolCall("book_seat", '{"train": "10:15"}'))
_BOOK_SEAT = {
    "type": "function",
    "name": "book_seat",
    "description": "Book a seat on a train.",
    "parameters": {"type": "object", "properties": {"train": {"type": "string"}}, "required": ["train"]},
}
_SEND_TICKET = {
    "type": "function",
    "name": "send_ticket",
    "description": "Send a ticket by e-mail.",
    "parameters": {"type": "object", "properties": {"to": {"type": "string"}}, "required": ["to"]},
}
_TWO_CALLS = (ToolCall("book_seat", '{"train": "10:15"}'), ToolCall("send_ticket", '{"to": "me@example.com"}'))
_OUTPUTS = {"book_seat": _BOOKED, "send_ticket": '{"sent": true}'}
_TOO_FAST = "Rate limit reached for gpt-realtime on tokens per min. Please try again in 1.5 s."


def _script(*turns: Turn) -> Script:
    return Script(turns, afterwards=())


def _cut(first: Reply) -> Script:
    """Return a script of which the first answer does not complete."""
    return Script(rules=(Rule(When(turn=1), first), Rule(When(), Reply(say=_YES.reply))))


def _audio(*, vad: bool, kind: str = "audio/pcm") -> Json:
    """Write the `audio` of a session that is spoken with."""
    format_: Json = {"type": kind} | ({"rate": 24000} if kind == "audio/pcm" else {})
    detection = {"type": "server_vad", "silence_duration_ms": 400} if vad else None
    transcription = {"model": "gpt-4o-mini-transcribe"}
    return {
        "input": {"format": format_, "transcription": transcription, "turn_detection": detection},
        "output": {"format": format_, "voice": "marin"},
    }


def _text_turn(call: Call) -> None:
    call.configure(output_modalities=["text"], instructions="You work in a ticket office.")
    call.write(_LEEDS)
    call.send("response.create")
    call.hear_out()
    call.wait(800)


def _audio_turn(call: Call) -> None:
    call.configure(audio=_audio(vad=False))
    call.open_microphone()
    call.say(_FIRST)
    call.close_microphone()
    call.send("input_audio_buffer.commit")
    call.send("response.create")
    call.hear_out()


def _converse(call: Call, *turns: Turn) -> None:
    """Have each turn spoken, and its answer heard to the end."""
    call.open_microphone()
    for turn in turns:
        call.wait(350)
        call.say(turn)
        call.hear_out()


def _vad_conversation(call: Call) -> None:
    call.configure(audio=_audio(vad=True))
    _converse(call, _BACK, _YES)


def _barge_in(call: Call) -> None:
    call.configure(audio=_audio(vad=True))
    call.open_microphone()
    call.wait(350)
    call.say(_LEEDS)
    call.hear(700)
    call.say(_THANKS)
    call.until("input_audio_buffer.speech_started")
    call.truncate()
    call.until("response.done")
    call.hear_out()


def _client_cancel(call: Call) -> None:
    call.write(_LEEDS)
    call.send("response.create")
    call.hear(800)
    call.send("response.cancel")
    call.truncate()
    call.until("conversation.item.truncated")
    call.write(_THANKS)
    call.send("response.create")
    call.hear_out()


def _tool_call(call: Call) -> None:
    call.configure(tools=[_BOOK_SEAT], tool_choice="auto")
    call.write(_FIRST)
    call.send("response.create")
    (asked,) = call.hear_out()["output"]
    call.wait(420)
    answer = {"type": "function_call_output", "call_id": asked["call_id"], "output": _BOOKED}
    call.send("conversation.item.create", item=answer)
    call.send("response.create")
    call.hear_out()


def _max_output_tokens(call: Call) -> None:
    call.write(_LEEDS)
    call.send("response.create", response={"max_output_tokens": 80})
    call.hear_out()


def _out_of_band(call: Call) -> None:
    said = call.write(_YES)
    call.send("response.create")
    question = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": _TOPIC.user}]}
    aside = {"conversation": "none", "metadata": {"purpose": "topic"}, "output_modalities": ["text"]}
    call.send("response.create", response=aside | {"input": [{"type": "item_reference", "id": said}, question]})
    call.until("response.done")
    call.hear_out()


def _error(call: Call) -> None:
    call.configure(output_modalities=["text"])
    call.send("input_audio_buffer.commit", event_id="event_commit_nothing")
    call.until("error")
    call.wait(250)
    call.send("response.cancel", event_id="event_cancel_nothing")
    call.until("error")
    call.wait(250)
    call.send_text('{"type": "response.create"')
    call.until("error")
    call.write(_FIRST)
    call.send("response.create")
    call.wait(60)
    call.send("response.create", event_id="event_create_twice")
    call.hear_out()
    call.wait(500)


def _refused_update(call: Call) -> None:
    beta = {"modalities": ["text"], "voice": "verse", "input_audio_format": "pcm16"}
    call.send("session.update", event_id="event_beta", session=beta)
    call.until("error")
    call.configure(audio={"output": {"voice": "cedar"}})
    call.write(_YES)
    call.send("response.create")
    call.hear_out()
    call.wait(300)
    voice = {"audio": {"output": {"voice": "marin"}}}
    call.send("session.update", event_id="event_voice", session={"type": "realtime", **voice})
    call.until("error")


def _g711(call: Call) -> None:
    call.configure(audio=_audio(vad=True, kind="audio/pcmu"))
    _converse(call, *DEFAULT.turns)


def _ask_twice(call: Call) -> None:
    call.configure(output_modalities=["text"])
    for turn in (_LEEDS, _YES):
        call.write(turn)
        call.send("response.create")
        call.hear_out()
    call.wait(400)


def _parallel_calls(call: Call) -> None:
    call.configure(tools=[_BOOK_SEAT, _SEND_TICKET], tool_choice="auto", parallel_tool_calls=True)
    call.write(_FIRST)
    call.send("response.create")
    asked = call.hear_out()["output"]
    for item in asked:
        call.wait(180)
        answer = {"type": "function_call_output", "call_id": item["call_id"], "output": _OUTPUTS[item["name"]]}
        call.send("conversation.item.create", item=answer)
    call.send("response.create")
    call.hear_out()


def _beta(call: Call) -> None:
    detection = {"type": "server_vad", "silence_duration_ms": 400}
    transcription = {"model": "whisper-1"}
    formats = {"input_audio_format": "pcm16", "output_audio_format": "pcm16"}
    call.configure(
        modalities=["text", "audio"],
        instructions="You work in a ticket office.",
        voice="verse",
        turn_detection=detection,
        input_audio_transcription=transcription,
        **formats,
    )
    _converse(call, _YES)


def _transcription_only(call: Call) -> None:
    call.configure(audio={"input": _audio(vad=True)["input"]})
    call.open_microphone()
    for turn in (_FIRST, _THANKS):
        call.wait(350)
        call.say(turn)
        call.until("conversation.item.input_audio_transcription.completed")


def _killed(call: Call) -> None:
    call.configure(audio=_audio(vad=True))
    call.open_microphone()
    call.wait(350)
    call.say(_LEEDS)
    call.hear(650)


@dataclass(frozen=True, slots=True)
class Story:
    """One sample recording."""

    name: str
    minute: int
    """Minutes past nine at which it begins."""
    tells: str
    """What happens in it; README.md says the same."""
    play: Callable[[Call], None]
    """The client's part."""
    script: Script = DEFAULT
    manner: Manner = MANNER
    """How the session is held."""
    killed: bool = False
    """The recorder is killed where the client's part ends."""


STORIES = (
    Story("text-turn", 0, "A written question, a written answer.", _text_turn),
    Story(
        "audio-turn",
        5,
        "Push to talk: the client speaks, commits the buffer itself and asks for the answer.",
        _audio_turn,
        _script(_FIRST),
    ),
    Story(
        "vad-conversation",
        10,
        "Two spoken turns; server VAD hears where each ends, and the microphone stays open.",
        _vad_conversation,
        _script(_BACK, _YES),
    ),
    Story(
        "barge-in",
        15,
        "The user talks into the answer: the server cancels it, the client truncates it to what was heard.",
        _barge_in,
        _script(_LEEDS, _THANKS),
    ),
    Story(
        "client-cancel",
        20,
        "The client cancels a spoken answer, truncates it, and asks something else.",
        _client_cancel,
    ),
    Story("tool-call", 25, "A function call, its output, and the answer that follows.", _tool_call, _script(_BOOKING)),
    Story("max-output-tokens", 30, "An answer that ends `incomplete` at `max_output_tokens`.", _max_output_tokens),
    Story(
        "out-of-band",
        35,
        "A written response outside the conversation runs while a spoken one inside it goes on.",
        _out_of_band,
        Script((_YES,), afterwards=(_TOPIC,)),
    ),
    Story(
        "error",
        40,
        "Four refused events (nothing to commit, nothing to cancel, broken JSON, a second response); the call goes on.",
        _error,
    ),
    Story(
        "refused-update",
        45,
        "A `session.update` in beta words is refused, one that changes the voice too late as well.",
        _refused_update,
    ),
    Story("g711", 50, "Three spoken turns over a telephone line: µ-law both ways, and a ping.", _g711),
    Story(
        "content-filter",
        51,
        "The content filter cuts a written answer off; the next question is answered.",
        _ask_twice,
        _cut(Reply(say="The next one leaves at", ending=Ending("incomplete", reason="content_filter"))),
    ),
    Story(
        "failed",
        52,
        "A response that fails at a rate limit, with its error; the next one completes.",
        _ask_twice,
        _cut(Reply(ending=Ending("failed", code="rate_limit_exceeded", message=_TOO_FAST))),
    ),
    Story(
        "parallel-calls",
        53,
        "Two function calls in one response, both outputs, and the answer that follows.",
        _parallel_calls,
        Script(rules=(Rule(When(), Reply(calls=_TWO_CALLS, then=_FIRST.reply)),)),
    ),
    Story(
        "beta",
        54,
        "A spoken turn in the beta shape: flat configuration, older event names.",
        _beta,
        _script(_YES),
        manner=Manner(shape="beta"),
    ),
    Story(
        "transcription-only",
        56,
        "A session that only writes down what it hears: two spoken turns, no response.",
        _transcription_only,
        _script(_FIRST, _THANKS),
        manner=Manner(transcribes=True),
    ),
    Story(
        "killed",
        55,
        "`kill -9` in the middle of an answer: no end, a last line cut off, WAV headers that lag behind.",
        _killed,
        _script(_LEEDS),
        killed=True,
    ),
)


def record(story: Story, folder: Path) -> Path:
    """Record a story into a folder of its name; return that."""
    call = Call(story.name, _NINE_S + story.minute * 60, story.script, story.manner)
    story.play(call)
    if not story.killed:
        call.hang_up()
    writer = RecordingWriter(folder / story.name)
    writer.write(call.encoder.take_batch())
    writer.close()
    if story.killed:
        _break_off(writer.folder)
    return writer.folder


def _break_off(folder: Path) -> None:
    """Leave the files as a killed recorder does: samples first, then lines, and headers when there is time."""
    events = folder / EVENTS
    os.truncate(events, events.stat().st_size - 40)
    for path in folder.glob("*.wav"):
        held = path.stat().st_size - header_size(AudioFormat())
        with path.open("r+b") as track:
            track.write(wav_header(AudioFormat(), held - _STALE_BYTES))


def main(folder: Path = FOLDER) -> None:
    """Record every story anew."""
    for story in STORIES:
        shutil.rmtree(folder / story.name, ignore_errors=True)
        made = record(story, folder)
        print(f"{sum(path.stat().st_size for path in made.iterdir()):>9,} bytes  {story.name}")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
