"""Scenes for tests of the timeline: out of recordings, or of sessions that are told."""

from pathlib import Path

import numpy as np

from rtdebug.session.model import Session
from rtdebug.tui.call.call import Call
from rtdebug.tui.call.peaks import Track
from rtdebug.tui.call.waves import Waves
from rtdebug.tui.cells import text_of
from rtdebug.tui.timeline.draw import Scene, draw
from rtdebug.tui.timeline.lanes import lanes_of
from rtdebug.tui.timeline.points import Finding
from rtdebug.tui.timeline.view import View, whole

SAMPLES = Path(__file__).parents[3] / "recordings"
MS, S = 1_000_000, 1_000_000_000


def scene_of(path: Path, *findings: Finding) -> tuple[Scene, int]:
    """Read a recording; return what is drawn of it, and how long it is."""
    call = Call(path)
    while not call.caught_up:
        call.step(10**12)
    waves = Waves(call)
    while waves.step(10**12):
        pass
    call.close()
    journal = call.journal
    lanes = lanes_of(
        call.session, lambda seq: journal.at_ns(journal.index_of(seq)), waves.places, findings, live=call.live
    )
    scene = Scene(lanes, waves.user, waves.assistant, waves.unheard, waves.has_clock)
    return scene, max(lanes.end_ns, waves.end_ns)


def scene_of_session(session: Session, *findings: Finding, sound: bool = False) -> Scene:
    """Return what is drawn of a session without a recording; with `sound` both sides talk all the time."""
    tracks = [Track() for _ in range(3)]
    for track in tracks[: 2 * sound]:
        track.lay(0, np.full(1000, 128, np.uint8))
    return Scene(lanes_of(session, lambda seq: seq * MS, {}, findings), *tracks)


def drawn(scene: Scene, end_ns: int | View, width: int = 100, height: int = 14) -> list[str]:
    """Draw a scene as plain text."""
    view = end_ns if isinstance(end_ns, View) else whole(end_ns)
    return [text_of(line).rstrip() for line in draw(scene, view, width, height).lines()]


def row(lines: list[str], name: str) -> str:
    """Return the row with this name, without it."""
    return next(line[12:] for line in lines if line[:12].strip(" ◉◈▣ƒ⚑") == name)
