"""`rtdebug audio` and `play`: the sound of a call, read back with a library and handed to a program."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from rtdebug.opening import open_session

SAMPLE = Path(__file__).parents[2] / "recordings" / "audio-turn"


def rtdebug(*words: str | Path, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "rtdebug", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, env={**os.environ, **env}, timeout=60, check=False)


def test_the_mix_has_the_user_left_and_the_assistant_right(tmp_path: Path) -> None:
    done = rtdebug("audio", SAMPLE, "-o", tmp_path / "mix.wav")
    assert done.returncode == 0, done.stderr
    samples, rate = soundfile.read(tmp_path / "mix.wav", dtype="int16")
    session = open_session(SAMPLE).session
    assert rate == 24000
    assert samples.shape[1] == 2
    made = sum(item.audio.stretches[0].frames for item in session.items.values() if item.audio)
    wire, _ = soundfile.read(SAMPLE / "server.wav", dtype="int16")
    heard = np.trim_zeros(samples[:, 1])
    assert 0 < len(heard) <= made
    assert np.array_equal(heard, np.trim_zeros(wire)[: len(heard)])
    assert samples[:, 0].any()


def test_an_item_is_cut_out_whole(tmp_path: Path) -> None:
    session = open_session(SAMPLE).session
    item = next(item for item in session.items.values() if item.audio)
    done = rtdebug("audio", SAMPLE, "--item", item.id[-6:], "-o", tmp_path / "item.wav")
    assert done.returncode == 0, done.stderr
    samples, _ = soundfile.read(tmp_path / "item.wav", dtype="int16")
    assert item.audio is not None
    assert len(samples) == sum(stretch.frames for stretch in item.audio.stretches)


def test_a_part_is_as_long_as_it_was_asked_for(tmp_path: Path) -> None:
    assert rtdebug("audio", SAMPLE, "--from", "0.5", "--to", "0:01.25", "-o", tmp_path / "a.wav").returncode == 0
    assert soundfile.info(tmp_path / "a.wav").frames == 0.75 * 24000


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--from", "x"], "expected seconds"),
        (["--from", "9:00"], "nothing is heard"),
        (["--item", "item_nobody"], "no item of that id"),
        (["--item", "i", "--from", "1"], "do not go together"),
    ],
)
def test_what_cannot_be_is_said(words: list[str], told: str, tmp_path: Path) -> None:
    done = rtdebug("audio", SAMPLE, *words, "-o", tmp_path / "a.wav")
    assert done.returncode == 2
    assert told in done.stderr
    assert not (tmp_path / "a.wav").exists()


def test_nothing_is_written_over_unasked(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"mine")
    assert rtdebug("audio", SAMPLE, "-o", tmp_path / "a.wav").returncode == 2
    assert (tmp_path / "a.wav").read_bytes() == b"mine"
    assert rtdebug("audio", SAMPLE, "-o", tmp_path / "a.wav", "--force").returncode == 0


def player(folder: Path, script: str) -> str:
    path = folder / "player"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o700)
    return str(path)


def test_play_hands_a_file_to_the_player(tmp_path: Path) -> None:
    heard = tmp_path / "heard.wav"
    done = rtdebug("play", SAMPLE, "--to", "1", RTDEBUG_PLAYER=player(tmp_path, f'cp "$1" {heard}'))
    assert done.returncode == 0, done.stderr
    assert soundfile.info(heard).frames == 24000


def test_a_player_that_fails_is_named(tmp_path: Path) -> None:
    done = rtdebug("play", SAMPLE, RTDEBUG_PLAYER=player(tmp_path, "echo no sound card >&2; exit 3"))
    assert done.returncode == 2
    assert "no sound card" in done.stderr


def test_a_machine_without_a_player_is_told_what_to_do(tmp_path: Path) -> None:
    done = rtdebug("play", SAMPLE, PATH=str(tmp_path))
    assert done.returncode == 2
    assert "rtdebug audio" in done.stderr
