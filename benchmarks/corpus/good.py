"""Good calls: the simulator at one end, a client that does as it should at the other, in many variants."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Final

import numpy as np

from benchmarks.corpus.take import Json, Take, read
from recordings.call import Call
from recordings.make import STORIES
from rtdebug.recording.writer import RecordingWriter
from rtdebug.simulator.audio import FORMATS
from rtdebug.simulator.options import MANNER, Flavour, Manner
from rtdebug.simulator.script import DEFAULT, Script, Turn

LEEDS, FIRST, THANKS = (replace(turn, call=None) for turn in DEFAULT.turns)
HELP, BACK, YES = DEFAULT.afterwards
TURNS = (LEEDS, FIRST, THANKS, HELP, BACK, YES)
_UPSTREAMS: Final[dict[Flavour, str]] = {
    "openai": "wss://api.openai.com",
    "azure": "wss://voice.openai.azure.com",
    "xai": "wss://api.x.ai",
}
Part = Callable[[Call], None]


class Tape(Call):
    """A call whose room, microphone and pieces differ from one variant to the next."""

    def __init__(self, name: str, script: Script, manner: Manner, random: Random) -> None:
        self.level = random.choice((1, 4, 12, 40))
        """Of the room's noise."""
        self.gain = random.choice((0.4, 0.7, 0.95))
        super().__init__(name, 1_795_165_200, script, manner)

    def _chunk(self) -> bytes:
        chunk = super()._chunk()
        if self._format is not FORMATS["audio/pcm"]:
            return chunk
        samples = np.frombuffer(chunk, "<i2") * self.gain
        room = np.random.default_rng(self._random.getrandbits(32)).normal(0, self.level, len(samples))
        return np.round(samples + room).astype("<i2").tobytes()


def audio(*, kind: str = "audio/pcm", silence_ms: int = 400, **detection: object) -> Json:
    """Write the `audio` of a session with server VAD."""
    format_: Json = {"type": kind} | ({"rate": 24000} if kind == "audio/pcm" else {})
    vad = {"type": "server_vad", "silence_duration_ms": silence_ms, **detection}
    heard = {"format": format_, "transcription": {"model": "gpt-4o-mini-transcribe"}, "turn_detection": vad}
    return {"input": heard, "output": {"format": format_, "voice": "marin"}}


def listen(call: Call, **settings: object) -> None:
    """Configure a spoken call, in the shape of its dialect, and open the microphone."""
    if call._manner.shape == "beta":
        vad = {"type": "server_vad", "silence_duration_ms": 400}
        call.configure(turn_detection=vad, input_audio_transcription={"model": "whisper-1"}, voice="verse")
    else:
        call.configure(audio=audio(**settings))  # type: ignore[arg-type]
    call.open_microphone()
    call.wait(350)


def talk(call: Call, *turns: Turn) -> None:
    """Speak each turn, and hear its answer to the end."""
    for turn in turns:
        call.say(turn)
        call.hear_out()
        call.wait(400)


def spoken(*turns: Turn, **settings: object) -> Part:
    """Have a spoken conversation."""

    def play(call: Call) -> None:
        listen(call, **settings)
        talk(call, *turns)

    return play


def written(*turns: Turn, spoken_answers: bool = True) -> Part:
    """Have a written conversation; the answers are spoken, where nothing else is said."""

    def play(call: Call) -> None:
        if not spoken_answers:
            call.configure(output_modalities=["text"])
        for turn in turns:
            ask(call, turn)

    return play


def ask(call: Call, turn: Turn) -> None:
    """Write something, and hear the answer to the end."""
    call.write(turn)
    call.send("response.create")
    call.hear_out()


TICKETS: Final = Script(TURNS, afterwards=())


@dataclass(frozen=True, slots=True)
class Good:
    """A kind of call in which nothing goes wrong."""

    name: str
    play: Part
    script: Script = TICKETS
    manner: Manner = MANNER


def _of(name: str) -> Good:
    story = next(story for story in STORIES if story.name == name)
    return Good(name, story.play, story.script, story.manner)


def _flavour(name: str, flavour: Flavour) -> Good:
    return Good(f"{name}-{flavour}", spoken(LEEDS, FIRST), manner=Manner(flavour=flavour))


GOOD: Final = (
    *map(_of, ("text-turn", "audio-turn", "vad-conversation", "barge-in", "client-cancel", "tool-call", "out-of-band")),
    *map(_of, ("g711", "parallel-calls", "beta", "transcription-only")),
    Good("spoken", spoken(LEEDS, FIRST, THANKS)),
    Good("long", spoken(*TURNS)),
    Good("telephone", spoken(LEEDS, FIRST, BACK, YES, kind="audio/pcmu")),
    Good("spoken-beta", spoken(LEEDS, FIRST), manner=Manner(shape="beta")),
    Good("written", written(LEEDS, FIRST, THANKS)),
    Good("read", written(LEEDS, FIRST, BACK, spoken_answers=False)),
    _flavour("spoken", "azure"),
    _flavour("spoken", "xai"),
)
KINDS: Final = {good.name: good for good in GOOD}


def make(good: Good, seed: int, folder: Path, fault: Callable[[Call, Random], None] | None = None) -> Take:
    """Hold a call, with what goes wrong at its end where something is to; another seed makes another call."""
    random = Random(f"{good.name} {seed}")
    call = Tape(f"{good.name} {seed}", good.script, good.manner, random)
    good.play(call)
    if fault is not None:
        fault(call, random)
    call.hang_up()
    writer = RecordingWriter(folder)
    writer.write(call.encoder.take_batch())
    writer.close()
    take = read(writer.folder, random)
    take.header = replace(take.header, upstream=_UPSTREAMS[good.manner.flavour])
    return take
