"""What went wrong, found for every report."""

from rtdebug.reports.recorded import Recorded
from rtdebug.reports.trouble import counted, troubles
from rtdebug.session.handshake import Refusal
from rtdebug.session.model import ApiError, Note, Response, Session, Transcription

from .calls import mark


def troubled() -> Session:
    session = Session()
    session.errors = [ApiError(mark(9, 1.0), "invalid", "bad_value", "No.", "session.x", "evt", 8)]
    failed = session.responses["r"] = Response("r", status="failed", done=mark(5, 0.5))
    failed.status_details = {"error": {"code": "rate_limit"}}
    session.item("i").transcription = Transcription("failed", None, mark(7, 0.7), None, "noise")
    session.gaps = [Note(11, "lost")]
    session.unknown = {"response.done.": [12]}
    session.notes = [Note(13, "odd")]
    return session


def test_what_the_api_said_comes_in_its_order_then_the_rest() -> None:
    found = troubles(Recorded(troubled(), problems=("line 3 is cut off",)))
    assert [(one.kind, one.name, one.words) for one in found] == [
        ("failed", "response 1 failed", "rate_limit"),
        ("failed", "transcription failed", "noise"),
        ("error", "bad_value", "No. (param session.x)"),
        ("gap", "", "lost"),
        ("unknown type", "response.done.", found[4].words),
        ("odd", "", "odd"),
        ("files", "", "line 3 is cut off"),
    ]
    assert found[4].words.startswith("nearest known: response.done")
    assert [one.is_bad for one in found] == [True, True, True, True, False, False, False]
    assert found[2].about == 8


def test_a_handshake_that_was_refused_comes_first() -> None:
    session = troubled()
    session.refusal = Refusal(404, "Not Found", "gone", "no such model")
    session.ending.mark = mark(2, 0.0)
    found = troubles(Recorded(session))[0]
    assert (found.kind, found.name, found.words) == ("error", "refused with HTTP 404 Not Found", "no such model (gone)")
    assert found.mark == mark(2, 0.0)
    assert counted(session).startswith("2 errors")


def test_it_is_counted() -> None:
    assert counted(troubled()) == "1 error, 1 gap, 1 unknown event type, 1 oddity"
    assert counted(Session()) == ""
