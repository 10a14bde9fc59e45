"""Configurations that did not come into force: refused, changed on the way, in beta's words, or never answered."""

import math
from collections.abc import Iterator, Mapping
from typing import Any, Final

import orjson

from rtdebug.diagnosis.finding import Hit, Severity
from rtdebug.diagnosis.grouping import listed
from rtdebug.diagnosis.rule import rule
from rtdebug.diagnosis.subject import Subject
from rtdebug.protocol.dialects.configuration import BETA_FIELDS
from rtdebug.protocol.reading import inside
from rtdebug.session.model import ApiError, ConfigChange, Mark
from rtdebug.session.settings import Ignored, ignored, in_force, leaves
from rtdebug.units import delay, quote

_BETA_DISABLED: Final = "beta_api_shape_disabled"
_UNANSWERED_NS = 5_000_000_000
_LONGEST = 80
_ROUNDED = 1e-6


@rule("RT210", "config-refused", "error")
def refused(call: Subject) -> Iterator[Hit]:
    """The server refused a `session.update`, and nothing of it came into force.

    What it sees: a `session.update` that is answered by an `error`. The settings that are now other than the client
    asked for are named; so are beta's names and a missing `session.type`, which GA refuses. A warning only where a
    later update brought the same settings into force.

    Why it matters: one wrong field refuses the whole update. The call goes on with the service's own instructions,
    voice, tools and turn detection, and answers as if nobody had told it anything.

    What to do: correct the field that the error names and send the update again. Write GA's shape: `session.type`,
    `output_modalities`, and all that is about sound below `audio.input` and `audio.output`. Change the voice before
    the first answer. Let an `error` that answers a `session.update` stop the start of the call.

    Seen in: TanStack/ai#586, mastra#16940, livekit/agents#2569.
    """
    force = in_force(call.session)
    errors = {one.mark.seq: one for one in call.session.errors}
    for index, change in enumerate(call.session.changes):
        if change.answer != "refused" or change.answered is None or change.mark.seq not in force:
            continue
        error = errors.get(change.answered.seq)
        if error is not None and error.code == _BETA_DISABLED:
            continue
        missed = _missed(change, force[change.mark.seq])
        words = f"the server refused the client's session.update: {_why(error, change)}"
        if missed:
            words += f"; not in force: {listed(missed)}"
        severity = _how_grave(missed, change, call.session.changes[index + 1 :])
        yield Hit(change.mark.seq, words, (change.answered.seq,), severity=severity)


@rule("RT211", "setting-ignored", "warning", "medium")
def setting_ignored(call: Subject) -> Iterator[Hit]:
    """The server accepted a `session.update` and put something else into force.

    What it sees: the `session.updated` that answers an update shows another value than the client asked for. Info
    where it shows nothing at all there: the service may obey and not say so.

    Why it matters: nothing tells the client. It believes in a voice, a format or a turn detection that the call
    does not have.

    What to do: compare `session.updated` with what was asked for when a call begins. Look the value up: the model or
    the service may not have it, or know it under another name.

    Seen in: livekit/agents#6635, RageAgainstThePixel/com.openai.unity#427.
    """
    call.need(len(call.traffic.sessions) < 2, "the recording holds more than one session")
    answered = {change.mark.seq: change.answered for change in call.session.changes}
    for seq, settings in sorted(ignored(call.session).items()):
        mark = answered.get(seq)
        more = (mark.seq,) if mark is not None else ()
        shown = [one for one in settings if one.asked is not None or _is_shown(call, mark, one.path)]
        other = [words for words in map(_other, shown) if words]
        if other:
            yield Hit(seq, f"the server accepted the client's session.update, yet {listed(other)}", more)
        absent = [_path(one.path) for one in settings if one.effective is None and one.asked is not None]
        if absent:
            words = f"the server accepted the client's session.update and does not show {listed(absent)}"
            yield Hit(seq, words, more, severity="info")


@rule("RT212", "beta-shape-refused", "error")
def beta_refused(call: Subject) -> Iterator[Hit]:
    """The client asked for the beta shape, which the service has switched off.

    What it sees: an `error` with the code `beta_api_shape_disabled`, or a close frame whose reason says so.

    Why it matters: the connection is accepted, refused with its first event and closed with 4000; there is no call.

    What to do: leave out the header `OpenAI-Beta: realtime=v1` and the subprotocol `openai-beta.realtime-v1`, update
    the client library, and use GA's names for events and settings.

    Seen in: pickle-com/glass#220, api7/aisix#1061, langwatch/scenario#602.
    """
    ending = call.session.ending
    seqs = [one.mark.seq for one in call.session.errors if one.code == _BETA_DISABLED]
    if ending.mark is not None and _BETA_DISABLED in ending.reason:
        seqs.append(ending.mark.seq)
    if seqs:
        code = f", and closed with {ending.code}" if ending.by == "server" and ending.code is not None else ""
        words = f"the client speaks the beta shape; the server has switched it off{code}"
        yield Hit(seqs[0], words, tuple(seqs[1:4]))


@rule("RT213", "update-unanswered", "warning", "medium", needs=("times",))
def unanswered(call: Subject) -> Iterator[Hit]:
    """A `session.update` got neither `session.updated` nor an `error`.

    What it sees: an update without an answer, though the recording goes on for more than 5 s after it.

    Why it matters: nobody knows which settings are in force, and clients that wait for `session.updated` hang.

    What to do: look whether the update reached the server before the session began, or whether a gateway swallows
    it; wait for `session.created` before the first update.

    Seen in: no public thread yet; gateways and compatible servers do it.
    """
    call.need(call.is_whole, "the recording has a gap: the answer may be in it")
    if call.session.created is None or call.session.kind == "translation":
        return
    for change in call.session.changes:
        if change.answer or change.mark.at_ns is None:
            continue
        waited = call.end_ns - change.mark.at_ns
        if waited > _UNANSWERED_NS:
            words = f"the server did not answer the client's session.update for {delay(waited)}, to the recording's end"
            yield Hit(change.mark.seq, words)


RULES = (refused, setting_ignored, beta_refused, unanswered)


def _missed(change: ConfigChange, effective: Mapping[str, Any]) -> list[str]:
    """Name what a refused update asked for and is not so."""
    return [
        _path(path)
        for path, asked in leaves(change.requested)
        if path != "type" and not _holds(asked, effective.get(path))
    ]


def _why(error: ApiError | None, change: ConfigChange) -> str:
    said = quote((error.message if error else change.error) or "it does not say why", 200).rstrip(".")
    param = (error.param if error else "").removeprefix("session.")
    name = param.partition(".")[0].partition("[")[0]
    if name in BETA_FIELDS:
        return f"{said} (session.{name} is beta's name)"
    if param == "type":
        # Reading beta's flat names as GA's gives them the type that the client left out.
        return (
            f"{said} ({'its settings have beta names' if 'type' in change.requested else 'GA wants it in each update'})"
        )
    return said


def _how_grave(missed: list[str], change: ConfigChange, later: list[ConfigChange]) -> Severity:
    """Weigh a refusal: where what it asked for came into force after all, nobody felt much of it."""
    accepted = {_path(path) for one in later if one.answer == "updated" for path, _ in leaves(one.requested)}
    harmless = bool(change.requested) and accepted.issuperset(missed)
    return "warning" if harmless else "error"


def _other(one: Ignored) -> str:
    """Say what is in force instead of what was asked for, "" where that is as good; null asks for the default."""
    if one.asked is None:
        is_on = one.effective == {} and one.path.startswith("audio.input.")
        return f"{_path(one.path)} is still on, not null" if is_on else ""
    if one.effective is None or _holds(one.asked, one.effective):
        return ""
    return f"{_path(one.path)} is {_short(one.effective)}, not {_short(one.asked)}"


def _holds(asked: Any, effective: Any, depth: int = 0) -> bool:
    """Say whether a value is what was asked for; what the server adds to it does not count."""
    if depth > 20 or (not asked and not effective):
        return True
    if isinstance(asked, Mapping) and isinstance(effective, Mapping):
        return all(
            value is None or (key in effective and _holds(value, effective[key], depth + 1))
            for key, value in asked.items()
        )
    if isinstance(asked, list) and isinstance(effective, list):
        pairs = zip(asked, effective, strict=False)
        return len(asked) == len(effective) and all(_holds(one, other, depth + 1) for one, other in pairs)
    if isinstance(asked, str) and isinstance(effective, str) and effective.startswith(f"{asked}-"):
        return True  # an alias, and the version that it stands for
    if isinstance(asked, float) and isinstance(effective, int | float):
        return math.isclose(asked, effective, rel_tol=_ROUNDED)  # 0.6 comes back as 0.6000000238418579
    return bool(asked == effective)


def _is_shown(call: Subject, mark: Mark | None, path: str) -> bool:
    """Say whether an answer shows something at a place: what was switched off, and later on again, is off in it."""
    answer = next((event for event in call.traffic.of("session.updated") if mark and event.seq == mark.seq), None)
    *places, last = path.split(".")
    about = inside(answer.data, "session", *places) if answer else None
    return not isinstance(about, dict) or bool(about.get(last))  # beta's words have other places


def _path(path: str) -> str:
    return quote(path, _LONGEST)


def _short(value: Any) -> str:
    try:
        return quote(orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS).decode(), _LONGEST)
    except (TypeError, ValueError, RecursionError):
        return quote(repr(value), _LONGEST)
