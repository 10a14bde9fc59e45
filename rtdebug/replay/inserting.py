"""Silence put into the microphone's audio of a script. Pure."""

from dataclasses import replace
from typing import Final

from rtdebug.errors import UsageError
from rtdebug.protocol.audio import AudioFormat, AudioFormats
from rtdebug.protocol.progress import heard_later
from rtdebug.replay.edits import Silence
from rtdebug.replay.microphone import silence
from rtdebug.replay.steps import Command, Piece, Say, Script, Speech, Step

_CHUNK_MS: Final = 20


def with_silence(script: Script, inserted: Silence) -> Script:
    """Put silence before the first audio that was sent at its time or later, and put off all that follows.

    Raises UsageError where there is none.
    """
    speech, place, format_ = _find(script, inserted)
    extra_ns = int(inserted.ms * 1e6)
    begin_ns = speech.pieces[place].at_ns
    like, quiet, left = speech.pieces[place], list[Piece](), inserted.ms
    while left > 0:
        ms = min(_CHUNK_MS, left)
        at_ns = begin_ns + int((inserted.ms - left) * 1e6)
        quiet.append(Piece(at_ns, silence(like, format_, ms), None, ms))
        left -= ms
    late = [replace(piece, at_ns=piece.at_ns + extra_ns) for piece in speech.pieces[place:]]
    pieces = (*speech.pieces[:place], *quiet, *late)
    steps: list[Step] = []
    is_behind = False
    before_ms = speech.until_ms - sum(piece.ms for piece in speech.pieces[place:])
    for step in script.steps:
        if step is speech:
            is_behind = True
            steps.append(replace(step, pieces=pieces, until_ms=speech.until_ms + inserted.ms))
        else:
            steps.append(_later(step, before_ms, inserted.ms) if is_behind else step)
    return replace(script, steps=tuple(steps))


def _later(step: Step, from_ms: float, ms: float) -> Step:
    extra_ns = int(ms * 1e6)
    moved = replace(step, at_ns=step.at_ns + extra_ns)
    if isinstance(moved, Speech):
        pieces = tuple(replace(piece, at_ns=piece.at_ns + extra_ns) for piece in moved.pieces)
        return replace(moved, pieces=pieces, until_ms=moved.until_ms + ms)
    if isinstance(moved, Say):
        return replace(
            moved, event=heard_later(moved.event, from_ms, ms), heard_ms=moved.heard_ms and moved.heard_ms + ms
        )
    return moved


def _find(script: Script, inserted: Silence) -> tuple[Speech, int, AudioFormat]:
    formats = AudioFormats()
    for step in script.steps:
        if isinstance(step, Speech):
            for place, piece in enumerate(step.pieces):
                if piece.at_ns >= inserted.at_ns:
                    return step, place, formats.client
        elif isinstance(step, Command | Say) and not (isinstance(step, Say) and step.place):
            formats.observe("client" if isinstance(step, Command) else "server", dict(step.event.data))
    option = f"--silence {inserted.ms:g}ms@{inserted.at_ns / 1e9:g}s"
    raise UsageError(f"{option}: {script.name} has no microphone audio then or later")
