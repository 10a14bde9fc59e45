"""Tracks are WAV files that other programs read: finished, in the middle of a call, and past 4 GiB."""

import io
import json
import shutil
import subprocess
import wave
from pathlib import Path

import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from rtdebug.protocol.audio import AudioFormat
from rtdebug.recording.reader import RecordingReader
from rtdebug.recording.tracks import Track, header_size, wav_header

from .calls import append, event, ga_session, record, tone

FORMATS = [
    *(AudioFormat("pcm16", rate) for rate in (8000, 16000, 24000, 48000)),
    AudioFormat("pcmu", 8000),
    AudioFormat("pcma", 8000),
]
SUBTYPES = {"pcm16": "PCM_16", "pcmu": "ULAW", "pcma": "ALAW"}
CODECS = {"pcm16": "pcm_s16le", "pcmu": "pcm_mulaw", "pcma": "pcm_alaw"}


def needs(program: str) -> None:
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")


def output(*command: object) -> str:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "WARN" not in done.stderr, done.stderr
    return done.stdout


@pytest.fixture(params=FORMATS, ids=str)
def format_(request: pytest.FixtureRequest) -> AudioFormat:
    return request.param


@pytest.fixture
def track(format_: AudioFormat, tmp_path: Path) -> Path:
    """Make a track of 801 frames: an odd number."""
    kind = {"pcm16": "audio/pcm", "pcmu": "audio/pcmu", "pcma": "audio/pcma"}[format_.encoding]
    rate = format_.rate if format_.encoding == "pcm16" else None
    update = event("session.update", session=ga_session("input", kind, rate))
    audio = append(tone(801)[: 801 * format_.frame_bytes])
    return record(tmp_path / "rec", [("client", update), ("client", audio)]) / "client.wav"


def test_soundfile_reads_it(track: Path, format_: AudioFormat) -> None:
    info = soundfile.info(track)
    assert (info.samplerate, info.channels, info.frames) == (format_.rate, 1, 801)
    assert info.subtype == SUBTYPES[format_.encoding]


def test_the_standard_library_reads_pcm(track: Path, format_: AudioFormat) -> None:
    if format_.encoding != "pcm16":
        pytest.skip("the standard library reads PCM only")
    with wave.open(str(track)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (format_.rate, 1, 2)
        assert file.readframes(10_000) == tone(801)


def test_sox_reads_it(track: Path, format_: AudioFormat) -> None:
    needs("sox")
    assert output("sox", "--i", "-s", track).strip() == "801"
    assert output("sox", "--i", "-r", track).strip() == str(format_.rate)


def test_ffprobe_reads_it(track: Path, format_: AudioFormat) -> None:
    needs("ffprobe")
    shown = json.loads(output("ffprobe", "-v", "error", "-of", "json", "-show_streams", track))["streams"][0]
    assert (shown["codec_name"], shown["sample_rate"]) == (CODECS[format_.encoding], str(format_.rate))
    assert shown["duration_ts"] == 801


def test_g711_decodes_as_ffmpeg_decodes_it(track: Path, format_: AudioFormat) -> None:
    needs("ffmpeg")
    raw = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", str(track), "-f", "s16le", "-"], capture_output=True, timeout=60, check=True
    ).stdout
    assert len(raw) == 801 * 2
    assert raw == soundfile.read(track, dtype="int16")[0].tobytes()


@given(st.sampled_from(FORMATS), st.integers(0, 300))
def test_every_header_reads_back_and_has_one_size(format_: AudioFormat, frames: int) -> None:
    size = frames * format_.frame_bytes
    header = wav_header(format_, size)
    assert len(header) == header_size(format_)
    assert int.from_bytes(header[4:8], "little") == len(header) + size - 8
    with soundfile.SoundFile(io.BytesIO(header + bytes(size))) as file:
        assert (file.frames, file.samplerate) == (frames, format_.rate)


@pytest.mark.parametrize("format_", [FORMATS[2], FORMATS[4]], ids=str)
def test_past_4_gib_a_track_is_rf64_and_its_last_samples_are_found(format_: AudioFormat, tmp_path: Path) -> None:
    size = (5 << 30) + 6
    header = wav_header(format_, size)
    assert len(header) == header_size(format_)
    folder = record(tmp_path / "rec", [("client", append(b"aa"))])
    path = folder / "server.wav"
    with path.open("wb") as file:  # a hole, that takes no room on the disk
        file.write(header)
        file.seek(len(header) + size - 6)
        file.write(b"\x01\x02\x03\x04\x05\x06")
    assert soundfile.info(path).frames == size // format_.frame_bytes
    assert soundfile.info(path).format == "RF64"
    if shutil.which("ffprobe"):
        shown = json.loads(output("ffprobe", "-v", "error", "-of", "json", "-show_streams", path))["streams"][0]
        assert shown["duration_ts"] == size // format_.frame_bytes
    with RecordingReader(folder) as reader:
        assert reader.track_format("server.wav") == format_
        frames = 6 // format_.frame_bytes
        start = size // format_.frame_bytes - frames
        assert reader.samples("server.wav", start, frames) == b"\x01\x02\x03\x04\x05\x06"


@pytest.mark.parametrize("size", [0xFFFFFFFF - 400, 0xFFFFFFFF - 256, 0xFFFFFFFF, 1 << 32])
def test_at_the_edge_of_4_gib_no_number_runs_over(size: int) -> None:
    header = wav_header(FORMATS[2], size)
    small = int.from_bytes(header[4:8], "little")
    assert header[:4] == (b"RF64" if small == 0xFFFFFFFF else b"RIFF")
    if header[:4] == b"RIFF":
        assert small == len(header) + size - 8


def test_a_track_knows_where_what_waits_begins() -> None:
    track = Track("client.wav", FORMATS[0])
    assert (track.append(b"aabb", 2), track.append(b"cc", 1)) == (0, 2)
    assert (track.pending, track.pending_at, track.frames) == ([b"aabb", b"cc"], 0, 3)
    track.pending = None
    assert track.append(b"dd", 1) == 3
    assert track.pending_at == 3
