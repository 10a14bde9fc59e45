"""A session as JSON, for programs: versioned, in the API's own words, every fact with the entries it rests on.

docs/session-json.md describes it; what changes there changes `VERSION` here.
"""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final

import orjson

from rtdebug.clock import wall_text
from rtdebug.diagnosis.linting import Diagnosis
from rtdebug.protocol.dialects.canonical import WIRE_STATUS_DETAILS
from rtdebug.protocol.reading import object_in
from rtdebug.reports.findings.values import finding_values
from rtdebug.reports.flat import ignored
from rtdebug.reports.priced import Bill, bill, transcriber, unheard
from rtdebug.reports.recorded import Recorded
from rtdebug.reports.tokens import hit_rate, sum_values, usage_values
from rtdebug.reports.values import Json, amount, at, clean, mark, price_values
from rtdebug.reports.words import account
from rtdebug.session.latency import ResponseLatency
from rtdebug.session.model import ApiError, ConfigChange, ContentPart, Item, Note, Response, Session, Turn
from rtdebug.session.playing import Span, heard_between, spoken_between
from rtdebug.session.prices import Price

VERSION: Final = 1


def session_json(recorded: Recorded) -> bytes:
    """Write the whole session as one JSON object."""
    return orjson.dumps(clean(session_values(recorded)), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def session_values(recorded: Recorded) -> Json:
    """Return the session as plain values."""
    session, paid = recorded.session, bill(recorded)
    playing, placed = heard_between(session), set(session.order)
    return {
        "rtdebug_session": VERSION,
        "recording": _recording(recorded),
        "session": _session(recorded),
        "config": {"effective": session.config, "changes": _changes(session)},
        "turns": [_turn(session, turn) for turn in session.turns],
        "responses": [_response(recorded, one, paid.responses.get(one.id)) for one in session.responses.values()],
        "items": [_item(recorded, item, playing, item.id in placed) for item in _items(session)],
        "usage": _usage(recorded, paid),
        "latency": [_latency(one) for one in recorded.latencies()],
        "errors": [_error(error) for error in session.errors],
        "rate_limits": [{**at(where), **limit} for where, limit in session.rate_limits],
        "refused": [at(where) for where in session.refused],
        "unknown": session.unknown,
        "notes": _notes(session.notes),
        "gaps": _notes(session.gaps),
        "findings": _findings(recorded.diagnosis),
    }


def _recording(recorded: Recorded) -> Json:
    return {
        "name": recorded.name,
        "started": wall_text(recorded.started_ns) if recorded.started_ns else None,
        "duration_ns": recorded.session.duration_ns,
        "upstream": recorded.upstream or None,
        "target": recorded.session.target or None,
        "dialect": recorded.dialect or None,
        "live": recorded.live,
        "complete": recorded.session.complete,
        "source": recorded.source or None,
        "lacks": list(recorded.lacks),
        "problems": list(recorded.problems),
    }


def _session(recorded: Recorded) -> Json:
    session = recorded.session
    ended = session.ending
    return {
        "id": session.id or None,
        "model": session.model or None,
        "type": session.kind or None,
        "expires_at": session.expires_at,
        "conversation_id": session.conversation_id or None,
        "events": session.events,
        "created": mark(session.created),
        "input_audio_ns": session.input.length_ns if recorded.has_audio else None,
        "ending": {"by": ended.by or None, "code": ended.code, "reason": ended.reason or None, **at(ended.mark)},
        "refusal": _refusal(session),
    }


def _refusal(session: Session) -> Json | None:
    told = session.refusal
    if told is None:
        return None
    return {"status": told.status, "phrase": told.phrase or None, "code": told.code or None, "message": told.message}


def _changes(session: Session) -> list[Json]:
    not_taken = ignored(session)
    return [_change(one, not_taken.get(one.mark.seq, [])) for one in session.changes]


def _change(change: ConfigChange, not_taken: list[Any]) -> Json:
    return {
        **at(change.mark),
        "requested": change.requested,
        "answer": change.answer or None,
        "answered": mark(change.answered),
        "changed": {path: list(pair) for path, pair in change.changed.items()},
        "ignored": {one.path: [one.asked, one.effective] for one in not_taken},
        "error": change.error or None,
    }


def _turn(session: Session, turn: Turn) -> Json:
    cut = turn.barge_in
    return {
        "number": turn.number,
        "items": turn.item_ids,
        "responses": turn.response_ids,
        "barge_in": {"response_id": cut.response_id, "during": cut.during, **at(cut.speech)} if cut else None,
    }


def _response(recorded: Recorded, response: Response, paid: Price | None) -> Json:
    told, ended = recorded.heard(response), response.cancellation
    api = {key: value for key, value in response.wire.items() if not key.startswith("_")}
    return {
        **api,
        "id": response.id,
        "status": response.status,
        "status_details": response.status_details,
        "status_details_wire": response.wire.get(WIRE_STATUS_DETAILS),
        "conversation_id": response.conversation_id,
        "metadata": response.metadata or None,
        "usage": usage_values(response),
        "output": response.item_ids,
        "turn": response.turn,
        "in_conversation": response.in_conversation,
        "asked": {"by": response.asked.by or None, **at(response.asked.mark), "overrides": response.asked.overrides},
        "created": mark(response.created),
        "first_delta": mark(response.first_delta),
        "first_audio": mark(response.first_audio),
        "last_audio": mark(response.last_audio),
        "done": mark(response.done),
        "cancelled": {"by": ended.by or None, **at(ended.mark)} if ended else None,
        "tool_outputs": response.tool_outputs,
        "playback": [mark(where) for where in response.playback],
        "audio": {
            **object_in(response.wire, "audio"),
            "made_ns": told.made_ns if recorded.has_audio else None,
            "heard_ns": told.heard_ns,
            "claimed_ns": told.claimed_ns,
            "seq": told.seq,
        },
        "price": price_values(paid),
        "summary": account(recorded, response) or None,
    }


def _items(session: Session) -> list[Item]:
    placed = [session.items[id_] for id_ in session.order if id_ in session.items]
    known = set(session.order)
    return placed + [item for item in session.items.values() if item.id not in known]


def _item(recorded: Recorded, item: Item, playing: Mapping[str, Span], in_conversation: bool) -> Json:
    session = recorded.session
    span = playing.get(item.id) or spoken_between(session, item)
    cut, heard_as, speech = item.truncation, item.transcription, item.speech
    return {
        "id": item.id,
        "type": item.type or None,
        "role": item.role or None,
        "status": item.status or None,
        "content": [_part(recorded, index, part) for index, part in sorted(item.parts.items())],
        **_named(item),
        "in_conversation": in_conversation,
        "response_id": item.response_id or None,
        "asked": mark(item.asked),
        "added": mark(item.added),
        "done": mark(item.done),
        "arguments_done": mark(item.arguments_done),
        "committed": mark(item.committed),
        "deleted": mark(item.deleted),
        "input_start_ms": item.input_start_ms,
        "input_end_ms": item.input_end_ms,
        "heard": {"start_ns": span.start_ns, "end_ns": span.end_ns} if span else None,
        "speech": speech
        and {
            "audio_start_ms": speech.audio_start_ms,
            "audio_end_ms": speech.audio_end_ms,
            "started": mark(speech.started),
            "stopped": mark(speech.stopped),
        },
        "truncated": cut
        and {
            "content_index": cut.content_index,
            "audio_end_ms": cut.audio_end_ms,
            "asked": mark(cut.asked),
            "done": mark(cut.done),
        },
        "transcription": heard_as
        and {
            "status": heard_as.status,
            "first": mark(heard_as.first),
            "done": mark(heard_as.done),
            "usage": heard_as.usage.wire() if heard_as.usage else None,
            "error": heard_as.error or None,
        },
    }


def _part(recorded: Recorded, index: int, part: ContentPart) -> Json:
    key = "text" if part.type in ("input_text", "output_text", "text") else "transcript"
    return {
        "index": index,
        "type": part.type or None,
        key: part.text,
        "audio_ns": part.audio.length_ns if part.audio and recorded.has_audio else None,
        "first": mark(part.first),
        "done": mark(part.done),
    }


def _named(item: Item) -> Json:
    """Return what only items that call something have."""
    values: Json = {
        key: getattr(item, key)
        for key in ("name", "call_id", "arguments", "server_label", "error", "approval_request_id")
        if getattr(item, key)
    }
    if item.output is not None:
        values["output"] = item.output
    if item.approve is not None:
        values["approve"] = item.approve
    return values


def _usage(recorded: Recorded, paid: Bill) -> Json:
    session, lost = recorded.session, unheard(recorded)
    total = session.usage
    by_item = [(item.id, one.usage) for item in session.items.values() if (one := item.transcription) and one.usage]
    return {
        "responses": sum_values(total, session.responses.values()),
        "cache_hit_rate": hit_rate(total, session.responses.values()),
        "assumed": total.assumed,
        "transcription": {
            "model": transcriber(session) or None,
            "items": [{"item_id": item_id, **usage.wire()} for item_id, usage in by_item],
        },
        "unheard": {"audio_ns": lost.length_ns, "tokens": lost.tokens, "price": amount(lost.price)} if lost else None,
        "price": {
            "currency": "USD",
            "total": amount(paid.total),
            "transcription": amount(paid.transcriptions),
            "notes": list(paid.notes),
        },
    }


def _latency(one: ResponseLatency) -> Json:
    return {field.name: getattr(one, field.name) for field in fields(one)}


def _error(error: ApiError) -> Json:
    return {
        **at(error.mark),
        "type": error.type or None,
        "code": error.code or None,
        "message": error.message,
        "param": error.param or None,
        "event_id": error.event_id or None,
        "about_seq": error.about,
    }


def _findings(told: Diagnosis | None) -> list[Json] | None:
    return None if told is None else [finding_values(one) for one in told.findings]


def _notes(notes: list[Note]) -> list[Json]:
    return [{"seq": note.seq, "text": note.text} for note in notes]
