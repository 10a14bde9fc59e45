"""Speak the built-in script into FLAC files: `python rtdebug/simulator/voices/make.py`.

Needs espeak-ng and sox on the PATH; the files it writes are committed, so only a change of script or of
voice calls for a run.
"""

import subprocess
from pathlib import Path

from rtdebug.simulator.script import DEFAULT
from rtdebug.simulator.voice import SHIPPED, Speaker, espeak_command, shipped_path


def main() -> None:
    """Write every sentence afresh, and take away those that are no longer said."""
    for stale in SHIPPED.glob("*.flac"):
        stale.unlink()
    turns = (*DEFAULT.turns, *DEFAULT.afterwards)
    for turn in turns:
        _speak(turn.user, "user")
    for reply in DEFAULT.replies():
        _speak(reply, "assistant")


def _speak(text: str, speaker: Speaker) -> None:
    spoken = subprocess.run(espeak_command(text, speaker), capture_output=True, check=True).stdout
    _resample(spoken, shipped_path(text, speaker))


def _resample(wav: bytes, path: Path) -> None:
    # No dither: its noise is different on each run and costs a third of the size. The silence at both ends
    # is cut, since the caller pauses by itself.
    trim = ["silence", "1", "0.01", "0.3%", "reverse", "silence", "1", "0.01", "0.3%", "reverse"]
    command = ["sox", "-D", "-G", "-t", "wav", "-", "-C", "8", "-b", "16", str(path), *trim]
    subprocess.run([*command, "rate", "-v", "24000", "pad", "0.03", "0.08"], input=wav, check=True)


if __name__ == "__main__":
    main()
