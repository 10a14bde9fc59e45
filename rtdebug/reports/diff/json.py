"""A comparison as JSON, for programs: docs/commands/diff.md describes it; what changes there changes `VERSION` here."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

import orjson

from rtdebug.clock import wall_text
from rtdebug.reports.diff.middle import middle
from rtdebug.reports.diff.tolerance import Tolerance
from rtdebug.reports.diff.values import Compared, Comparison, Difference, Place
from rtdebug.reports.recorded import Recorded
from rtdebug.reports.values import Json, amount, clean

VERSION: Final = 1
_WAITS: Final = {
    "voice→voice": "voice_to_voice",
    "end of turn": "endpointing",
    "created": "response",
    "1st delta": "first_delta",
    "1st audio": "first_audio",
    "barge-in": "barge_in",
    "transcript": "transcript_lag",
}
"""What programs call the waits whose names for people are no words of a program."""


def comparisons_json(a: Recorded, tolerance: Tolerance, found: Sequence[Comparison]) -> bytes:
    """Write comparisons of one recording with others as one JSON object."""
    values = {
        "rtdebug_diff": VERSION,
        "same": bool(found) and all(one.same for one in found),
        "tolerance": _tolerance(tolerance),
        "a": _recording(a),
        "comparisons": [_comparison(one) for one in found],
    }
    return orjson.dumps(clean(values), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _comparison(one: Comparison) -> Json:
    return {
        "b": _recording(one.b),
        "same": one.same,
        "turns": [list(pair) for pair in one.turns],
        "compared": {part.aspect: _compared(part) for part in one.compared},
        "differences": [
            {"aspect": part.aspect, **_difference(difference)}
            for part in one.compared
            for difference in part.differences
        ],
    }


def _compared(part: Compared) -> Json:
    return {
        "number": part.number,
        "differences": len(part.differences),
        "within_tolerance": part.within,
        "note": part.note or None,
    }


def _difference(one: Difference) -> Json:
    return {
        "what": _WAITS.get(one.what, one.what) if one.unit == "wait" else one.what,
        "unit": one.unit,
        "a": _value(one.a),
        "b": _value(one.b),
        "in_a": _place(one.in_a),
        "in_b": _place(one.in_b),
    }


def _value(value: object) -> Any:
    return amount(value) if isinstance(value, Decimal) else value


def _place(place: Place) -> Json:
    return {"turn": place.turn, "response": place.response, "seq": place.seq}


def _recording(recorded: Recorded) -> Json:
    session = recorded.session
    return {
        "name": recorded.name,
        "session_id": session.id or None,
        "model": session.model or None,
        "dialect": recorded.dialect or None,
        "started": wall_text(recorded.started_ns) if recorded.started_ns else None,
        "duration_ns": session.duration_ns,
        "turns": len(session.turns),
        "responses": len(session.responses),
        "middle": {f"{_WAITS.get(name, name)}_ns": wait for name, wait in middle(recorded).items()},
    }


def _tolerance(tolerance: Tolerance) -> Json:
    return {
        "latency": {"share": tolerance.latency.share, "least_ns": round(tolerance.latency.least)},
        "audio": {"share": tolerance.audio.share, "least_ns": round(tolerance.audio.least)},
        "usage": {"share": tolerance.usage.share, "least_tokens": round(tolerance.usage.least)},
        "text": {"share": tolerance.text, "words_only": tolerance.words_only},
    }
