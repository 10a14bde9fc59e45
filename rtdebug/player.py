"""Playing sound: the first player of this machine that takes a WAV file."""

import shutil
import subprocess
from pathlib import Path
from typing import Final

from rtdebug.errors import UsageError

PLAYERS: Final[tuple[tuple[str, ...], ...]] = (
    ("pw-play",),
    ("paplay",),
    ("afplay",),
    ("aplay", "-q"),
    ("ffplay", "-nodisp", "-autoexit", "-loglevel", "error"),
    ("play", "-q"),
)
"""Programs that play a WAV file and return when it has been heard, most fitting first."""


def find_player(named: str = "") -> list[str]:
    """Return the command that plays a file, the file's name to be added; raise UsageError where there is none."""
    if named:
        if shutil.which(named) is None:
            raise UsageError(f"--player {named}: there is no such program")
        return next((list(command) for command in PLAYERS if command[0] == named), [named])
    for command in PLAYERS:
        if shutil.which(command[0]):
            return list(command)
    names = ", ".join(command[0] for command in PLAYERS)
    raise UsageError(f"no program to play sound with ({names}); `rtdebug audio REC -o mix.wav` writes a file instead")


def play(file: Path, command: list[str]) -> None:
    """Play a WAV file and wait until it ends; raise UsageError where the player fails."""
    done = subprocess.run([*command, str(file)], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    if done.returncode:
        words = done.stderr.decode(errors="replace").strip().splitlines()
        raise UsageError(
            f"{command[0]} could not play it" + (f": {words[-1]}" if words else f" (exit status {done.returncode})")
        )
