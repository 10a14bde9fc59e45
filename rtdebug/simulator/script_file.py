"""A script from TOML text to values. What is wrong is named with its line, its place, and what belongs there."""

import json
import re
import tomllib
from collections.abc import Callable
from typing import cast

from rtdebug.errors import UsageError
from rtdebug.simulator.pattern import Pattern
from rtdebug.simulator.script import GREETING, Script
from rtdebug.simulator.script_reply import INVALID, Drop, Ending, Fault, Reply, ToolCall
from rtdebug.simulator.script_rule import Kind, Rule, When
from rtdebug.simulator.script_table import Place

_KINDS = ("said", "typed", "output")
_REASONS = ("max_output_tokens", "content_filter")
_STATUSES = ("completed", "incomplete", "failed")
_FAILURES = {"server_error": "The server had an error while processing the request."}
_RULE_KEYS = ("when", "say", "call", "then", "delay_ms", "status", "reason", "code", "message", "error", "drop")
_ERROR = dict.fromkeys(("code", "message"), "how a response fails")
_CLOSE_CODES = range(1000, 5000)
_NEVER_SENT = (1004, 1005, 1006, 1015)
_MS = range(600_001)
_COUNT = range(1, 1_000_001)


def parse(text: str, name: str) -> Script:
    """Read a script; `name` is the file's, for messages. Raises UsageError."""
    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(f"{name} is not TOML: {error}") from None
    lines = [
        number for number, line in enumerate(text.splitlines(), start=1) if re.match(r"\s*\[\[\s*rule\s*\]\]", line)
    ]
    whole = Place(name, 0, "", table)
    whole.only("greeting", "hears", "rule")
    rules = whole.tables("rule")
    if not rules:
        whole.wrong("there is no [[rule]]; a script has at least one")
    for number, rule in enumerate(rules):
        rule.line = lines[number] if len(lines) == len(rules) else 0
    return Script(
        greeting=whole.text("greeting") or GREETING,
        hears=whole.texts("hears"),
        rules=tuple(Rule(_when(rule), _reply(rule)) for rule in rules),
    )


def _when(rule: Place) -> When:
    when = rule.inner("when")
    if when is None:
        return When()
    when.only("text", "regex", "turn", "kind", "tool")
    kind, tool = cast("Kind | None", when.one_of("kind", _KINDS)), when.text("tool")
    if tool is not None and kind not in (None, "output"):
        when.wrong(f"tool goes with the kind 'output', not with {kind!r}")
    return When(when.text("text"), _pattern(when), when.number("turn", _COUNT), kind, tool)


def _pattern(when: Place) -> Pattern | None:
    pattern = when.text("regex")
    try:
        return None if pattern is None else Pattern(pattern)
    except ValueError as error:
        when.wrong(f"regex {pattern!r} cannot be read: {error}")


def _reply(rule: Place) -> Reply:
    rule.only(*_RULE_KEYS)
    reply = Reply(
        say=rule.text("say") or "",
        calls=tuple(_call(call) for call in rule.tables("call")),
        then=rule.text("then") or "",
        delay_ms=rule.number("delay_ms", _MS) or 0,
        ending=_ENDINGS[rule.one_of("status", _STATUSES) or "completed"](rule),
        fault=_fault(rule.inner("error")),
        drop=_drop(rule.inner("drop")),
    )
    if reply == Reply(delay_ms=reply.delay_ms, then=reply.then):
        rule.wrong("it does nothing; it needs at least one of say, call, status, error, drop")
    if reply.then and not reply.calls:
        rule.wrong("then is said after a call's output, but there is no call")
    if reply.ending and reply.ending.status == "incomplete" and not (reply.say or reply.calls):
        rule.wrong("an incomplete response has something to cut off: say or call")
    if reply.fault and reply != Reply(fault=reply.fault):
        rule.wrong("error comes instead of a response, so nothing else can stand beside it")
    return reply


def _call(call: Place) -> ToolCall:
    call.only("name", "arguments")
    name, arguments = call.text("name"), call.table.get("arguments", {})
    if not name:
        call.wrong("a call needs the name of its tool")
    if not isinstance(arguments, str | dict):
        call.wrong("arguments should be a table, or a string with JSON in it")
    if isinstance(arguments, dict):
        try:
            arguments = json.dumps(arguments, ensure_ascii=False, allow_nan=False)
        except TypeError:
            call.wrong("arguments hold a date or time, which JSON does not have; write it as a string")
        except ValueError:
            call.wrong("arguments hold nan or inf, which JSON does not have; write it as a string")
    return ToolCall(name, arguments)


def _completed(rule: Place) -> None:
    _without(rule, "completed", reason="why a response does not complete", **_ERROR)


def _without(rule: Place, status: str, **keys: str) -> None:
    """Refuse keys that go with another status; each says what it is."""
    for key, says in keys.items():
        if key in rule.table:
            rule.wrong(f"{key} says {says}, but status is '{status}'")


def _incomplete(rule: Place) -> Ending:
    _without(rule, "incomplete", **_ERROR)
    reason = rule.one_of("reason", _REASONS)
    if reason is None:
        rule.wrong(f"an incomplete response needs its reason: one of {', '.join(_REASONS)}")
    return Ending("incomplete", reason=reason)


def _failed(rule: Place) -> Ending:
    _without(rule, "failed", reason="why a response is incomplete")
    code = rule.text("code") or "server_error"
    return Ending("failed", code=code, message=rule.text("message") or _FAILURES.get(code, f"It failed: {code}."))


_ENDINGS: dict[str, Callable[[Place], Ending | None]] = {
    "completed": _completed,
    "incomplete": _incomplete,
    "failed": _failed,
}


def _fault(error: Place | None) -> Fault | None:
    if error is None:
        return None
    error.only("code", "message", "type", "param")
    code, message = error.text("code"), error.text("message")
    if code is None or message is None:
        error.wrong("an error needs its code and its message")
    return Fault(code, message, error.text("type") or INVALID, error.text("param"))


def _drop(drop: Place | None) -> Drop | None:
    if drop is None:
        return None
    drop.only("code", "reason", "after_ms", "after_chars")
    code, reason = drop.number("code", _CLOSE_CODES), drop.text("reason") or ""
    if code in _NEVER_SENT:
        drop.wrong(f"no close frame has the code {code}; leave it out for a connection that breaks off")
    if reason and code is None:
        drop.wrong("a reason goes with a close code")
    if len(reason.encode()) > 123:
        drop.wrong("a close reason has at most 123 bytes")
    return Drop(code, reason, drop.number("after_ms", _MS) or 0, drop.number("after_chars", _COUNT))
