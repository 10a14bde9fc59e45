"""Edits: read from options, put into scripts of both shapes, refused where they change nothing."""

from base64 import b64decode
from typing import Any

import numpy as np
import orjson
import pytest

from rtdebug.errors import UsageError
from rtdebug.protocol.audio import AudioFormat
from rtdebug.replay.editing import edited
from rtdebug.replay.edits import Edits, Gain, Setting, Silence, parse_edits
from rtdebug.replay.load import load
from rtdebug.replay.microphone import louder, silence
from rtdebug.replay.steps import Piece, Script, Speech

from .actor import RECORDINGS, SAMPLES
from .telling import Told

TURNS = "session.audio.input.turn_detection"


def script(name: str) -> Script:
    recorded = load(RECORDINGS / name)
    recorded.close()
    return recorded.script


def updates(changed: Script) -> list[dict[str, Any]]:
    found = [orjson.loads(one.text) for one in changed.commands if one.event.type == "session.update"]
    return [one["session"] for one in found]


def edit(name: str, **options: str | tuple[str, ...]) -> tuple[Script, tuple[str, ...]]:
    given = {option: (value,) if isinstance(value, str) else value for option, value in options.items()}
    changed = edited(script(name), parse_edits(given))
    return changed.script, changed.notes


@pytest.mark.parametrize(
    ("option", "text", "edit"),
    [
        ("voice", "cedar", Setting("--voice cedar", "session.audio.output.voice", "cedar")),
        ("instructions", "Be brief.", Setting("--instructions", "session.instructions", "Be brief.")),
        ("vad", "none", Setting("--vad none", TURNS, None)),
        ("vad", "semantic_vad", Setting("--vad semantic_vad", TURNS, {"type": "semantic_vad"})),
        (
            "vad",
            "server_vad,threshold=0.3",
            Setting("--vad server_vad,threshold=0.3", TURNS, {"type": "server_vad", "threshold": 0.3}),
        ),
        ("vad", "threshold=0.3", Setting("--vad threshold=0.3", TURNS, {"threshold": 0.3}, joins=True)),
        (
            "set",
            "session.audio.output.speed=1.2",
            Setting("--set session.audio.output.speed", *("session.audio.output.speed", 1.2)),
        ),
        ("set", "session.tool_choice=none", Setting("--set session.tool_choice", "session.tool_choice", "none")),
        ("set", 'session.include=["a"]', Setting("--set session.include", "session.include", ["a"])),
        ("silence", "800ms@3.2s", Silence(3_200_000_000, 800)),
        ("silence", "1.5s@250ms", Silence(250_000_000, 1500)),
        ("silence", "20ms@3", Silence(3_000_000_000, 20)),
        ("gain", "-12", Gain(-12)),
        ("gain", "+6dB", Gain(6)),
    ],
)
def test_an_option_is_read(option: str, text: str, edit: Setting | Silence | Gain) -> None:
    found = parse_edits({option: (text,)})
    assert found == Edits(
        settings=(edit,) if isinstance(edit, Setting) else (),
        silences=(edit,) if isinstance(edit, Silence) else (),
        gain_db=edit.db if isinstance(edit, Gain) else 0.0,
    )


@pytest.mark.parametrize(
    ("option", "text", "words"),
    [
        ("vad", "server_vad,loudness=3", "--vad server_vad,loudness=3: expected none, server_vad"),
        ("vad", "server_vad,threshold", "expected none, server_vad"),
        ("vad", "", "expected none, server_vad"),
        ("vad", "threshold", "expected none, server_vad"),
        ("vad", "threshold=", "expected none, server_vad"),
        ("vad", "none,threshold=0.3", "expected none, server_vad"),
        ("voice", "", "expected a voice"),
        ("set", "session.voice", "--set session.voice: expected session.PATH=VALUE"),
        ("set", "audio.voice=marin", "expected session.PATH=VALUE or response.PATH=VALUE"),
        ("set", "session=3", "expected session.PATH=VALUE"),
        ("silence", "800", "--silence 800: expected how much and when, such as 800ms@3.2s"),
        ("silence", "0ms@1s", "up to 10 minutes"),
        ("silence", "11000s@1s", "up to 10 minutes"),
        ("gain", "loud", "--gain loud: expected decibels between -60 and 60"),
        ("gain", "nan", "expected decibels"),
        ("gain", "61", "expected decibels"),
    ],
)
def test_what_is_no_edit_is_refused(option: str, text: str, words: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_edits({option: (text,)})
    assert words in str(refused.value)


@pytest.mark.parametrize("name", SAMPLES)
def test_without_edits_a_script_stays_as_it_is(name: str) -> None:
    before = script(name)
    assert edited(before, Edits()).script is before


def test_a_setting_takes_the_place_of_the_recorded_one() -> None:
    changed, notes = edit("vad-conversation", voice="cedar")
    (session,) = updates(changed)
    assert session["audio"]["output"]["voice"] == "cedar"
    assert notes == ()
    (before,) = updates(script("vad-conversation"))
    before["audio"]["output"]["voice"] = "cedar"
    assert session == before
    assert changed.commands[0].event.data["session"] == session


def test_a_setting_that_the_client_never_made_goes_into_its_first_update() -> None:
    (session,) = updates(edit("tool-call", instructions="Be brief.")[0])
    assert (session["instructions"], session["tool_choice"]) == ("Be brief.", "auto")


def test_a_client_that_never_changed_its_session_does_so_now() -> None:
    changed, _ = edit("client-cancel", voice="cedar")
    assert updates(changed) == [{"type": "realtime", "audio": {"output": {"voice": "cedar"}}}]
    assert [type(step).__name__ for step in changed.steps[:4]] == ["Say", "Command", "Say", "Command"]
    assert len({step.number for step in changed.steps}) == len(changed.steps)


def test_beta_is_told_in_its_own_words() -> None:
    (session,) = updates(edit("beta", voice="alloy", vad="silence_duration_ms=900")[0])
    assert session["voice"] == "alloy"
    assert session["turn_detection"] == {"type": "server_vad", "silence_duration_ms": 900}
    assert "audio" not in session


def test_every_update_that_has_the_setting_is_changed() -> None:
    changed, _ = edit("refused-update", voice="ash")
    voices = [one.get("voice") or one.get("audio", {}).get("output", {}).get("voice") for one in updates(changed)]
    assert voices == ["verse", "ash", "ash"]


def test_what_has_no_effect_is_said() -> None:
    assert edit("vad-conversation", voice="marin")[1] == ("--voice marin: it is so in the recording already",)
    assert "nobody ends a turn then" in edit("vad-conversation", vad="none")[1][0]
    assert edit("audio-turn", vad="none")[1] == ("--vad none: it is so in the recording already",)
    assert "never found a turn by itself" in edit("text-turn", vad="server_vad")[1][0]
    call = Told().server("session.created", session={}).client("response.create", response={"instructions": "Sing."})
    changed = edited(call.script(), parse_edits({"instructions": ("Be brief.",)}))
    assert changed.notes == (
        "--instructions: response.create of step 2 has its own; --set response.instructions=… changes that",
    )


def test_responses_have_settings_of_their_own() -> None:
    changed, _ = edit("max-output-tokens", set="response.max_output_tokens=20")
    asked = [orjson.loads(one.text) for one in changed.commands if one.event.type == "response.create"]
    assert asked[0]["response"] == {"max_output_tokens": 20}


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("text-turn", {"set": "session.instruction=x"}, "Did you mean session.instructions"),
        ("text-turn", {"set": "session.qqq=x"}, "--set session.qqq: no session of text-turn has such a setting"),
        ("text-turn", {"gain": "3"}, "--gain 3: text-turn has no microphone audio"),
        ("text-turn", {"silence": "20ms@0"}, "--silence 20ms@0s: text-turn has no microphone audio then or later"),
        ("audio-turn", {"silence": "20ms@90s"}, "no microphone audio then or later"),
        ("transcription-only", {"set": "response.instructions=x"}, "has no response.create"),
    ],
)
def test_what_cannot_be_done_is_refused(name: str, options: dict[str, str], words: str) -> None:
    with pytest.raises(UsageError) as refused:
        edit(name, **options)
    assert words in str(refused.value)


def test_silence_puts_off_all_that_follows() -> None:
    before = script("vad-conversation")
    changed, _ = edit("vad-conversation", silence="500ms@2s")
    assert changed.speech_ms == before.speech_ms + 500
    assert len(changed.steps) == len(before.steps)
    pieces = [piece for step in changed.steps if isinstance(step, Speech) for piece in step.pieces]
    times = [piece.at_ns for piece in pieces]
    assert times == sorted(times)
    made = [piece for piece in pieces if piece.place is None]
    assert (len(made), sum(piece.ms for piece in made)) == (25, 500)
    assert made[0].at_ns >= 2_000_000_000
    for one, other in zip(before.steps, changed.steps, strict=True):
        assert other.at_ns - one.at_ns in (0, 500_000_000)
    for one in made:
        said = orjson.loads(one.text)
        assert said["type"] == "input_audio_buffer.append"
        assert b64decode(said["audio"]) == bytes(960)


@pytest.mark.parametrize(("encoding", "rate", "quiet"), [("pcmu", 8000, b"\xff" * 160), ("pcma", 8000, b"\xd5" * 160)])
def test_silence_is_in_the_format_of_the_call(encoding: Any, rate: int, quiet: bytes) -> None:
    like = Piece(0, b'{"type":"input_audio_buffer.append","audio":"AAAA"}', None, 20)
    said = orjson.loads(silence(like, AudioFormat(encoding, rate), 20))
    assert b64decode(said["audio"]) == quiet
    assert silence(Piece(0, b'{"type":"input_audio_buffer.append"}', None, 0), AudioFormat(), 20) == b""


def test_gain_scales_and_clips() -> None:
    samples = np.array([0, 100, -100, 30000, -30000], dtype="<i2").tobytes()
    found = np.frombuffer(louder(samples, AudioFormat(), 20), dtype="<i2").tolist()
    assert found == [0, 1000, -1000, 32767, -32768]
    assert louder(samples + b"\x01", AudioFormat(), -6)[-1:] == b"\x01"
    assert louder(samples, AudioFormat(), 0.0) is samples
    assert louder(b"", AudioFormat(), 6.0) == b""


@pytest.mark.parametrize("encoding", ["pcmu", "pcma"])
def test_gain_knows_the_telephone(encoding: Any) -> None:
    from rtdebug.simulator import audio

    write, read = {"pcmu": (audio.ulaw_encode, audio.ulaw_decode), "pcma": (audio.alaw_encode, audio.alaw_decode)}[
        encoding
    ]
    tone = (8000 * np.sin(np.arange(800) / 9)).astype(np.int16)
    soft = read(louder(write(tone), AudioFormat(encoding, 8000), -6.0206))
    assert np.abs(soft.astype(int) - tone // 2).max() < 250
