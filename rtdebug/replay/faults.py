"""Faults on top of a recording: what a network or a service does on a bad day. Pure: a script in, a script out.

A fault is written `NAME[=VALUE][@WHERE]`. WHERE is a step's number, an event type, or a type and which of them:
`drop@12`, `close=1011@response.done`, `delay=2s`, `swallow@response.done#2`, `error=rate_limit_exceeded`,
`slow=64kbit`. The same spelling serves `rtdebug serve --fault` and `faults=[...]` in tests.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import orjson

from rtdebug.errors import UsageError
from rtdebug.protocol.answers import begins_answer
from rtdebug.protocol.event import Event
from rtdebug.protocol.identity import response_of, service_error
from rtdebug.replay.steps import Command, Ending, Say, Script, Step
from rtdebug.replay.terms import SENDABLE

_SPELLED: Final = re.compile(r"(?P<name>[a-z-]+)(?:=(?P<value>[^@]*))?(?:@(?P<type>[a-z_.]*)(?:#?(?P<nth>\d+))?)?")
_TIME: Final = re.compile(r"(\d+(?:\.\d+)?)(ms|s)")
_SPEED: Final = re.compile(r"(\d+(?:\.\d+)?)(kbit|mbit|kB|MB)")
_BYTES: Final = {"kbit": 125.0, "mbit": 125_000.0, "kB": 1000.0, "MB": 1_000_000.0}


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault, and where it strikes."""

    name: str
    value: str = ""
    type: str = ""
    """The event type it strikes, "" for a step or the fault's own place."""
    nth: int = 0
    """Which one of the type, or, without a type, which step; 0 for the first."""

    def __str__(self) -> str:
        where = (
            f"{self.type}#{self.nth}" if self.type and self.nth else self.type or (str(self.nth) if self.nth else "")
        )
        return self.name + (f"={self.value}" if self.value else "") + (f"@{where}" if where else "")


class _Kind(NamedTuple):
    strike: Callable[[Script, Fault], Script]
    default: str
    """What a fault without a value has."""
    meaning: str


def parse_fault(text: str) -> Fault:
    """Read one fault; raise UsageError."""
    found = _SPELLED.fullmatch(text)
    if found is None or found["name"] not in FAULTS:
        known = "; ".join(f"{name}: {kind.meaning}" for name, kind in FAULTS.items())
        raise UsageError(f"fault {text!r}: expected NAME[=VALUE][@WHERE]. There are {known}")
    if "@" in text and not found["type"] and int(found["nth"] or 0) < 1:
        raise UsageError(f"fault {text}: where? Expected a step's number from 1 (--steps lists them) or an event type")
    fault = Fault(found["name"], found["value"] or "", found["type"] or "", int(found["nth"] or 0))
    _check(fault)
    return fault


def with_faults(script: Script, faults: tuple[Fault, ...]) -> Script:
    """Return the script with these faults in it; raise UsageError where one finds nothing to strike."""
    for fault in faults:
        script = FAULTS[fault.name].strike(script, fault)
    return script


def struck(scripts: Sequence[Script], faults: Sequence[Fault]) -> list[Script]:
    """Return scripts with these faults in them, each where it can strike; raise UsageError where it can nowhere."""
    found = list(scripts)
    for fault in faults:
        misses: list[UsageError] = []
        for place, script in enumerate(found):
            try:
                found[place] = with_faults(script, (fault,))
            except UsageError as error:
                misses.append(error)
        if misses and len(misses) == len(found):
            raise misses[0]
    return found


def _check(fault: Fault) -> None:
    if fault.name == "close":
        _code(fault)
    elif fault.name == "delay":
        _delay_ns(fault)
    elif fault.name == "slow":
        _speed(fault)


def _value(fault: Fault) -> str:
    return fault.value or FAULTS[fault.name].default


def _code(fault: Fault) -> int:
    value = _value(fault)
    if not (value.isascii() and value.isdigit() and (int(value) in SENDABLE or 3000 <= int(value) <= 4999)):
        raise UsageError(f"fault {fault}: expected a close code that can be sent, such as close=1011")
    return int(value)


def _delay_ns(fault: Fault) -> int:
    found = _TIME.fullmatch(_value(fault))
    if found is None:
        raise UsageError(f"fault {fault}: expected a time, such as delay=2s or delay=300ms")
    return int(float(found[1]) * (1_000_000_000 if found[2] == "s" else 1_000_000))


def _speed(fault: Fault) -> float:
    found = _SPEED.fullmatch(_value(fault))
    if found is None or not float(found[1]):
        raise UsageError(f"fault {fault}: expected a speed, such as slow=64kbit or slow=20kB")
    return float(found[1]) * _BYTES[found[2]]


# Where.


def _where(script: Script, fault: Fault, suits: Callable[[Say], bool] = lambda _: True) -> Step:
    """Find the step a fault strikes: the named one, or the first that suits."""
    said = [step for step in script.steps if isinstance(step, Say)]
    if fault.type:
        found: list[Step] = [step for step in said if fault.type in (step.event.type, step.event.wire_type)]
        nth = max(1, fault.nth)
        if len(found) >= nth:
            return found[nth - 1]
        have = f"only {len(found)}" if found else "none"
        raise UsageError(f"fault {fault}: {script.name} has {have} of {fault.type} from the server")
    if fault.nth:
        for step in script.steps:
            if step.number == fault.nth:
                return step
        raise UsageError(f"fault {fault}: {script.name} has {len(script.steps)} steps")
    for step in said:
        if suits(step):
            return step
    raise UsageError(f"fault {fault}: {script.name} has no such event; say where, such as {fault.name}@12")


def _of_server(script: Script, fault: Fault, suits: Callable[[Say], bool] = lambda _: True) -> Say:
    step = _where(script, fault, suits)
    if not isinstance(step, Say):
        raise UsageError(f"fault {fault}: step {step.number} is not the server's. `rtdebug serve --steps` lists them.")
    return step


def _disturbed(script: Script, steps: list[Step], place: int) -> Script:
    """Return a script of these steps, which leaves clients free in what they do from a step on."""
    first = min(place, script.disturbed_from or place)
    eased = (
        replace(step, required=False) if isinstance(step, Command) and step.number > first else step for step in steps
    )
    return replace(script, steps=tuple(eased), disturbed_from=first)


# What.


def _end(script: Script, fault: Fault, code: int | None, reason: str) -> Script:
    last = _where(script, fault) if fault.type or fault.nth else script.steps[-1]
    kept = [step for step in script.steps if step.number <= last.number and not isinstance(step, Ending)]
    after = tuple(step.number for step in kept if isinstance(step, Command))[-1:]
    ending = Ending(number=last.number + 1, seq=last.seq, at_ns=last.at_ns, code=code, reason=reason, after=after)
    return _disturbed(script, [*kept, ending], last.number)


def _drop(script: Script, fault: Fault) -> Script:
    return _end(script, fault, None, "")


def _close(script: Script, fault: Fault) -> Script:
    return _end(script, fault, _code(fault), "a fault of the replay")


def _delay(script: Script, fault: Fault) -> Script:
    struck = _of_server(script, fault, lambda step: step.place is not None)
    held = replace(struck, hold_ns=struck.hold_ns + _delay_ns(fault))
    return replace(script, steps=tuple(held if step is struck else step for step in script.steps))


def _swallow(script: Script, fault: Fault) -> Script:
    struck = _of_server(script, fault)
    steps: list[Step] = []
    owed = True
    for step in script.steps:
        if owed and step.number > struck.number and isinstance(step, Say | Ending):
            step, owed = _as_late_as(struck, step), False
        if step is not struck:
            steps.append(step)
    return _disturbed(script, steps, struck.number)


def _as_late_as(gone: Say, step: Say | Ending) -> Say | Ending:
    """Let a step wait for what one that does not come had waited for, too."""
    after = tuple(sorted({*gone.after, *step.after}))
    if isinstance(step, Ending):
        return replace(step, after=after)
    cause_ns = max(gone.cause_ns, step.cause_ns)
    return replace(step, after=after, heard_ms=max(gone.heard_ms, step.heard_ms), cause_ns=cause_ns)


def _duplicate(script: Script, fault: Fault) -> Script:
    struck = _of_server(script, fault)
    twice = [one for step in script.steps for one in ((step, step) if step is struck else (step,))]
    return _disturbed(script, twice, struck.number)


def _error(script: Script, fault: Fault) -> Script:
    """Put an error in place of a response, and of all that belongs to it."""
    struck = _of_server(script, fault, lambda step: begins_answer(step.event))
    response = response_of(struck.event)
    told = service_error(_value(fault), "a fault of the replay")
    text = orjson.dumps(told)
    event = Event(struck.seq, struck.at_ns, "server", "message", str(told["type"]), told, str(told["type"]))
    error = replace(struck, event=event, text=text, place=None)
    steps: list[Step] = []
    for step in script.steps:
        if step is struck:
            steps.append(error)
        elif not (response and isinstance(step, Say) and response_of(step.event) == response):
            steps.append(step)
    return _disturbed(script, steps, struck.number)


def _slow(script: Script, fault: Fault) -> Script:
    return replace(script, bytes_per_s=_speed(fault))


FAULTS: Final[dict[str, _Kind]] = {
    "drop": _Kind(_drop, "", "the connection breaks off behind a step"),
    "close": _Kind(_close, "1011", "the server closes behind a step, with a code"),
    "delay": _Kind(_delay, "2s", "an event, the first audio unless named, comes later"),
    "swallow": _Kind(_swallow, "", "an event does not come"),
    "duplicate": _Kind(_duplicate, "", "an event comes twice"),
    "error": _Kind(_error, "server_error", "an error comes in place of a response"),
    "slow": _Kind(_slow, "64kbit", "the network takes its time"),
}
"""All faults: what they do, the value they have unless one is given, and what they mean."""
