"""A script with its edits: settings where they stand in the client's events, silence in its audio. Pure."""

import difflib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from rtdebug.errors import UsageError
from rtdebug.protocol.answers import asks_for_answer, bare_answer, is_commit
from rtdebug.protocol.event import Event, EventReader
from rtdebug.protocol.progress import begins_speech_ms
from rtdebug.protocol.reading import loads
from rtdebug.protocol.settings import SETTINGS, as_told, at_path, is_about, known_paths, paths_in, put, update
from rtdebug.recording.format import Entry
from rtdebug.replay.edits import Edits, Setting
from rtdebug.replay.inserting import with_silence
from rtdebug.replay.steps import Command, Say, Script, Step
from rtdebug.wire.messages import Sender


@dataclass(frozen=True, slots=True)
class Edited:
    """A script with its edits."""

    script: Script
    notes: tuple[str, ...]
    """What of the edits has no effect, or not everywhere, in words."""


def edited(script: Script, edits: Edits) -> Edited:
    """Apply edits; raise UsageError for one that changes nothing."""
    notes: list[str] = []
    for setting in edits.settings:
        script = _set(script, setting, notes)
    for inserted in sorted(edits.silences, key=lambda one: one.at_ns, reverse=True):
        script = with_silence(script, inserted)
    if edits.gain_db and not script.speech_ms:
        raise UsageError(f"--gain {edits.gain_db:g}: {script.name} has no microphone audio")
    return Edited(script, tuple(notes))


def _set(script: Script, setting: Setting, notes: list[str]) -> Script:
    beta = _is_beta(script)
    path = as_told(setting.path, beta=beta)
    _check_known(script, setting)
    _check_turns(script, setting, notes)
    about = [one for one in script.commands if is_about(one.event.wire_type, path)]
    if path.startswith("response."):
        if not about:
            raise UsageError(f"{setting.option}: {script.name} has no response.create that it could stand in")
        return _with_value(script, about, path, setting)
    setters = [one for one in about if at_path(_wire(one), path) is not ...]
    notes += _overridden(script, setting, beta=beta)
    if setters:
        if all(at_path(_wire(one), path) == _new(one, path, setting) for one in setters):
            notes.append(f"{setting.option}: it is so in the recording already")
        return _with_value(script, setters, path, setting)
    if about:
        return _with_value(script, about[:1], path, setting)
    return _with_update(script, update(path, setting.value, beta=beta))


def _with_value(script: Script, commands: Sequence[Command], path: str, setting: Setting) -> Script:
    numbers = {one.number for one in commands}
    return _each_command(script, numbers, lambda one: put(_wire(one), path, _new(one, path, setting)))


def _new(command: Command, path: str, setting: Setting) -> Any:
    there = at_path(_wire(command), path)
    return {**there, **setting.value} if setting.joins and isinstance(there, dict) else setting.value


def _each_command(script: Script, numbers: Iterable[int], change: Callable[[Command], dict[str, Any]]) -> Script:
    def changed(step: Step) -> Step:
        if not (isinstance(step, Command) and step.number in numbers):
            return step
        text = orjson.dumps(change(step))
        return replace(step, text=text, event=_read(step, text))

    return replace(script, steps=tuple(changed(step) for step in script.steps))


def _with_update(script: Script, event: dict[str, Any]) -> Script:
    """Put a `session.update` behind the server's first word, and its answer behind that."""
    place = next((place for place, step in enumerate(script.steps) if isinstance(step, Say)), -1) + 1
    at = script.steps[place - 1] if place else None
    seq, at_ns = (at.seq, at.at_ns) if at else (1, 0)
    number = max((step.number for step in script.steps), default=0) + 1
    text = orjson.dumps(event)
    entry = Entry(seq, at_ns, "client", "message", {}, text)
    asked = Command(number=number, seq=seq, at_ns=at_ns, event=EventReader().read(entry), text=text)
    answer = orjson.dumps(bare_answer(asked.event))
    told = EventReader().read(entry._replace(sender="server", text=answer))
    said = Say(number=number + 1, seq=seq, at_ns=at_ns, event=told, text=answer, after=(number,))
    return replace(script, steps=(*script.steps[:place], asked, said, *script.steps[place:]))


def _read(command: Command, text: bytes) -> Event:
    return EventReader().read(Entry(command.seq, command.at_ns, "client", "message", {}, text))


def _wire(command: Command) -> dict[str, Any]:
    """Return a command as it stands in the message; empty where that is no event."""
    try:
        found = loads(command.text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _is_beta(script: Script) -> bool:
    reader = EventReader(target=script.target)
    for step in script.steps:
        if isinstance(step, Command | Say) and not (isinstance(step, Say) and step.place):
            sender: Sender = "client" if isinstance(step, Command) else "server"
            reader.read(Entry(step.seq, step.at_ns, sender, "message", {}, step.text))
    return reader.dialect.shape == "beta"


# What an edit does not do.


def _check_known(script: Script, setting: Setting) -> None:
    """Refuse a path that no session of the recording has: it is misspelled."""
    known = known_paths()
    for step in script.steps:
        if isinstance(step, Command | Say) and not (isinstance(step, Say) and step.place):
            for key in ("session", "response"):
                found = at_path(step.event.data, key)
                known |= set(paths_in(found, key)) if found is not ... else set()
    if setting.path in known or any(setting.path.startswith(f"{one}.") for one in _open_ended(known)):
        return
    near = difflib.get_close_matches(setting.path, known, n=2)
    hint = f" Did you mean {' or '.join(near)}?" if near else ""
    raise UsageError(f"{setting.option}: no session of {script.name} has such a setting.{hint}")


def _open_ended(known: set[str]) -> set[str]:
    """Return the settings below which anything may stand."""
    return {one for one in known if one.endswith((".metadata", ".prompt", ".tracing"))}


def _check_turns(script: Script, setting: Setting, notes: list[str]) -> None:
    if not setting.path.startswith(SETTINGS["vad"]):
        return
    by_hand = setting.path == SETTINGS["vad"] and setting.value is None
    commits = any(is_commit(one.event) for one in script.commands)
    found = any(isinstance(one, Say) and begins_speech_ms(one.event) is not None for one in script.steps)
    if by_hand and not commits:
        notes.append(f"{setting.option}: nobody ends a turn then; the recording's client never commits its audio")
    if not by_hand and not found:
        notes.append(f"{setting.option}: the recording's server never found a turn by itself")


def _overridden(script: Script, setting: Setting, *, beta: bool) -> list[str]:
    """Name the responses that are asked for with a value of their own."""
    own = as_told("response." + setting.path.partition(".")[2], beta=beta)
    asking = [one for one in script.commands if asks_for_answer(one.event) and at_path(_wire(one), own) is not ...]
    numbers = ", ".join(str(one.number) for one in asking)
    return (
        [f"{setting.option}: response.create of step {numbers} has its own; --set {own}=… changes that"]
        if own and asking
        else []
    )
