"""Record modes: whether a test plays a recording or makes one. Pure."""

from typing import Final, Literal

Mode = Literal["none", "once", "all"]
MODES: Final[tuple[Mode, ...]] = ("none", "once", "all")

_OF_PYTEST_RECORDING: Final[dict[str, Mode]] = {
    "none": "none",
    "once": "once",
    "new_episodes": "once",
    "all": "all",
    "rewrite": "all",
}


def mode_of(own: str | None, of_pytest_recording: str | None) -> Mode:
    """Choose the mode: our own option, else that of pytest-recording, else none."""
    for mode in MODES:
        if own == mode:
            return mode
    return _OF_PYTEST_RECORDING.get(of_pytest_recording or "", "none")
