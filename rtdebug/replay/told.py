"""Verdicts as JSON values, for programs."""

from collections.abc import Mapping, Sequence

from rtdebug.replay.mismatch import Mismatch, named
from rtdebug.replay.steps import Command, Ending, Say, Step
from rtdebug.replay.verdict import Verdict, Verdicts

Json = Mapping[str, object]


def told(verdicts: Verdicts) -> Json:
    """Return all verdicts of a server."""
    connections = [connection(one) for one in verdicts.connections]
    return {"clean": verdicts.clean, "connections": connections, "unplayed": [one.name for one in verdicts.unplayed]}


def connection(verdict: Verdict) -> Json:
    """Return the verdict on one connection."""
    return {
        "recording": verdict.recording,
        "clean": verdict.clean,
        "steps": verdict.steps,
        "done": verdict.done,
        "ending": verdict.ending,
        "mismatches": [_mismatch(one) for one in verdict.mismatches],
        "left": [_step(one) for one in verdict.left],
        "notes": verdict.notes,
        "sent": {"events": len(verdict.sent), "audio_ms": round(verdict.speech_ms, 1)},
        "folder": str(verdict.folder) if verdict.folder else None,
    }


def steps_of(steps: Sequence[Step]) -> list[Json]:
    """Return the steps of a script."""
    return [_step(one) for one in steps]


def _mismatch(mismatch: Mismatch) -> Json:
    differing = [{"path": one.path, "recorded": one.recorded, "sent": one.sent} for one in mismatch.differences]
    return {
        "kind": mismatch.kind,
        "what": mismatch.what,
        "step": mismatch.step or None,
        "line": mismatch.line or None,
        "differences": differing,
        "nearest": mismatch.nearest,
    }


def _step(step: Step) -> Json:
    sender = "client" if not isinstance(step, Say | Ending) else "server"
    return {"step": step.number, "line": step.seq, "from": sender, "what": described(step)}


def described(step: Step) -> str:
    """Say what a step is, in a few words."""
    if isinstance(step, Command | Say):
        return named(step.event)
    if isinstance(step, Ending):
        return f"closes {step.code}" if step.code else "breaks off"
    return "microphone audio"
