"""`rtdebug audio` and `play`: the sound of a call, read back with a library and handed to a program."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from rtdebug.opening import open_session

from .terminal import rtdebug

SAMPLE = Path(__file__).parents[2] / "recordings" / "audio-turn"


def test_the_mix_has_the_user_left_and_the_assistant_right(tmp_path: Path) -> None:
    done = rtdebug("audio", SAMPLE, "-o", tmp_path / "mix.wav")
    assert done.status == 0, done.talk
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
    assert done.status == 0, done.talk
    samples, _ = soundfile.read(tmp_path / "item.wav", dtype="int16")
    assert item.audio is not None
    assert len(samples) == sum(stretch.frames for stretch in item.audio.stretches)


def test_a_part_is_as_long_as_it_was_asked_for(tmp_path: Path) -> None:
    assert rtdebug("audio", SAMPLE, "--from", "0.5", "--to", "0:01.25", "-o", tmp_path / "a.wav").status == 0
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
    assert done.status == 2
    assert told in done.talk
    assert not (tmp_path / "a.wav").exists()


def test_nothing_is_written_over_unasked(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"mine")
    assert rtdebug("audio", SAMPLE, "-o", tmp_path / "a.wav").status == 2
    assert (tmp_path / "a.wav").read_bytes() == b"mine"
    assert rtdebug("audio", SAMPLE, "-o", tmp_path / "a.wav", "--force").status == 0


def player(folder: Path, script: str) -> str:
    path = folder / "player"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o700)
    return str(path)


def test_play_hands_a_file_to_the_player(tmp_path: Path) -> None:
    heard = tmp_path / "heard.wav"
    done = rtdebug("play", SAMPLE, "--to", "1", RTDEBUG_PLAYER=player(tmp_path, f'cp "$1" {heard}'))
    assert done.status == 0, done.talk
    assert soundfile.info(heard).frames == 24000


def test_a_player_that_fails_is_named(tmp_path: Path) -> None:
    done = rtdebug("play", SAMPLE, RTDEBUG_PLAYER=player(tmp_path, "echo no sound card >&2; exit 3"))
    assert done.status == 2
    assert "no sound card" in done.talk


def test_a_machine_without_a_player_is_told_what_to_do(tmp_path: Path) -> None:
    done = rtdebug("play", SAMPLE, PATH=str(tmp_path))
    assert done.status == 2
    assert "rtdebug audio" in done.talk


@pytest.mark.parametrize("which", [[], ["--item"]], ids=["mix", "item"])
def test_what_cannot_be_written_is_said_and_leaves_nothing(which: list[str], tmp_path: Path) -> None:
    item = next(item.id for item in open_session(SAMPLE).session.items.values() if item.audio)
    words = [*which, item] if which else []
    for target in (tmp_path / "missing" / "a.wav", Path("/proc/a.wav"), Path("/dev/full")):
        done = rtdebug("audio", SAMPLE, *words, "--force", "-o", target)
        assert done.status == 3
        assert f"rtdebug: cannot write {target}: " in done.talk
        assert done.talk.endswith("; nothing was changed\n")
        assert done.talk.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_a_disk_that_is_full_leaves_the_old_file_as_it_was(tmp_path: Path) -> None:
    target = tmp_path / "a.wav"
    target.write_bytes(b"mine")
    # -B: bytecode that Python cached under the limit would be cut off as well.
    command = [sys.executable, "-B", "-m", "rtdebug", "audio", str(SAMPLE), "--force", "-o", str(target)]
    limit = "import os, resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (9999, 9999))"
    limited = [sys.executable, "-c", f"{limit}; os.execv(sys.argv[1], sys.argv[1:])", *command]
    done = subprocess.run(limited, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 3
    assert done.stderr == f"rtdebug: cannot write {target}: File too large; nothing was changed\n"
    assert [path.name for path in tmp_path.iterdir()] == ["a.wav"]
    assert target.read_bytes() == b"mine"


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "there.wav").write_bytes(b"old")
    (tmp_path / "a.wav").symlink_to("there.wav")
    assert rtdebug("audio", SAMPLE, "--force", "-o", tmp_path / "a.wav").status == 0
    assert (tmp_path / "a.wav").is_symlink()
    assert soundfile.info(tmp_path / "there.wav").frames > 0
